#!/usr/bin/python3
"""Compares tapir's layers with gopacket's, on every packet.

Two promises: our chain of layers holds gopacket's, in order, as far as it consists of protocols
tapir decodes; and where gopacket fails on a packet that tshark finds well-formed, we do not.
"""

import collections
import json
import os
import sys
import tempfile

import oracle
from json_oracle import our_packets

# gopacket's name of a layer -> ours. A chain is compared up to the first name not listed.
NAMES = {
    "Ethernet": ("eth",),
    "Dot1Q": ("vlan", "ieee8021ad"),
    "Linux SLL": ("sll",),
    "Loopback": ("null", "loop"),
    "ARP": ("arp",),
    "IPv4": ("ip",),
    "IPv6": ("ipv6",),
    "IPv6HopByHop": ("ipv6.hopopts",),
    "IPv6Routing": ("ipv6.routing",),
    "IPv6Fragment": ("ipv6.fraghdr",),
    "IPv6Destination": ("ipv6.dstopts",),
    "ICMPv4": ("icmp",),
    "ICMPv6": ("icmpv6",),
    "TCP": ("tcp",),
    "UDP": ("udp",),
    "DNS": ("dns", "mdns", "llmnr"),
    "DHCPv4": ("dhcp",),
    "VXLAN": ("vxlan",),
    "GRE": ("gre",),
    "MPLS": ("mpls",),
    "PPPoE": ("pppoed", "pppoes"),
    "PPP": ("ppp",),
}
# Layers of gopacket's that are the rest of another one, to us.
PART_OF_ANOTHER = ("ICMPv6", "MLDv")
NOT_HEADERS = ("data", "padding", "trailer", "error")

# Packets on which gopacket goes on where it should not: what oracle.View says of them, and why they
# end there. They are counted apart.
KNOWN = (
    (
        "Bogus IP",
        "another version of IP is another format (RFC 791 3.1, RFC 8200 3), gopacket ignores it",
    ),
    (
        "Bad length value 0 < 8",
        "only in a jumbogram of IPv6 may the length of UDP be 0 (RFC 768, RFC 2675 4)",
    ),
    (
        oracle.ONLY_HOP_BY_HOP,
        "extension headers are part of IPv6's payload (RFC 8200 3), gopacket reads beyond it",
    ),
)


def build(directory):
    """Build the Go program; Debian's gopacket only works outside module mode."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gopacket")
    program = os.path.join(directory, "gopacket-layers")
    status, _, messages = oracle.output(
        ["go", "build", "-o", program, os.path.join(here, "main.go")],
        timeout=600,
        GO111MODULE="off",
        GOPATH="/usr/share/gocode",
        GOCACHE=os.path.join(directory, "go-cache"),
        GOFLAGS="-p=2",
    )
    if status != 0:
        print(f"Bail out! go build: {messages.decode(errors='replace').strip()}")
        sys.exit(2)
    return program


def gopacket_packets(program, paths):
    """For every path, the list of (layers, error) gopacket gives."""
    packets = collections.defaultdict(list)
    _, text, messages = oracle.output([program] + paths)
    for line in text.decode().splitlines():
        entry = json.loads(line)
        packets[entry["file"]].append((entry["layers"], entry["error"]))
    return packets, messages.decode(errors="replace").strip().splitlines()


def expected_chain(names):
    chain = []
    for before, name in zip([None] + names, names):
        # gopacket overlooks the length that stands in front of a message on a byte stream.
        if (before, name) == ("TCP", "DNS"):
            break
        if name in NAMES:
            chain.append(NAMES[name])
        elif not name.startswith(PART_OF_ANOTHER):
            break
    return chain


def holds(ours, expected):
    """Whether ours contains the expected chain, in order."""
    at = 0
    for name in ours:
        if at < len(expected) and name in expected[at]:
            at += 1
    return at == len(expected)


def reason(view):
    """Why gopacket is wrong about a packet, when it is."""
    return next((why for complaint, why in KNOWN if complaint in view.complaints), None)


class Totals:
    def __init__(self):
        self.packets = self.deep = self.deeper = 0
        self.known = collections.Counter()
        self.failed = self.clean = 0
        self.ours_alone = 0
        self.differences = []


def compare(tapir, path, theirs, gave_up, totals):
    """Add one file to the totals; returns what is wrong with the file as a whole. Where gopacket
    gave a file up there may be more in it."""
    try:
        packets, _, _ = our_packets(tapir, path)
    except (ValueError, KeyError) as problem:
        return f"{path}: not the JSON we promise: {problem}"
    views = oracle.tshark_views(path)
    for number, (names, error) in enumerate(theirs):
        expected = expected_chain(names)
        layers = packets[number]["layers"] if number < len(packets) else []
        ours = [layer["name"] for layer in layers if layer["name"] not in NOT_HEADERS]
        bad = [layer for layer in layers if "status" in layer]
        where = f"{path} packet {number + 1}"
        view = views[number] if number < len(views) else oracle.View("", [], False, False, "")
        totals.packets += 1
        if holds(ours, expected):
            totals.deep += 1
            totals.deeper += len(ours) > len(expected)
        elif reason(view):
            totals.known[reason(view)] += 1
        else:
            totals.differences.append(f"{where}: tapir {':'.join(ours)}, gopacket {names}")
        if not (view.complete and view.well_formed and oracle.ours_only(view)):
            continue
        complaint = "; ".join(
            f"{layer['name']} {layer['status']} {layer.get('error', '')}" for layer in bad
        )
        if error:
            totals.failed += 1
            totals.clean += not bad
            if bad:
                totals.differences.append(
                    f"{where}: tapir {complaint}; gopacket {error}; tshark fine"
                )
        elif bad:
            totals.ours_alone += 1
            totals.differences.append(f"{where}: only tapir complains: {complaint}")
    if len(packets) < len(theirs) or len(packets) > len(theirs) and not gave_up:
        return f"{path}: {len(packets)} packets, gopacket {len(theirs)}"
    return None


def main():
    parser = oracle.arguments(__doc__)
    parser.add_argument("--work", help="where to build the Go program (default: a new directory)")
    chosen = parser.parse_args()
    oracle.need("go", "tshark", chosen.tapir, "/usr/share/gocode/src/github.com/google/gopacket")
    paths = oracle.captures(chosen.captures)
    with tempfile.TemporaryDirectory(prefix="tapir-gopacket-") as scratch:
        program = build(os.path.abspath(chosen.work) if chosen.work else scratch)
        theirs, messages = gopacket_packets(program, paths)
    totals, problems = Totals(), []
    for path in paths:
        gave_up = any(message.startswith(f"{path}: ") for message in messages)
        if theirs[path]:
            problems.append(compare(chosen.tapir, path, theirs[path], gave_up, totals))
    tap = oracle.Tap()
    known = sum(totals.known.values())
    tap.point(
        totals.deep + known == totals.packets > 0,
        f"layers: {totals.deep} of {totals.packets} packets at least as deep as gopacket's "
        f"({totals.deeper} deeper), gopacket wrong on {known}",
    )
    for why, count in totals.known.items():
        tap.note(f"{count} packets: {why}")
    tap.point(
        totals.clean == totals.failed,
        f"layers: {totals.clean} of {totals.failed} packets clean where gopacket fails and tshark "
        "does not",
    )
    tap.point(not any(problems), f"layers: all packets of gopacket's in {len(theirs)} files")
    for problem in filter(None, problems):
        tap.note(problem)
    if totals.ours_alone:
        tap.note(f"{totals.ours_alone} packets only tapir complains of")
    for difference in totals.differences[: None if chosen.verbose else 4 * chosen.show]:
        tap.note(difference)
    for message in messages:
        tap.note(f"gopacket cannot read {message}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
