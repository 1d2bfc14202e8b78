"""Which stacks there have to be, counted apart from the program that builds them."""

import collections
import itertools
import sys

NETWORKS = {
    4: ("ip", "ip-options"),
    6: tuple(f"ipv6{kind}" for kind in ("", "-hopopts", "-dstopts", "-segments", "-source", "-fragment")),
}
TRANSPORTS = ("tcp", "udp", "sctp", "icmp", "payload", "dns", "quote")
# What is outside and inside a tunnel; where nothing is said anything goes.
TUNNELS = {"ipip": (4, 4), "6in4": (4, 6), "4in6": (6, 4), "6in6": (6, 6)}
TUNNELS.update((name, None) for name in ("gre", "gre-checked", "gre-ethernet", "vxlan"))
TUNNELS.update((name, None) for name in ("mpls", "pseudowire"))
WITH_ETHERNET = {"gre-ethernet", "vxlan", "pseudowire"}
MOST_TUNNELS = 4
# Up to this depth there is every combination over every link.
ALL_COMBINED = 1
# At this depth there is every combination over one link or another, and over each every two networks.
NETWORKS_COMBINED = 2


def ends(sequence):
    """The families of networks around a sequence of tunnels and inside it: pairs of 4 and 6."""
    pairs = {(family, family) for family in NETWORKS}
    for tunnel in sequence:
        pairs = {
            (outer, inner)
            for outer, between in pairs
            for inner in NETWORKS
            if TUNNELS[tunnel] in (None, (between, inner))
        }
    return pairs


def sequences(depth, link=None):
    """The sequences of tunnels that can be."""
    for sequence in itertools.product(TUNNELS, repeat=depth):
        if ends(sequence) and not (link == "fcs" and WITH_ETHERNET & set(sequence)):
            yield sequence


def combinations(sequence):
    """Every outer network, inner network and transport of a sequence."""
    if not sequence:
        networks = [(name, name) for names in NETWORKS.values() for name in names]
    else:
        networks = [
            pair
            for outer, inner in ends(sequence)
            for pair in itertools.product(NETWORKS[outer], NETWORKS[inner])
        ]
    return ((*pair, transport) for pair in networks for transport in TRANSPORTS)


class Coverage:
    """The stacks there are."""

    def __init__(self):
        self.met = collections.defaultdict(set)
        self.combined = set()
        self.sequences = {}
        self.links = []
        self.stacks = set()

    def add(self, link, path):
        """Adds those of a file, as written by the program that builds them."""
        if link not in self.links:
            self.links.append(link)
            self.stacks = set()
        with open(path, encoding="ascii") as file:
            choices = [map(sys.intern, line.split("\t")[0].split(" ")) for line in file]
        for *parts, transport in choices:
            networks, tunnels = parts[::2], tuple(parts[1::2])
            tunnels = self.sequences.setdefault(tunnels, tunnels)
            outer, inner = networks[0], networks[-1]
            self.stacks.add((tunnels, outer, inner, transport))
            if len(tunnels) == NETWORKS_COMBINED:
                self.combined.add((tunnels, outer, inner, transport))
            self.met[tunnels] |= {
                ("link", link), ("outer", outer), ("inner", inner), ("transport", transport)
            }

    def missing_over(self, link, everything):
        """Combinations that were not built over the link that was added last."""
        for depth in range((MOST_TUNNELS if everything else ALL_COMBINED) + 1):
            for sequence in sequences(depth, link):
                for combination in combinations(sequence):
                    if (sequence, *combination) not in self.stacks:
                        yield f"no {sequence} with {combination}"

        if not everything:
            pairs = {stack[:-1] for stack in self.stacks}
            for sequence in sequences(NETWORKS_COMBINED, link):
                for outer, inner, _ in combinations(sequence):
                    if (sequence, outer, inner) not in pairs:
                        yield f"no {sequence} between {outer} and {inner}"

    def missing(self):
        """Pairs of a sequence and anything else that were not built, and of the sequences that are
        combined over all links, combinations."""
        for sequence in sequences(NETWORKS_COMBINED):
            for combination in combinations(sequence):
                if (sequence, *combination) not in self.combined:
                    yield f"no {sequence} with {combination}"
        for depth in range(MOST_TUNNELS + 1):
            for sequence in sequences(depth):
                wanted = {("link", link) for link in self.links}
                if WITH_ETHERNET & set(sequence):
                    wanted.discard(("link", "fcs"))
                for outer, inner, transport in combinations(sequence):
                    wanted |= {("outer", outer), ("inner", inner), ("transport", transport)}
                for what in wanted - self.met[sequence]:
                    yield f"no {sequence} with {what}"
