"""What the tests of the command share: tiny captures, and running tapir."""

import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap
from tap import Skip, test  # noqa: F401

TAPIR = None  # path of the command, set by main
ROOT = None  # of the source tree
SCRATCH = None  # a directory for this run

TIME = 1767323045_123456789  # 2026-01-02T03:04:05.123456789Z


# Packets: the few headers these tests need, from the RFCs.


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(payload, kind=0x0800):
    return bytes.fromhex("020000000002 020000000001") + struct.pack(">H", kind) + payload


def address(text):
    return bytes(int(part) for part in text.split("."))


def ipv4(payload, protocol, src="10.0.0.1", dst="10.0.0.2", length=None):
    total = length if length is not None else 20 + len(payload)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0x1234, 0x4000, 64, protocol, 0,
                       address(src), address(dst))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def pseudo(protocol, length, src="10.0.0.1", dst="10.0.0.2"):
    return address(src) + address(dst) + struct.pack(">HH", protocol, length)


def udp(payload, src=40000, dst=9):
    head = struct.pack(">HHHH", src, dst, 8 + len(payload), 0)
    total = checksum(pseudo(17, 8 + len(payload)) + head + payload)
    return head[:6] + struct.pack(">H", total or 0xFFFF) + payload


def tcp(payload=b"", src=40000, dst=80, flags=0x18, options=b"", seq=1000, ack=2000):
    head = struct.pack(">HHIIHHHH", src, dst, seq, ack, (5 + len(options) // 4) << 12 | flags, 512,
                       0, 0) + options
    total = checksum(pseudo(6, len(head) + len(payload)) + head + payload)
    return head[:16] + struct.pack(">H", total) + head[18:] + payload


MSS_AND_SCALE = bytes.fromhex("020405b4 01030307")
SYN = ethernet(ipv4(tcp(flags=0x02, options=MSS_AND_SCALE, ack=0), 6))
HTTP = ethernet(ipv4(tcp(b"GET / HTTP/1.1\r\n\r\n"), 6))
UDP = ethernet(ipv4(udp(b"hello"), 17))
BAD_CHECKSUM = HTTP[:24] + b"\xde\xad" + HTTP[26:]


def pcap(packets, link_type=1):
    """A nanosecond capture file; packets a second apart, each bytes or (bytes, wire length)."""
    data = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link_type)
    for index, packet in enumerate(packets):
        packet, length = packet if isinstance(packet, tuple) else (packet, len(packet))
        seconds, rest = divmod(TIME + index * 1_000_000_001, 1_000_000_000)
        data += struct.pack("<IIII", seconds, rest, len(packet), length) + packet
    return data


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def pcapng(packets, name=b"eth7", link_types=(1,)):
    """A pcapng file with an interface per link type; packets: (interface, bytes, comment)."""
    data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link_type in link_types:
        data += block(1, struct.pack("<HHI", link_type, 0, 0) + option(2, name) +
                      option(9, b"\x09") + option(0, b""))
    for interface, packet, comment in packets:
        options = option(1, comment) + option(0, b"") if comment else b""
        data += block(6, struct.pack("<IIIII", interface, TIME >> 32, TIME & 0xFFFFFFFF,
                                     len(packet), len(packet)) +
                      packet + b"\0" * (-len(packet) % 4) + options)
    return data


def file(data, name=None):
    """Writes a file and returns its path."""
    if name is None:
        name = f"{len(os.listdir(SCRATCH))}.pcap"
    path = os.path.join(SCRATCH, name)
    with open(path, "wb") as handle:
        handle.write(data)
    return path


# Running.


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def lines(self):
        return self.out.splitlines()


def environment(**changes):
    settings = {key: value for key, value in os.environ.items()
                if key not in ("NO_COLOR", "TERM", "COLUMNS")}
    settings.update(TZ="UTC", LC_ALL="C.UTF-8", TERM="xterm")
    settings.update(changes)
    return settings


def run(*arguments, stdin=b"", code=0, **changes):
    """Runs tapir and checks its exit code, unless `code` is None."""
    done = subprocess.run([TAPIR, *arguments], input=stdin, capture_output=True, timeout=60,
                          env=environment(**changes))
    result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    if code is not None:
        expect(result.code, code, f"exit code of {arguments}: {result.err}")
    if code == 0:
        expect(result.err, "", "stderr of a run without trouble")
    return result


def decode(packets, *arguments, code=0, link_type=1, **changes):
    return run("decode", "-r", file(pcap(packets, link_type)), *arguments, code=code, **changes)


def all_of(leader):
    """Everything a terminal gets until its other side is closed."""
    received = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            data = os.read(leader, 65536)
        except OSError:  # Linux's way to say that it is closed
            break
        if not data:
            break
        received += data
    os.close(leader)
    return received.decode()


def on_terminal(*arguments, out=True, err=True, **changes):
    """Runs tapir with stdout, stderr or both on a terminal; returns what the terminal got."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [TAPIR, *arguments], stdin=subprocess.DEVNULL, env=environment(**changes),
        stdout=follower if out else subprocess.DEVNULL,
        stderr=follower if err else subprocess.DEVNULL)
    os.close(follower)
    received = all_of(leader)
    process.wait(timeout=30)
    return received


# Checking.


def expect(actual, expected, what="value"):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def expect_in(part, whole, what="text"):
    if part not in whole:
        raise AssertionError(f"{what}: {part!r} is not in {whole!r}")


def expect_not_in(part, whole, what="text"):
    if part in whole:
        raise AssertionError(f"{what}: {part!r} is in {whole!r}")


def expect_match(pattern, text):
    if not re.search(pattern, text):
        raise AssertionError(f"{pattern!r} does not match {text!r}")


def objects(result):
    return [json.loads(line) for line in result.lines()]


def main(root, tapir):
    global ROOT, TAPIR, SCRATCH
    ROOT, TAPIR = root, os.path.abspath(tapir)
    with tempfile.TemporaryDirectory() as SCRATCH:
        return tap.main()
