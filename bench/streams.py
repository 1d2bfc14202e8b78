"""What must be found in the streams of a capture that traffic.c made, and what a program found."""

from collections import defaultdict
from typing import NamedTuple


class Truth(NamedTuple):
    """A stream as the file holds it: `present` of `length` bytes, the rest in `holes`."""
    length: int
    holes: int
    present: int
    crc: str


class Found(NamedTuple):
    """A stream as it was delivered."""
    delivered: int
    crc: str
    gaps: int
    gap_bytes: int


def rows(path):
    with open(path, encoding="ascii") as file:
        next(file)
        yield from (line.rstrip("\n").split("\t") for line in file)


def read_truth(path):
    """Returns the streams of each pair of endpoints, in the order they were begun."""
    streams = defaultdict(list)
    for row in rows(path):
        length, holes, present = int(row[6]), int(row[10]), int(row[11])
        streams[tuple(row[2:6])].append(Truth(length, holes, present, row[12]))
    return streams


def read_found(path):
    streams = defaultdict(list)
    for row in rows(path):
        streams[tuple(row[:4])].append(Found(int(row[4]), row[5], int(row[6]), int(row[7])))
    return streams


def is_exact(truth, found):
    """Every byte that is there was delivered, and of what is missing every byte was reported."""
    return (found.delivered == truth.present and found.crc == truth.crc
            and found.gap_bytes == truth.length - truth.present and found.gaps == truth.holes)


class Comparison:
    """Streams counted: whole ones and those with holes that are exact, all others by what is wrong."""

    def __init__(self, truth, found):
        self.streams = self.whole = self.with_holes = self.ghosts = 0
        self.wrong = []  # (endpoints, truth or None, found or None)
        for ends in sorted(truth.keys() | found.keys()):
            self.compare(ends, list(truth.get(ends, [])), list(found.get(ends, [])))

    def compare(self, ends, truths, founds):
        """Endpoints used again have several streams; which is which their bytes tell."""
        self.streams += len(truths)
        left = []
        for truth in truths:
            match = next((found for found in founds if is_exact(truth, found)), None)
            if match is None:
                left.append(truth)
                continue
            founds.remove(match)
            self.whole += truth.holes == 0
            self.with_holes += truth.holes > 0
        self.wrong += [(ends, truth, founds.pop(0) if founds else None) for truth in left]
        self.wrong += [(ends, None, found) for found in founds]
        self.ghosts += len(founds)

    def exact(self):
        return self.whole + self.with_holes

    def is_exact(self):
        return not self.wrong


def compare(truth_path, found_path):
    return Comparison(read_truth(truth_path), read_found(found_path))
