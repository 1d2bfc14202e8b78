#!/usr/bin/python3
"""Writes seeds for fuzz_decode out of capture files: one frame for every chain of layers, as tapir sees
it. usage: seeds.py TAPIR OUTPUT_DIRECTORY CAPTURE..."""

import json
import os
import subprocess
import sys

LINK_TYPES = {"eth": 1, "null": 0, "loop": 108, "raw": 101, "sll": 113, "sll2": 276, "ip": 228,
              "ipv6": 229}
MAX_FRAME = 400


def read_pcap(path):
    """The frames of a little-endian pcap file, what our captures are."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return
    at = 24
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8:at + 12], "little")
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def main():
    tapir, output, captures = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(output, exist_ok=True)
    seen = set()
    for capture in captures:
        decoded = subprocess.run([tapir, "decode", "-T", "json", "-r", capture],
                                 capture_output=True, check=False)
        frames = list(read_pcap(capture))
        packets = [json.loads(line) for line in decoded.stdout.splitlines()]
        if len(packets) != len(frames):
            continue
        for packet, frame in zip(packets, frames):
            chain = tuple((layer["name"], layer.get("status")) for layer in packet["layers"])
            first = chain[0][0] if chain else None
            if first not in LINK_TYPES or chain in seen or len(frame) > MAX_FRAME:
                continue
            seen.add(chain)
            name = "-".join(layer for layer, _ in chain)[:80] + f"-{len(seen)}"
            with open(os.path.join(output, name), "wb") as file:
                file.write(LINK_TYPES[first].to_bytes(2, "big") + b"\0" + frame)
    print(f"{len(seen)} seeds in {output}")


if __name__ == "__main__":
    main()
