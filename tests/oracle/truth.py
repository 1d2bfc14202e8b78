#!/usr/bin/python3
"""Streams put together against the generator that cut them: every byte that is in the file is
delivered, of what is missing every byte is reported, and there are no streams that never were."""

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../../bench")]
import streams
from tap import TESTS, main, need

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--traffic", required=True, help="the generator")
parser.add_argument("--reassemble", required=True, help="the program that puts streams together")
parser.add_argument("--packets", default=40000, type=int, help="of each capture (%(default)s)")
parser.add_argument("--seeds", default=6, type=int, help="captures of each sort (%(default)s)")
options = parser.parse_args()

# What the generator is told.
SORTS = {
    "usual": ["--concurrent", "500"],
    "crowded": ["--concurrent", "5000"],
    "rough": ["--concurrent", "100", "--rough"],
    "rough_and_crowded": ["--concurrent", "2000", "--rough"],
}


# Who wins where segments overlap does not matter: all say the same.
POLICIES = ["first", "last", "linux", "windows", "bsd-right", "reject"]


def compare(seed, words):
    with tempfile.TemporaryDirectory(prefix="tapir-truth-") as directory:
        capture, truth, found = (os.path.join(directory, name)
                                 for name in ("traffic.pcap", "truth", "found"))
        subprocess.run([options.traffic, "--seed", str(seed), "--packets", str(options.packets),
                        *words, "--truth", truth, "-o", capture], check=True,
                       stderr=subprocess.DEVNULL)
        subprocess.run([options.reassemble, "file", capture, found,
                        POLICIES[seed % len(POLICIES)]], check=True,
                       stdout=subprocess.DEVNULL)
        return streams.compare(truth, found)


def add_test(sort, words, seed):
    def exact():
        result = compare(seed, words)
        need(result.is_exact(), f"{len(result.wrong)} of {result.streams} streams are not: "
             + "; ".join(f"{ends}: {truth}, but {found}" for ends, truth, found in result.wrong[:3]))
        need(result.with_holes > 0 and result.whole > 100 * options.packets / 50000,
             f"too little to compare: {result.whole} whole, {result.with_holes} with holes")

    exact.__name__ = f"streams_of_{sort}_traffic_{seed}_are_exact"
    TESTS.append(exact)


for sort, words in SORTS.items():
    for seed in range(1, options.seeds + 1):
        add_test(sort, words, seed)

if __name__ == "__main__":
    sys.exit(main())
