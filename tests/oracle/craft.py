#!/usr/bin/python3
"""Crafts capture files with every feature of the protocols tapir decodes: craft.py DIRECTORY

The same bytes come out every time. Two of the files are made of the others' packets: snapped.pcap
holds a selection cut at every length, mutated.pcap one with bytes changed.
"""

import os
import random
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from crafting import build, control, hosts, internet, labels, link  # noqa: E402,F401
from crafting import names, ppp, sctp, transport, tunnels  # noqa: E402,F401

START = 1767323045  # 2026-01-02T03:04:05Z
SNAPLEN = 262144
SNAPPED_PER_FILE = 2
SNAPPED_LENGTH = 110
MUTATED = 1500
SEED = 20260102


def write(path, link_type, packets, nanoseconds=False):
    """Write packets, each bytes or (bytes, length on the wire), a bit over a second apart."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    unit = 1 if nanoseconds else 1000
    with open(path, "wb") as handle:
        handle.write(struct.pack("<IHHiIII", magic, 2, 4, 0, 0, SNAPLEN, link_type))
        time = START * 1000000000 + 123456789
        for packet in packets:
            data, length = packet if isinstance(packet, tuple) else (packet, len(packet))
            seconds, fraction = divmod(time, 1000000000)
            handle.write(struct.pack("<IIII", seconds, fraction // unit, len(data), length))
            handle.write(data)
            time += 1001001001


def spread(packets, count):
    """A few packets from all over a list."""
    packets = [packet for packet in packets if len(packet) >= 40]
    step = max(1, len(packets) // count)
    return packets[step // 2 :: step][:count]


def snapped(captures):
    """Packets cut by the capture length, from nothing to all but a byte."""
    for packets in captures:
        for packet in spread(packets, SNAPPED_PER_FILE):
            for length in range(0, min(len(packet), SNAPPED_LENGTH)):
                yield packet[:length], len(packet)


def mutated(captures, generator):
    """Packets with one to four bytes changed, now and then some removed."""
    pool = [packet for packets in captures for packet in spread(packets, 60)]
    for _ in range(MUTATED):
        packet = bytearray(generator.choice(pool))
        for _ in range(generator.randint(1, 4)):
            # Headers are more rewarding than payload.
            at = generator.randrange(min(len(packet), 90))
            packet[at] = generator.choice(
                (
                    0,
                    1,
                    0x7F,
                    0x80,
                    0xFF,
                    packet[at] ^ 1 << generator.randrange(8),
                    generator.randrange(256),
                )
            )
        if generator.randrange(8) == 0:
            start = generator.randrange(len(packet))
            del packet[start : start + generator.randint(1, 8)]
        yield bytes(packet)


def with_scapy(directory):
    """The same protocols as another builder sees them, where Debian's scapy is installed."""
    try:
        from crafting import second_opinion
    except ImportError as problem:
        print(f"craft: SKIPPED scapy.pcap: {problem}", file=sys.stderr)
        return
    write(os.path.join(directory, "scapy.pcap"), build.ETHERNET, second_opinion.packets())


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    directory = arguments[0]
    os.makedirs(directory, exist_ok=True)
    ethernet = []
    for name, (link_type, function) in sorted(build.CAPTURES.items()):
        packets = list(function())
        # One file in four has nanoseconds.
        nanoseconds = len(name) % 4 == 0
        write(os.path.join(directory, f"{name}.pcap"), link_type, packets, nanoseconds)
        if link_type == build.ETHERNET:
            ethernet.append(packets)
        else:
            write(os.path.join(directory, f"{name}-snapped.pcap"), link_type, snapped([packets]))
    write(os.path.join(directory, "snapped.pcap"), build.ETHERNET, snapped(ethernet))
    write(
        os.path.join(directory, "mutated.pcap"),
        build.ETHERNET,
        mutated(ethernet, random.Random(SEED)),
    )
    with_scapy(directory)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
