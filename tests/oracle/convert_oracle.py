#!/usr/bin/python3
"""Compares tapir convert with editcap and mergecap, and what it anonymises with what tshark made of
the original. The pcapng test files of gopacket have to come out as they went in."""

import glob
import itertools
import os
import struct
import subprocess
import sys
import tempfile

import oracle
from files_oracle import GOPACKET, Report

tapir = None
NANOSECONDS = "nsecpcap"


def run(command):
    """Runs a program; its complaint, or None."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return f"{command[0]}: {done.stderr.decode().strip()}" if done.returncode else None


def records(path):
    """A pcap file without its header, in which the snapshot length may differ; and its link type."""
    with open(path, "rb") as handle:
        data = handle.read()
    return data[24:], struct.unpack_from("<I", data, 20)[0]


def same_file(name, mine, theirs):
    if not os.path.exists(mine) or not os.path.exists(theirs):
        return f"{name}: nothing was written"
    (own, own_type), (other, other_type) = records(mine), records(theirs)
    if own_type & 0xFFFF != other_type & 0xFFFF:
        return f"{name}: link type {own_type:#x} and {other_type:#x}"
    if own != other:
        at = next((i for i, pair in enumerate(zip(own, other)) if pair[0] != pair[1]),
                  min(len(own), len(other)))
        return f"{name}: {len(own)} and {len(other)} bytes, different from {at} on"
    return None


def against(name, directory, mine, theirs):
    """Runs both programs, which write pcap files in nanoseconds, and compares these."""
    ours, other = os.path.join(directory, "ours"), os.path.join(directory, "theirs")
    for path in ours, other:
        if os.path.exists(path):
            os.unlink(path)
    trouble = run([tapir, "convert", *mine, "-w", ours, "--format", "pcap-ns"])
    if run([word.replace("OUT", other) for word in theirs]) and not os.path.exists(other):
        return None  # a link type it does not know
    return trouble or same_file(name, ours, other)


def editcap(path, directory):
    """Every option that editcap has, too."""
    for name, mine, theirs in (
            ("everything", [], []),
            ("range", ["--packets", "2-5,7"], ["-r", None, "2-5", "7"]),
            ("snapshot length", ["-s", "60"], ["-s", "60"]),
            ("shift forward", ["--shift", "3600.5"], ["-t", "3600.5"]),
            ("shift back", ["--shift", "-0.25"], ["-t", "-0.25"]),
            ("duplicates", ["--dedup", "4"], ["-d"]),
            ("many duplicates", ["--dedup", "999"], ["-D", "1000"]),
            ("duplicates by time", ["--dedup-time", "0.05"], ["-w", "0.05"]),
            ("duplicates behind headers", ["--dedup", "4", "--dedup-skip", "26"],
             ["-I", "26", "-d"])):
        behind = theirs[theirs.index(None) + 1:] if None in theirs else []
        before = theirs[:theirs.index(None)] if None in theirs else theirs
        yield against(name, directory, [path, *mine],
                      ["editcap", "-F", NANOSECONDS, *before, path, "OUT", *behind])


def mergecap(paths, directory):
    # Of equal times mergecap takes the last file's packet first, we the first file's.
    for name, mine, theirs, order in (
            ("in order of time", [], [], paths[::-1]),
            ("one after the other", ["--concatenate"], ["-a"], paths)):
        yield against(name, directory, [*paths, *mine],
                      ["mergecap", "-F", NANOSECONDS, *theirs, "-w", "OUT", *order])


def unchanged(path, directory):
    copy = os.path.join(directory, "copy.pcapng")
    trouble = run([tapir, "convert", path, "-w", copy])
    with open(path, "rb") as one, open(copy, "rb") as other:
        if one.read() != other.read():
            yield f"{path}: not the same bytes"
    if trouble:
        yield trouble


def and_back(path, directory):
    """To pcapng and back; to the other byte order and back."""
    for name, steps in (("pcapng", [["x.pcapng"], ["y.pcap", "--format", "pcap-ns"]]),
                        ("byte order", [["x.pcap", "--byte-order", "big", "--format", "pcap-ns"],
                                        ["y.pcap", "--byte-order", "little"]])):
        source = path
        for step in steps:
            target = os.path.join(directory, step[0])
            trouble = run([tapir, "convert", source, "-w", target, *step[1:]])
            if trouble:
                yield f"{name}: {trouble}"
            source = target
        direct = os.path.join(directory, "direct")
        run([tapir, "convert", path, "-w", direct, "--format", "pcap-ns"])
        yield same_file(name, source, direct)


FIELDS = ["frame.protocols", "frame.len", "ip.checksum.status", "tcp.checksum.status",
          "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status", "eth.type",
          "ip.len", "ip.proto", "tcp.srcport", "udp.dstport", "tcp.flags", "tcp.seq"]
ADDRESSES = ["eth.src", "eth.dst", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "arp.src.proto_ipv4",
             "arp.dst.proto_ipv4", "arp.src.hw_mac", "icmpv6.nd.ns.target_address",
             "icmpv6.opt.linkaddr", "dns.a", "dns.aaaa"]


def view(path, fields):
    command = oracle.TSHARK + ["-r", path, "-T", "fields", "-E", "separator=|"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [line.split("|") for line in done.stdout.decode(errors="replace").splitlines()]


def our_layers(path):
    done = subprocess.run([tapir, "decode", "-r", path, "-e", "frame.protocols"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode().splitlines()


def stays(address):
    """Whether an address may come out as it went in."""
    if not address:
        return True
    if "." in address and ":" not in address:
        first = int(address.split(".")[0])
        return first in (0, 127) or first >= 224
    if address.count(":") == 5 and len(address) == 17:
        return int(address[:2], 16) & 1 or address.startswith(("00:00:5e", "00:00:00:00:00:00"))
    return address in ("::", "::1") or address.startswith("ff")


def anonymised(path, directory):
    """tshark sees the same packets, checksums as right or wrong, and other addresses, one for one."""
    target = os.path.join(directory, "anonymous.pcapng")
    trouble = run([tapir, "convert", path, "-w", target, "--anonymise", "a key"])
    if trouble:
        yield trouble
        return
    for number, (before, after) in enumerate(zip(view(path, FIELDS), view(target, FIELDS)), 1):
        # tshark guesses at payloads from addresses and ports, and whether there is Ethernet under MPLS
        # by the vendors of MAC addresses; only the layers below are compared.
        if "pwethheuristic" not in before[0] and before[1:] != after[1:]:
            yield f"packet {number}: {before} became {after}"
    mapping, back = {}, {}
    fields = ["frame.protocols", *ADDRESSES]
    for number, ((protocols, *before), (_, *after), layers) in enumerate(zip(
            view(path, fields), view(target, fields), our_layers(path)), 1):
        # What is inside of other protocols is payload to us, and so are what is broken and what tshark
        # guesses to be a packet where nothing says so.
        seen = protocols.split(":")
        if not oracle.PROTOCOLS.issuperset(seen) or "error" in layers or any(
                seen.count(name) > layers.split(":").count(name) for name in ("ip", "ipv6", "dns", "tcp")):
            continue
        for old, new in itertools.chain.from_iterable(
                zip(a.split(","), b.split(",")) for a, b in zip(before, after)):
            if mapping.setdefault(old, new) != new:
                yield f"packet {number}: {old} became {mapping[old]} and {new}"
            if back.setdefault(new, old) != old:
                yield f"packet {number}: {back[new]} and {old} became {new}"
            if old == new and not stays(old):
                yield f"packet {number}: {old} stayed"


def is_little_pcap(path):
    with open(path, "rb") as handle:
        return handle.read(4) in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1")


def found(problems):
    return [problem for problem in problems if problem]


def main():
    global tapir
    parser = oracle.arguments(__doc__)
    parser.add_argument("--most", type=int, default=12, help="captures to convert (12)")
    chosen = parser.parse_args()
    tapir = chosen.tapir
    oracle.need("tshark", "editcap", "mergecap")
    captures = [path for path in oracle.captures(chosen.captures)
                if 300 < os.path.getsize(path) < 2_000_000 and is_little_pcap(path)]
    captures = captures[::max(1, len(captures) // chosen.most)][:chosen.most]
    report = Report(chosen.show)
    with tempfile.TemporaryDirectory() as directory:
        for path in sorted(glob.glob(os.path.join(GOPACKET, "?e", "*.pcapng"))):
            report.check(f"{'/'.join(path.split('/')[-2:])} is copied byte by byte",
                         unchanged(path, directory))
        for path in captures:
            base = os.path.basename(path)
            report.check(f"{base} as editcap makes it", found(editcap(path, directory)))
            report.check(f"{base} there and back", found(and_back(path, directory)))
            report.check(f"{base} without its addresses", anonymised(path, directory))
        alike = {}
        for path in captures:
            alike.setdefault(records(path)[1], []).append(path)
        for link_type, paths in sorted(alike.items()):
            report.check(f"link type {link_type} as mergecap makes it",
                         found(mergecap(paths, directory)))
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
