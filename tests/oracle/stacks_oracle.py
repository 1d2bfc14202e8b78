#!/usr/bin/python3
"""Checks that tshark and scapy find the layers that were built into stacks of every kind, with every
checksum right; that scapy, told to fill in lengths and checksums itself, makes the same bytes; and that
tapir reads the values scapy reads."""

import argparse
import glob
import json
import logging
import os
import sys
import tempfile

import oracle

STATUSES = {
    "ip.checksum.status": "ip",
    "tcp.checksum.status": "tcp",
    "udp.checksum.status": "udp",
    "icmp.checksum.status": "icmp",
    "icmpv6.checksum.status": "icmpv6",
    "gre.checksum.status": None,
    "eth.fcs.status": None,
}
GOOD = "1"
UNNAMED = {"ethertype", "data"}
SAME_NAME = {"sll2": "sll"}
# Of the many packets with tunnels scapy, which is slow, sees one in so many.
EVERY = 7

# It names what is quoted otherwise and knows no extensions behind it; of the numbers that IPv6 has on
# BSD's loopback only that of the system it runs on.
BEYOND_SCAPY = ("icmp:ip", "icmpv6:ip", "null:ipv6")

# What scapy calls our layers, and the fields that it is to fill in.
SCAPY = {
    "Ether": ("eth", []),
    "Dot1Q": ("vlan", []),
    "Dot1AD": ("ieee8021ad", []),
    "CookedLinux": ("sll", []),
    "CookedLinuxV2": ("sll2", []),
    "Loopback": ("null", []),
    "IP": ("ip", ["ihl", "len", "chksum"]),
    "IPv6": ("ipv6", ["plen"]),
    "IPv6ExtHdrHopByHop": ("ipv6.hopopts", ["len"]),
    "IPv6ExtHdrDestOpt": ("ipv6.dstopts", ["len"]),
    "IPv6ExtHdrRouting": ("ipv6.routing", ["len"]),
    "IPv6ExtHdrSegmentRouting": ("ipv6.routing", ["len"]),
    "IPv6ExtHdrFragment": ("ipv6.fraghdr", []),
    "GRE": ("gre", ["chksum"]),
    "VXLAN": ("vxlan", []),
    "TCP": ("tcp", ["dataofs", "chksum"]),
    "UDP": ("udp", ["len", "chksum"]),
    "ICMP": ("icmp", ["chksum"]),
    "ICMPv6EchoRequest": ("icmpv6", ["cksum"]),
    "DNS": ("dns", ["length"]),
    "Raw": ("data", []),
}

# Values that both have, by scapy's names.
SAME_VALUES = {
    "Ether": {"dst": "eth.dst", "src": "eth.src", "type": "eth.type"},
    "Dot1Q": {"prio": "vlan.priority", "vlan": "vlan.id", "type": "vlan.etype"},
    "IP": {
        "version": "ip.version",
        "tos": "ip.dsfield",
        "len": "ip.len",
        "id": "ip.id",
        "frag": "ip.frag_offset",
        "ttl": "ip.ttl",
        "proto": "ip.proto",
        "chksum": "ip.checksum",
        "src": "ip.src",
        "dst": "ip.dst",
    },
    "IPv6": {
        "version": "ipv6.version",
        "tc": "ipv6.tclass",
        "fl": "ipv6.flow",
        "plen": "ipv6.plen",
        "nh": "ipv6.nxt",
        "hlim": "ipv6.hlim",
        "src": "ipv6.src",
        "dst": "ipv6.dst",
    },
    "TCP": {
        "sport": "tcp.srcport",
        "dport": "tcp.dstport",
        "seq": "tcp.seq",
        "ack": "tcp.ack",
        "window": "tcp.window_size_value",
        "chksum": "tcp.checksum",
        "urgptr": "tcp.urgent_pointer",
    },
    "UDP": {
        "sport": "udp.srcport",
        "dport": "udp.dstport",
        "len": "udp.length",
        "chksum": "udp.checksum",
    },
    "ICMP": {"type": "icmp.type", "code": "icmp.code", "chksum": "icmp.checksum"},
    "ICMPv6EchoRequest": {
        "type": "icmpv6.type",
        "cksum": "icmpv6.checksum",
        "seq": "icmpv6.echo.sequence_number",
    },
    "GRE": {"proto": "gre.proto", "chksum": "gre.checksum", "key": "gre.key"},
    "VXLAN": {"vni": "vxlan.vni"},
    "DNS": {"id": "dns.id", "qdcount": "dns.count.queries", "ancount": "dns.count.answers"},
}


def run(command):
    """The lines a command prints; without it there is nothing to compare."""
    status, lines, messages = oracle.output(command)
    if status:
        print(f"Bail out! {command[0]}: {messages.decode().strip()}")
        sys.exit(1)
    return lines.decode().splitlines()


def names_of(chain):
    """The layers that every program names."""
    names = (SAME_NAME.get(name, name) for name in chain.split(":"))
    return [name for name in names if name not in UNNAMED]


def tshark_differences(path, chains):
    """What tshark sees otherwise."""
    command = oracle.TSHARK + ["-o", "eth.check_fcs:TRUE", "-r", path, "-T", "fields"]
    for field in ["frame.protocols", "_ws.malformed", *STATUSES]:
        command += ["-e", field]
    lines = run(command)
    if len(lines) != len(chains):
        yield f"{len(lines)} packets instead of {len(chains)}"
    for number, (line, chain) in enumerate(zip(lines, chains), 1):
        protocols, malformed, *statuses = line.split("\t")
        expected = names_of(chain)
        # To tshark the extensions behind a quoted packet are ICMP's.
        if "icmpv6:ipv6" in chain:
            protocols = protocols.removesuffix(":icmp")
        if malformed or names_of(protocols) != expected:
            yield f"packet {number}, {chain}: {protocols}"
        for field, status in zip(STATUSES, statuses):
            found = status.split(",") if status else []
            name = STATUSES[field]
            if set(found) - {GOOD} or (name and len(found) != expected.count(name)):
                yield f"packet {number}, {chain}: {field} {status}"
        if "/fcs." in path and statuses[-1] != GOOD:
            yield f"packet {number}, {chain}: no check sequence"


def scapy_layers(packet):
    """The packet's layers from the outermost to the payload, padding excepted."""
    while packet and packet.name not in ("NoPayload", "Padding"):
        yield packet
        packet = packet.payload


def scapy_name(layer):
    """Our name of a layer; scapy's where there is none."""
    return SCAPY.get(type(layer).__name__, (type(layer).__name__,))[0]


def rebuilt(packet):
    """The bytes scapy makes of the packet when it fills in what can be."""
    packet = packet.copy()
    for layer in scapy_layers(packet):
        for field in SCAPY[type(layer).__name__][1]:
            if field in layer.fields:
                layer.delfieldval(field)
        layer.raw_packet_cache = None
    return bytes(packet)


def values_differ(layer, values):
    """The values of one layer that tapir reads otherwise than scapy."""
    for theirs, ours in SAME_VALUES.get(type(layer).__name__, {}).items():
        expected, found = layer.getfieldval(theirs), values.get(ours)
        # As for Wireshark the destination is where a source route ends.
        if ours == "ip.dst" and layer.getfieldval("options"):
            continue
        if expected is not None and str(expected) != str(found):
            yield f"{ours} {found}, not {expected}"


def stack_differences(packet, chain):
    """Layers scapy does not find, and bytes it makes otherwise."""
    found = [scapy_name(layer) for layer in scapy_layers(packet)]
    # scapy has what is echoed in the message itself.
    expected = chain.removeprefix("raw:").replace("icmpv6:data", "icmpv6").split(":")
    if expected != found:
        yield f"scapy has {found}"
    elif rebuilt(packet) != bytes(packet.original):
        yield "scapy makes other bytes"


def packet_differences(packet, line):
    """Values of the layers both see, up to the first that only one does."""
    ours = [layer for layer in json.loads(line)["layers"] if layer["name"] != "raw"]
    for layer, values in zip(scapy_layers(packet), ours):
        if scapy_name(layer) != values["name"]:
            break
        yield from values_differ(layer, values["fields"])


def scapy_differences(path, chains, decoded):
    """What scapy sees otherwise; without chains only the values."""
    from scapy.all import rdpcap  # slow, so not above

    for number, (packet, line) in enumerate(zip(rdpcap(path), decoded), 1):
        chain = chains[number - 1] if chains else ""
        if number > 500 and number % EVERY:
            continue
        differences = list(packet_differences(packet, line))
        if chains and not any(stack in chain for stack in BEYOND_SCAPY):
            differences += stack_differences(packet, chain)
        for difference in differences:
            yield f"packet {number}, {chain}: {difference}"


def check(number, differences, what):
    """One line of TAP, and the first differences."""
    differences = list(differences)
    for difference in differences[:5]:
        print(f"# {difference}")
    print(f"{'not ok' if differences else 'ok'} {number} - {what}, {len(differences)} differences")
    return not differences


def tapir_lines(tapir, path):
    """Each packet as tapir writes it in JSON."""
    return run([tapir, "decode", "-T", "json", "-r", path])


def main():
    """Build, read, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stacked", required=True, help="the program that builds")
    parser.add_argument("--tapir", required=True, help="the program under test")
    parser.add_argument("captures", nargs="*", help="more captures, of which only values are compared")
    options = parser.parse_args()
    oracle.need("tshark")
    logging.getLogger("scapy").setLevel(logging.ERROR)
    passed, number = True, 0
    with tempfile.TemporaryDirectory() as directory:
        run([options.stacked, directory])
        for path in sorted(glob.glob(os.path.join(directory, "*.pcap"))):
            link = os.path.basename(path)[:-5]
            with open(path[:-4] + "txt", encoding="ascii") as file:
                chains = file.read().split("\n")[:-1]
            number += 1
            passed &= check(number, tshark_differences(path, chains), f"{link}: tshark")
            if link == "fcs":  # a frame check sequence is padding to scapy
                continue
            decoded = tapir_lines(options.tapir, path)
            number += 1
            passed &= check(number, scapy_differences(path, chains, decoded), f"{link}: scapy")
        for path in oracle.captures(options.captures):
            number += 1
            decoded = tapir_lines(options.tapir, path)
            passed &= check(number, scapy_differences(path, None, decoded), os.path.basename(path))
    print(f"1..{number}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
