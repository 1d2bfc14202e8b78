#!/usr/bin/python3
"""Checks that tapir reads the values scapy wrote, field for field: in packets with values in all the
fields of every protocol that both know, and in the captures given.

For each of our layers so many fields of scapy's are compared at least. A field that the table does not
know is a difference."""

import collections
import json
import os
import sys
import tempfile

import craft
import oracle

try:
    import scapy_layers
    import scapy_packets
    import scapy_values
except ImportError:
    print("1..0 # SKIP scapy is not here")
    sys.exit(oracle.SKIP_STATUS)

# Fields compared, by our layers; more is fine.
LEAST = {
    "arp": 9,
    "chap": 10,
    "dhcp": 32,
    "dns": 157,
    "eth": 6,
    "gre": 31,
    "icmp": 13,
    "icmpv6": 256,
    "ieee8021ad": 4,
    "ip": 101,
    "ipcp": 18,
    "ipv6": 16,
    "ipv6.dstopts": 8,
    "ipv6.fraghdr": 6,
    "ipv6.hopopts": 15,
    "ipv6.routing": 26,
    "lcp": 47,
    "llmnr": 24,
    "mdns": 29,
    "mpls": 4,
    "null": 1,
    "pap": 12,
    "ppp": 3,
    "pppoed": 14,
    "pppoes": 5,
    "pwethcw": 2,
    "sctp": 147,
    "sll": 5,
    "sll2": 7,
    "tcp": 23,
    "udp": 8,
    "vlan": 4,
    "vxlan": 4,
}


def write(directory):
    """A capture for each link type."""
    by_link = collections.defaultdict(list)
    for link, data in scapy_packets.packets():
        by_link[link].append(data)
    for link, packets in by_link.items():
        path = os.path.join(directory, f"{link}.pcap")
        craft.write(path, link, packets)
        yield path


class Comparison:
    """What was compared, by our layers."""

    def __init__(self):
        self.fields = collections.defaultdict(set)
        self.values = collections.Counter()
        self.differences = collections.defaultdict(list)

    def add(self, tapir, path):
        """Compares a capture."""
        status, lines, messages = oracle.output([tapir, "decode", "-T", "json", "-r", path])
        decoded = lines.decode().splitlines()
        if status:
            self.differences["tapir"].append(f"{path}: {messages.decode().strip()}")
        count = 0
        for number, (packet, _) in enumerate(scapy_layers.read(path)):
            count += 1
            layers = json.loads(decoded[number])["layers"] if number < len(decoded) else []
            for values, differences in scapy_values.compared(packet, layers):
                where = f"{os.path.basename(path)} packet {number + 1}"
                self.fields[values.name] |= values.fields
                self.values[values.name] += sum(map(len, values.values.values()))
                self.differences[values.name] += [f"{where}: {text}" for text in differences]
        if not count:
            self.differences["tapir"].append(f"{path}: no packets")


def main():
    """Write, read, compare."""
    parser = oracle.arguments(__doc__)
    options = parser.parse_args()
    comparison = Comparison()
    with tempfile.TemporaryDirectory() as directory:
        for path in [*write(directory), *oracle.captures(options.captures)]:
            comparison.add(options.tapir, path)
    tap = oracle.Tap()
    for name in sorted({*LEAST, *comparison.fields, *comparison.differences}):
        fields, differences = len(comparison.fields[name]), comparison.differences[name]
        enough = fields >= LEAST.get(name, 0)
        tap.point(
            enough and not differences,
            f"{name}: {fields} fields, {comparison.values[name]} values, {len(differences)} differences",
        )
        if not enough:
            tap.note(f"{LEAST[name]} fields were compared before")
        for difference in differences[: None if options.verbose else options.show]:
            tap.note(difference)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
