#!/usr/bin/python3
"""Compares tapir streams with tshark: packets of each direction of every conversation, and what the sides said."""

import collections
import json
import os
import re
import sys

import oracle
from files_oracle import Report

# tshark puts fragments together, too, and follows what is inside of tunnels; ports decide nothing.
CONVERSATIONS = ["tshark", "-n", "-q", "-z", "conv,tcp"]
LINE = re.compile(r"^(\S+):(\d+)\s+<-> (\S+):(\d+)\s+(\d+) [\d.,]+ ?\S+\s+(\d+) ")
# What we say of packets that belong to no connection that is listed.
APART = re.compile(r"(\d+) (?:packets? behind the end|malformed packets?|wrong checksums?)")
FOLLOWED = 20  # connections of a capture


def ours(tapir, path):
    status, text, messages = oracle.output([tapir, "streams", "-T", "json", "-r", path])
    apart = sum(map(int, APART.findall(messages.decode())))
    return status, [json.loads(line) for line in text.decode().splitlines()], apart


def by_direction(connections):
    """Packets of each direction; connections between the same ports taken together."""
    packets = collections.Counter()
    for one in connections:
        client, server = (one["src"], one["sport"]), (one["dst"], one["dport"])
        packets[client, server] += one["forward"]["packets"]
        packets[server, client] += one["backward"]["packets"]
    return +packets


def theirs(path):
    """tshark's packets of each direction; the first count is of what came back."""
    status, text, _ = oracle.output([*CONVERSATIONS, "-r", path])
    packets = collections.Counter()
    for line in text.decode(errors="replace").splitlines():
        match = LINE.match(line)
        if match:
            first, second = (match[1], int(match[2])), (match[3], int(match[4]))
            packets[second, first] += int(match[5])
            packets[first, second] += int(match[6])
    return status, +packets


def packet_differences(mine, other, apart):
    """What comes behind the end of a connection tshark counts to it, or to another one; `apart` says how many."""
    missing = 0
    for one in sorted(set(mine) | set(other)):
        missing += other[one] - mine[one]
        if mine[one] > other[one]:
            (src, sport), (dst, dport) = one
            yield f"{src}:{sport} > {dst}:{dport}: {mine[one]} packets, tshark {other[one]}"
    if missing != apart:
        yield f"{missing} packets less than tshark; behind the end and the like there are {apart}"


def is_plain(one):
    """A connection that both programs show piece by piece: nothing came twice, late or never."""
    return one["client_known"] and one["state"] != "opening" and not any(
        one[way][name] for way in ("forward", "backward") for name in
        ("retransmitted", "out_of_order", "overlaps", "gaps", "keep_alives", "outside_window", "missing_at_end"))


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


def is_followed_alike(mine, other, late):
    """What comes behind the end tshark shows, too: nobody received it (RFC 9293 3.10.7.1), we do not."""
    if late:
        return mine[:-1] == other[:len(mine) - 1]
    return mine == other


def follow_differences(tapir, path, connections, missing):
    """What both sides said, in hexadecimal. tshark numbers connections as it meets them, as we do.

    `missing` says in which directions tshark counts packets that we do not.
    """
    for one in [one for one in connections if is_plain(one)][:FOLLOWED]:
        number = str(one["id"])
        mine = oracle.output([tapir, "streams", "-q", "-r", path, "--follow", number, "--as", "hex"])[1]
        other = oracle.output(["tshark", "-n", "-q", "-r", path, "-z", f"follow,tcp,hex,{number}"])[1]
        if f"Node 0: {one['src']}:{one['sport']}\n".encode() not in other:
            continue  # another connection has that number
        ends = (one["src"], one["sport"]), (one["dst"], one["dport"])
        late = missing[ends] or missing[ends[::-1]]
        if not is_followed_alike(lines(mine), lines(other), late) and b"\n0" in mine + other:
            yield f"connection {number}: the sides' bytes are not tshark's"


def main():
    chosen = oracle.arguments(__doc__).parse_args()
    oracle.need("tshark")
    report = Report(chosen.show)
    compared = followed = 0
    paths = oracle.captures(chosen.captures)
    results = oracle.each(lambda path: (ours(chosen.tapir, path), theirs(path)), paths)
    for path, ((status, connections, apart), (their_status, packets)) in zip(paths, results):
        name = "/".join(path.split("/")[-2:])
        if status or their_status or not (connections or packets):
            continue
        compared += len(connections)
        mine = by_direction(connections)
        report.check(name, packet_differences(mine, packets, apart))
        report.check(f"{name}, followed",
                     follow_differences(chosen.tapir, path, connections, packets - mine))
        followed += len(connections)
    report.check("there are connections to compare", [] if compared and followed else ["none"])
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
