#!/usr/bin/python3
"""Writes the seeds of fuzz/reassembly.c into the folder it is given: programs by chance, each by its
name, and frames for its raw kind."""

import os
import random
import struct
import sys

EXACT, FOLLOW, HOSTILE, RAW = 0, 3, 5, 7
POLICIES = 8


def model_step(rng, slots):
    """A step of the exact and follow kinds; mostly data close to what is next."""
    slot, way, version = rng.randrange(slots), rng.randrange(2), rng.random() < 0.2
    kind = rng.choice([0] * 14 + [10, 11, 12, 13, 15])
    where, length = rng.choice([0, 0, rng.randrange(-40, 90)]) & 255, rng.randrange(60)
    if kind == 13:  # no FINISH, which would end it all too soon
        where = rng.choice([0, 2, 3, 5, 5])
    return bytes((kind | slot << 4 | way << 6 | version << 7, where, length, rng.randrange(256)))


def model(kind, seed, policy, bounds=0):
    rng = random.Random(f"{kind} {seed}")
    header = bytes((kind, policy | rng.choice([0, 8]) | rng.choice([0, 0x20]), bounds, seed))
    opened = bytes((14, rng.choice([0, 4, 5, 6, 7]), 9, rng.randrange(256)))
    return header + opened + b"".join(model_step(rng, 1 + seed % 3) for _ in range(50))


def hostile(seed):
    rng = random.Random(seed)
    return bytes((HOSTILE, seed & 0x7F, rng.randrange(256), seed)) + rng.randbytes(240)


def tcp_frame(port, seq, flags, data):
    tcp = struct.pack(">HHIIBBHHH", port, 80, seq, 1, 0x50, flags, 9999, 0, 0) + data
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, 0x0A000001, 0x0A000002)
    return bytes(12) + b"\x08\x00" + ip + tcp


def raw():
    frames = [tcp_frame(1000, 99, 2, b""), tcp_frame(1000, 105, 16, b"world"),
              tcp_frame(1000, 100, 16, b"hello"), tcp_frame(1000, 110, 17, b"")]
    return bytes((RAW, 0, 0, 0)) + b"".join(struct.pack(">H", len(f)) + f for f in frames)


def seeds():
    for policy in range(POLICIES):
        for turn in range(2):
            yield f"exact-{policy}-{turn}", model(EXACT, policy * 2 + turn, policy)
    for seed, bounds in enumerate((0x08, 0x10, 0x20, 0x78, 0xB8)):
        yield f"follow-{seed}", model(FOLLOW, seed, seed, bounds)
    for seed in range(6):
        yield f"hostile-{seed}", hostile(seed)
    yield "raw", raw()


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in seeds():
        with open(os.path.join(sys.argv[1], name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
