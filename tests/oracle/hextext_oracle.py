#!/usr/bin/python3
"""Compares packets in other forms: what tapir writes, text2pcap and compilers must read, and what
tcpdump, tshark, od, hexdump and xxd write, the library's reader of text must."""

import os
import subprocess
import sys
import tempfile

import oracle

MOST = 60  # packets of a capture
chosen = None


def packets_of(path):
    """(time, bytes) of the packets of a capture."""
    arguments = [chosen.tapir, "decode", "-r", path, "-c", str(MOST), "-T"]
    times = oracle.output([*arguments, "fields", "-e", "frame.time_epoch"])[1]
    digits = oracle.output([*arguments, "hex"])[1]
    return list(zip(times.decode().split("\n")[:-1], digits.decode().split("\n")[:-1]))


def has_no_link_header(path):
    """Whether packets begin with IP: tcpdump and tshark then leave out what lies behind it."""
    arguments = [chosen.tapir, "decode", "-r", path, "-c", "1", "-T", "fields", "-e",
                 "frame.protocols"]
    return oracle.output(arguments)[1].startswith((b"raw", b"ip"))


def read_text(text):
    """The packets that the library finds in a text: (time, bytes), and its message."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(text)
        file.flush()
        _, found, message = oracle.output([chosen.hextext, file.name])
    return [tuple(line.split(" ")) for line in found.decode().splitlines()], message.decode()


def through_text2pcap(path, packets):
    """What text2pcap and then tapir make of what tapir writes."""
    _, text, _ = oracle.output([chosen.tapir, "decode", "-r", path, "-c", str(MOST), "-T",
                                "text2pcap"])
    with tempfile.TemporaryDirectory() as scratch:
        names = [os.path.join(scratch, name) for name in ("text", "capture")]
        with open(names[0], "wb") as file:
            file.write(text)
        oracle.output(["text2pcap", "-q", "-t", "ISO", *names])
        found = packets_of(names[1])
    if found != packets:
        return f"text2pcap reads {len(found)} of {len(packets)}, or others"
    found, message = read_text(text)
    if found != packets:
        return f"read back: {message or 'others'}"
    return None


def through_compiler(path, packets):
    """The bytes of the C code, and of the Python code."""
    arguments = [chosen.tapir, "decode", "-r", path, "-c", str(MOST), "-T"]
    names = {}
    exec(oracle.output([*arguments, "python"])[1].decode(), names)
    found = [value.hex() for name, value in names.items() if name.startswith("packet_")]
    if found != [digits for _, digits in packets]:
        return "Python has other bytes"
    code = "#include <stdint.h>\n#include <stdio.h>\n"
    code += oracle.output([*arguments, "c"])[1].decode() + "int main(void) {\n"
    for number in range(1, len(packets) + 1):
        code += f"fwrite(packet_{number}, 1, sizeof packet_{number}, stdout);\n"
    with tempfile.TemporaryDirectory() as scratch:
        source, program = (os.path.join(scratch, name) for name in ("p.c", "p"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(code + "return 0; }\n")
        done = subprocess.run(["cc", "-Wall", "-Werror", source, "-o", program],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            return f"C: {done.stderr[:200]}"
        found = subprocess.run([program], capture_output=True, check=True).stdout.hex()
    return None if found == "".join(digits for _, digits in packets) else "C has other bytes"


def capture_dump(*command, times=False):
    """A check of a program that dumps captures, with times in microseconds or without."""
    def check(path, packets):
        found, message = read_text(oracle.output([*command, "-c", str(MOST), "-r", path])[1])
        short = has_no_link_header(path)
        if len(found) != len(packets):
            return f"{len(found)} of {len(packets)}: {message}"
        for number, (ours, wanted) in enumerate(zip(found, packets), 1):
            if times and ours[0][:-3] != wanted[0][:-3]:
                return f"packet {number} is of {ours[0]}, not {wanted[0]}"
            if ours[1] != wanted[1] and not (short and wanted[1].startswith(ours[1])):
                return f"packet {number} is {ours[1]}, not {wanted[1]}"
        return None
    return check


def byte_dump(*command):
    """A check of a program that dumps bytes."""
    def check(path, packets):
        text = b"".join(subprocess.run(command, input=bytes.fromhex(digits), capture_output=True,
                                       check=True).stdout for _, digits in packets)
        found, message = read_text(text)
        wanted = [("-", digits) for _, digits in packets]
        return None if found == wanted else f"{len(found)} of {len(wanted)}: {message or 'others'}"
    return check


WAYS = {
    "text2pcap": through_text2pcap,
    "compilers": through_compiler,
    "tcpdump -xx": capture_dump("tcpdump", "-nn", "-xx"),
    "tcpdump -tttt -XX": capture_dump("tcpdump", "-nn", "-tttt", "-XX", times=True),
    # With more of -v it dumps parts of PPP messages in the same way, too.
    "tcpdump -tt -v -xx": capture_dump("tcpdump", "-nn", "-tt", "-v", "-xx", times=True),
    "tshark -x": capture_dump("tshark", "-n", "-x"),
    "od": byte_dump("od", "-Ax", "-tx1"),
    "od -w32 with characters": byte_dump("od", "-v", "-w32", "-Ax", "-tx1z"),
    "hexdump -C": byte_dump("hexdump", "-C"),
    "xxd": byte_dump("xxd"),
    "xxd in rows of 8": byte_dump("xxd", "-c", "8", "-g", "1"),
}


def main():
    global chosen
    parser = oracle.arguments(__doc__)
    parser.add_argument("--hextext", required=True, help="tests/oracle/hextext.c, built")
    chosen = parser.parse_args()
    oracle.need(chosen.tapir, "text2pcap", "tcpdump", "tshark", "od", "hexdump", "xxd", "cc")
    found = [(path, packets_of(path)) for path in oracle.captures(chosen.captures)]
    # Packets of no bytes have no dump, those without a time no line for it.
    found = [(path, packets) for path, packets in found
             if packets and all(time and digits for time, digits in packets)]
    tap = oracle.Tap()
    for name, check in WAYS.items():
        wrong = oracle.each(lambda one, check=check: check(*one), found)
        tap.point(bool(found) and not any(wrong), f"{name}: {len(found)} files")
        for (path, _), text in list(zip(found, wrong)):
            if text:
                tap.note(f"{path}: {text}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
