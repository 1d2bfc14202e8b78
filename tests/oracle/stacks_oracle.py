#!/usr/bin/python3
"""Checks that tshark and scapy find the layers that were built into stacks of every kind, with every
checksum right; that scapy, told to fill in lengths and checksums itself, makes the same bytes; and that
tapir reads the values scapy reads.

With --all every combination is built, 25 million; tshark and scapy read all of it, which takes
hours for each link, see --link. Without, all combinations with one tunnel over every link; with two,
those of every two networks over every link, and with every transport over one link or another; and of
the sequences of three and four every one over every link, in and around every network, with every
transport."""

import argparse
import gc
import glob
import json
import multiprocessing
import os
import sys
import tempfile
import time

import oracle
import stack_coverage

try:
    import scapy_layers
    import scapy_values
except ImportError:
    print("1..0 # SKIP scapy is not here")
    sys.exit(oracle.SKIP_STATUS)

LINKS = ("eth", "vlan", "qinq", "mpls", "pseudowire", "sll", "sll2", "null", "raw", "fcs")
STATUSES = {
    "ip.checksum.status": "ip",
    "tcp.checksum.status": "tcp",
    "udp.checksum.status": "udp",
    "sctp.checksum.status": "sctp",
    "icmp.checksum.status": "icmp",
    "icmpv6.checksum.status": "icmpv6",
    "gre.checksum.status": None,
    "eth.fcs.status": None,
}
GOOD = "1"
# Whether there is a control word in front of Ethernet is agreed upon for each label (RFC 4448 4.6);
# tshark, which is not told, takes addresses of no vendor it knows as a sign that there is none.
OPTIONS = ["-d", "mpls.label==3000,pwethcw", "-o", "eth.check_fcs:TRUE", "-o", "sctp.checksum:CRC 32c"]
# The control word shows in tshark's details only, and the frame behind it would not fit without.
UNNAMED = {"ethertype", "data", "pwethcw"}
SAME_NAME = {"sll2": "sll"}
# Of this many packets with all their layers compared, one has its values compared as well.
EVERY = 10
WORKERS = 2
# scapy's packets are circles of references; looking for them less often is a sixth of the time.
GARBAGE = 200000


def run(command):
    """The lines a command prints; without it there is nothing to compare."""
    status, lines, messages = oracle.output(command)
    if status:
        raise RuntimeError(f"{command[0]}: {messages.decode().strip()}")
    return lines.decode().splitlines()


def names_of(chain):
    """The layers that every program names."""
    names = (SAME_NAME.get(name, name) for name in chain.split(":"))
    names = [name for name in names if name not in UNNAMED]
    # To tshark a label stack is one layer.
    return [name for name, before in zip(names, [None, *names]) if (name, before) != ("mpls", "mpls")]


def tshark_differences(path, chains):
    """What tshark sees otherwise."""
    command = oracle.TSHARK + OPTIONS + ["-r", path, "-T", "fields"]
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
        if "/fcs-" in path and statuses[-1] != GOOD:
            yield f"packet {number}, {chain}: no check sequence"


def stack_differences(packet, data, chain):
    """Layers scapy does not find, and bytes it makes otherwise."""
    # What has a plus is a part of the layer before it to us.
    names = [scapy_layers.name_of(layer) for layer in scapy_layers.layers_of(packet)]
    found = [name for name in names if not name.startswith("+")]
    # scapy has what is echoed in the message itself.
    expected = chain.removeprefix("raw:").replace("icmpv6:data", "icmpv6").split(":")
    if expected != found:
        yield f"scapy has {found}"
    elif scapy_layers.rebuilt(packet) != data:
        yield "scapy makes other bytes"


def value_differences(packet, line):
    """Values that tapir reads otherwise than scapy."""
    for _, differences in scapy_values.compared(packet, json.loads(line)["layers"]):
        yield from differences


def scapy_differences(tapir, path, chains):
    """What scapy sees otherwise."""
    decoded = run([tapir, "decode", "-T", "json", "-r", path])
    count = 0
    for (packet, data), line, chain in zip(scapy_layers.read(path), decoded, chains):
        count += 1
        differences = [] if count % EVERY else list(value_differences(packet, line))
        for difference in differences + list(stack_differences(packet, data, chain)):
            yield f"packet {count}, {chain}: {difference}"
    if not count == len(decoded) == len(chains):
        yield f"scapy has {count} packets, tapir {len(decoded)}, built were {len(chains)}"


def differences_of(task):
    """What tshark and scapy see otherwise in one file, which is removed."""
    tapir, path = task
    with open(path[:-4] + "txt", encoding="ascii") as file:
        chains = [line.split("\t")[1] for line in file.read().splitlines()]
    theirs = list(tshark_differences(path, chains)), list(scapy_differences(tapir, path, chains))
    os.remove(path)
    return len(chains), *theirs


def check(number, differences, what):
    """One line of TAP, and the first differences."""
    for difference in differences[:5]:
        print(f"# {difference}")
    result = "not ok" if differences else "ok"
    print(f"{result} {number} - {what}, {len(differences)} differences", flush=True)
    return not differences


def stacks_over(link, options, pool, coverage):
    """Builds the stacks over a link; how many there are, and what tshark and scapy see otherwise."""
    packets, by_tshark, by_scapy = 0, [], []
    with tempfile.TemporaryDirectory() as directory:
        run([options.stacked, directory, link] + ["all"] * options.all)
        for path in sorted(glob.glob(os.path.join(directory, "*.txt"))):
            coverage.add(link, path)
        paths = sorted(glob.glob(os.path.join(directory, "*.pcap")))
        tasks = ((options.tapir, path) for path in paths)
        for count, of_tshark, of_scapy in pool.imap(differences_of, tasks):
            packets += count
            by_tshark += of_tshark
            by_scapy += of_scapy
    return packets, by_tshark, by_scapy


def main():
    """Build, read, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stacked", required=True, help="the program that builds")
    parser.add_argument("--tapir", required=True, help="the program under test")
    parser.add_argument("--all", action="store_true", help="every combination there is")
    parser.add_argument("--link", choices=LINKS, action="append", help="only over this one, or these")
    options = parser.parse_args()
    oracle.need("tshark")
    passed, number, coverage = True, 0, stack_coverage.Coverage()
    with multiprocessing.Pool(WORKERS, gc.set_threshold, (GARBAGE,)) as pool:
        for link in options.link or LINKS:
            begun = time.monotonic()
            packets, by_tshark, by_scapy = stacks_over(link, options, pool, coverage)
            passed &= check(number + 1, by_tshark, f"{link}: tshark, {packets} packets")
            passed &= check(number + 2, by_scapy, f"{link}: scapy, {packets} packets")
            missing = list(coverage.missing_over(link, options.all))
            passed &= check(number + 3, missing, f"{link}: all combinations")
            number += 3
            print(f"# {link}: {time.monotonic() - begun:.0f} s", flush=True)
    if not options.link:
        number += 1
        passed &= check(number, list(coverage.missing()), f"sequences of tunnels: {len(coverage.met)}")
    print(f"1..{number}")
    return 0 if passed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as trouble:
        print(f"Bail out! {trouble}")
        sys.exit(1)
