#!/usr/bin/python3
"""Writes the seeds of fuzz/file.c into the folder it is given: one small file of each kind."""

import gzip
import lzma
import os
import shutil
import struct
import subprocess
import sys

FRAME = bytes.fromhex("00112233445566778899aabb0800450000200000400040110000"
                      "0a0000010a000002c3500007000c000001020304")


def pcap(order="<", magic=0xA1B2C3D4, minor=4, link_type=1, header=b"", record=b""):
    data = struct.pack(order + "IHHIIII", magic, 2, minor, 0, 0, 65535, link_type) + header
    for second in (1, 2):
        data += struct.pack(order + "IIII", second, 5, len(FRAME), 60) + record + FRAME
    return data


def pad(data):
    return data + bytes(-len(data) % 4)


def block(order, kind, body):
    size = struct.pack(order + "I", len(pad(body)) + 12)
    return struct.pack(order + "I", kind) + size + pad(body) + size


def options(order, *pairs):
    return b"".join(struct.pack(order + "HH", code, len(value)) + pad(value)
                    for code, value in pairs) + bytes(4)


def section(order):
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) +
                 options(order, (2, b"hardware"), (3, b"os"), (4, b"application"), (1, b"comment")))


def interface(order, *pairs):
    return block(order, 1, struct.pack(order + "HHI", 1, 0, 20) + options(order, *pairs))


def pcapng(order):
    number = lambda fmt, value: struct.pack(order + fmt, value)
    size = len(FRAME)
    data = section(order)
    data += interface(order, (2, b"eth0"), (9, b"\x89"), (14, number("q", -5)), (11, b"\0tcp"),
                      (13, b"\4"), (8, number("Q", 10**9)))
    data += interface(order, (9, b"\x0c"))
    data += block(order, 6, struct.pack(order + "IIIII", 0, 1, 2, size, 60) + pad(FRAME) +
                  options(order, (1, b"a comment"), (2, number("I", 0x82)), (4, number("Q", 3)),
                          (5, number("Q", 4)), (6, number("I", 5)), (3, b"\2abcd"),
                          (7, b"\1" + bytes(8)), (8, number("Q", 6)),
                          (2988, number("I", 32473) + b"text")))
    data += block(order, 2, struct.pack(order + "HHIIII", 1, 7, 1, 2, size, size) + pad(FRAME))
    data += block(order, 3, number("I", 60) + FRAME[:20])
    record = lambda kind, value: struct.pack(order + "HH", kind, len(value)) + pad(value)
    data += block(order, 4, record(1, b"\x7f\0\0\1localhost\0lo\0") + record(2, bytes(16) + b"a\0") +
                  record(3, b"123456mac\0") + record(4, b"12345678eui\0") + bytes(4) +
                  options(order, (2, b"dns"), (3, b"\1\2\3\4")))
    data += block(order, 5, struct.pack(order + "III", 0, 1, 2) +
                  options(order, *[(code, number("Q", code)) for code in range(2, 9)]))
    data += block(order, 9, b"__CURSOR=a\nMESSAGE\n" + struct.pack("<Q", 3) + b"a\nb\n")
    data += block(order, 10, struct.pack(order + "II", 0x544C534B, 7) + pad(b"secret\n") +
                  options(order, (1, b"comment")))
    data += block(order, 0xBAD, number("I", 32473) + b"data")
    data += block(order, 0x40000BAD, number("I", 32473))
    data += block(order, 0x80000001, b"local")
    return data


def snoop():
    data = b"snoop\0\0\0" + struct.pack(">II", 2, 4)
    for drops in (0, 3):
        data += struct.pack(">IIIIII", 60, len(FRAME), 24 + len(pad(FRAME)), drops, 1, 5) + pad(FRAME)
    return data


def piped(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def seeds():
    yield "pcap", pcap()
    yield "pcap-big-nano", pcap(">", 0xA1B23C4D)
    yield "pcap-kuznetzov", pcap(magic=0xA1B2CD34, record=struct.pack("<IHBB", 2, 8, 4, 0))
    yield "pcap-ixia", pcap(magic=0x1C0001AC, header=bytes(4))
    yield "pcap-2.2-aix", pcap(">", minor=2, link_type=6)
    yield "pcap-2.3-fcs", pcap(minor=3, link_type=0x24000001)
    yield "pcapng", pcapng("<")
    yield "pcapng-big", pcapng(">")
    yield "pcapng-sections", pcapng(">")[:400] + pcapng("<")
    yield "pcapng-version", section("<") + section("<").replace(b"\x4d\x3c\x2b\x1a\1", b"\x4d\x3c\x2b\x1a\2")
    yield "snoop", snoop()
    yield "gzip", gzip.compress(pcap(), mtime=0) + gzip.compress(pcap()[24:], mtime=0)
    yield "xz", lzma.compress(pcapng("<")) + bytes(4)
    for name in "zstd", "lz4":
        if shutil.which(name):
            yield name, piped([name, "-c"], pcap()) + piped([name, "-c"], pcap()[24:])


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, data in seeds():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
