#!/usr/bin/python3
"""Checks that tshark and scapy read what the functions that write options and records wrote."""

import argparse
import os
import sys
import tempfile

import oracle

# A checksum that cannot be computed is none.
WRONG = (
    "_ws.malformed || _ws.short || "
    f"(_ws.expert.severity == {oracle.ERROR} && !(_ws.expert.group == {oracle.CHECKSUM}))"
)


def expectations(program, path):
    """What the program says about the packets it writes: pairs of a filter and an expression."""
    status, lines, messages = oracle.output([program, path])
    if status:
        print(f"Bail out! {messages.decode().strip()}")
        sys.exit(1)
    return [line.split("\t") for line in lines.decode().splitlines()]


def numbers(path, display_filter):
    """The numbers of the packets that the filter lets through."""
    command = oracle.TSHARK + ["-r", path, "-Y", display_filter, "-T", "fields"]
    status, lines, messages = oracle.output(command + ["-e", "frame.number"])
    if status:
        print(f"Bail out! tshark: {messages.decode().strip()}")
        sys.exit(1)
    return set(map(int, lines.split()))


def scapy_packets(path):
    """The packets as scapy sees them, and its names for expressions about them."""
    import scapy.all  # slow, so not above

    return scapy.all.rdpcap(path), vars(scapy.all)


def holds(expression, packet, names):
    """Whether an expression of the program's holds for scapy's packet."""
    try:
        return bool(eval(expression, dict(names, p=packet)))  # pylint: disable=eval-used
    except Exception as error:  # pylint: disable=broad-except
        print(f"# {error}")
        return False


def check(number, passed, what):
    """One line of TAP."""
    print(f"{'ok' if passed else 'not ok'} {number} - {what}")
    return passed


def main():
    """Write, read, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--written", required=True, help="the program that writes")
    args = parser.parse_args()
    oracle.need("tshark")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "written.pcap")
        expected = expectations(args.written, path)
        each = (f"(frame.number == {i} && ({f}))" for i, (f, _) in enumerate(expected, 1))
        seen = numbers(path, " || ".join(each))
        wrong = numbers(path, WRONG)
        packets, names = scapy_packets(path)
    good = check(1, len(packets) == len(expected) > 60, "there is a packet for each function")
    for i, (display_filter, expression) in enumerate(expected, 1):
        packet = packets[i - 1]
        passed = i in seen and i not in wrong
        if passed and expression and not holds(expression, packet, names):
            print(f"# scapy: {expression}: {packet!r}")
            passed = False
        if i in wrong:
            print("# tshark finds it malformed")
        good &= check(i + 1, passed, display_filter.replace("#", ""))
    print(f"1..{len(expected) + 1}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
