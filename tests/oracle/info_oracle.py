#!/usr/bin/python3
"""Compares tapir info with capinfos, and its hierarchy of protocols with tshark's."""

import csv
import glob
import io
import json
import os
import re
import sys

import oracle
from files_oracle import GOPACKET, Report

# capinfos' column -> our member; text compared as it is, numbers to their last printed digit.
EXACT = {
    "Number of packets": "packets",
    "File size (bytes)": "size",
    "Data size (bytes)": "bytes",
    "SHA256": "SHA256",
    "RIPEMD160": "RIPEMD160",
    "SHA1": "SHA1",
}
ROUNDED = {
    "Data byte rate (bytes/sec)": "bytes_per_second",
    "Data bit rate (bits/sec)": "bits_per_second",
    "Average packet size (bytes)": "average",
    "Average packet rate (packets/sec)": "packets_per_second",
}
TIMES = {
    "Capture duration (seconds)": "duration",
    "Start time": "first_time_epoch",
    "End time": "last_time_epoch",
}
SECTION = {"Capture hardware": "hardware", "Capture oper-sys": "os",
           "Capture application": "application", "Capture comment": "comment"}
# Layers that both programs see alike, for the hierarchy; below any other they may differ.
COMPARED = {"eth", "null", "arp", "ip", "ipv6", "tcp", "udp", "vlan", "vxlan", "gre"}
DEPTH = 3


def ours(tapir, path):
    status, text, messages = oracle.output([tapir, "info", "-T", "json", "--hash", path])
    lines = text.decode().splitlines()
    return status, json.loads(lines[0]) if lines else {"error": messages.decode().strip()}


def capinfos(path):
    status, text, _ = oracle.output(["capinfos", "-A", "-T", "-m", "-Q", "-M", "-S", path])
    rows = list(csv.DictReader(io.StringIO(text.decode(errors="replace"))))
    return status, rows[0] if rows else {}


def differences(mine, theirs):
    for column, member in EXACT.items():
        if column in theirs and theirs[column] != str(mine.get(member)):
            yield f"{column}: {mine.get(member)}, capinfos {theirs[column]}"
    untimed = mine["timed_packets"] != mine["packets"]
    for column, member in ROUNDED.items():
        # capinfos gives up on times when a packet has none.
        if theirs.get(column, "n/a") == "n/a" or (untimed and column != "Average packet size (bytes)"):
            continue
        # capinfos takes times as floating point, of which little is left for a short duration.
        blur = 5e-7 / max(float(mine.get("duration", 1)), 1e-9) if member != "average" else 0
        value = float(mine.get(member, 0))
        if abs(float(theirs[column]) - value) > 0.0051 + value * blur:
            yield f"{column}: {mine.get(member)}, capinfos {theirs[column]}"
    for column, member in TIMES.items():
        if theirs.get(column, "n/a") == "n/a" or untimed:
            continue
        if not mine.get(member, "").startswith(theirs[column]):
            yield f"{column}: {mine.get(member)}, capinfos {theirs[column]}"
    order = theirs.get("Strict time order")
    if order in ("True", "False") and not untimed and mine["in_order"] != (order == "True"):
        yield f"Strict time order: {mine['in_order']}, capinfos {order}"
    for column, member in SECTION.items():
        if len(mine["sections"]) == 1:
            value = mine["sections"][0].get(member, "").split("\n")[0]
            if theirs.get(column, "").split("\n")[0] != value:
                yield f"{column}: {value!r}, capinfos {theirs.get(column)!r}"


def hierarchy(path):
    """tshark's protocol hierarchy: path -> packets, bytes."""
    text = oracle.output(oracle.TSHARK + ["-r", path, "-q", "-z", "io,phs"])[1].decode()
    found, layers = {}, []
    for line in text.splitlines():
        match = re.match(r"^( *)(\S+) +frames:(\d+) bytes:(\d+)$", line)
        if match:
            layers = layers[:len(match[1]) // 2] + [match[2]]
            found[":".join(layers)] = int(match[3]), int(match[4])
    return found


def hierarchy_differences(mine, path):
    our = {node["path"]: (node["packets"], node["bytes"]) for node in mine["hierarchy"]}
    # tshark gives cut packets another path, and IPv6's extension headers none.
    if mine["cut_packets"] or any(".hopopts" in one or ".dstopts" in one for one in our):
        return
    theirs = hierarchy(path)
    for one in sorted(set(our) | set(theirs)):
        layers = one.split(":")
        if len(layers) <= DEPTH and set(layers) <= COMPARED and our.get(one) != theirs.get(one):
            yield f"{one}: {our.get(one)}, tshark {theirs.get(one)}"


def main():
    chosen = oracle.arguments(__doc__).parse_args()
    oracle.need("tshark", "capinfos")
    report = Report(chosen.show)
    paths = oracle.captures(chosen.captures)
    paths += sorted(glob.glob(os.path.join(GOPACKET, "?e", "*.pcapng")))
    results = oracle.each(lambda path: (ours(chosen.tapir, path), capinfos(path)), paths)
    for path, ((status, mine), (their_status, theirs)) in zip(paths, results):
        name = "/".join(path.split("/")[-2:])
        if "error" in mine:
            report.check(name, [mine["error"]] if their_status == 0 else [])
            continue
        problems = list(differences(mine, theirs))
        # A section of another version ends capinfos, and is to be skipped.
        if mine["skipped_sections"]:
            problems = []
        elif status != 0 and their_status == 0:
            problems.append(f"status {status}, capinfos {their_status}")
        report.check(name, problems)
    # Crafted packets are broken in ways that the two programs name differently.
    for path in oracle.captures(chosen.captures):
        if "crafted" not in path:
            report.check(f"hierarchy of {os.path.basename(path)}",
                         hierarchy_differences(ours(chosen.tapir, path)[1], path))
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
