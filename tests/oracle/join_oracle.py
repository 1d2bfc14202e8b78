#!/usr/bin/python3
"""Compares tapir decode --reassemble with tshark, which joins fragments and segments: every packet has
the same protocols, ports and DNS values in both."""

import argparse
import functools
import os
import random
import re
import struct
import sys
import tempfile

import oracle
from scapy.all import (DNS, DNSQR, DNSRR, GRE, IP, TCP, UDP, VXLAN, Dot1Q, Ether, IPv6,
                       IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, PadN, Raw, fragment, fragment6,
                       wrpcap)

FIELDS = ["udp.srcport", "tcp.srcport", "dns.id", "dns.qry.name", "dns.count.answers", "dns.txt"]
JOINS = [preference for value in ("ip.defragment:TRUE", "ipv6.defragment:TRUE",
                                  "tcp.desegment_tcp_streams:TRUE",
                                  "tcp.analyze_sequence_numbers:TRUE")
         for preference in ("-o", value)]
LINK = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")


def answer(chance, number, most=12):
    """A DNS message of a size by chance."""
    records = [DNSRR(rrname="example.org", type="TXT", rdata=bytes([97 + i]) * chance.randint(1, 200))
               for i in range(chance.randint(1, most))]
    return DNS(id=number, qr=1, qd=DNSQR(qname=f"name{number}.example.org"), ancount=len(records),
               an=functools.reduce(lambda a, b: a / b, records))


def wrapped(chance, datagram):
    """The datagram's packets on one of several ways through the network."""
    tunnel = IP(src="192.0.2.1", dst="192.0.2.2")
    return LINK / chance.choice([
        lambda: datagram,
        lambda: Dot1Q(vlan=7) / datagram,
        lambda: tunnel / GRE() / datagram,
        lambda: tunnel / UDP(sport=50000, dport=4789) / VXLAN(vni=9) / LINK / datagram,
    ])()


def datagrams(chance):
    """Fragments, those of one datagram in any order and among those of others."""
    packets = []
    for number in range(60):
        message = UDP(sport=53, dport=40000 + number) / answer(chance, number)
        size = chance.randrange(48, 800, 8)
        if number % 2:
            whole = IP(src="10.0.0.1", dst="10.0.0.2", id=number + 1) / message
            parts = fragment(whole, size)
        else:
            options = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0\0\0\0")])
            whole = IPv6(src="2001:db8::1", dst="2001:db8::2") / (
                options / IPv6ExtHdrFragment(id=number) if number % 4 else
                IPv6ExtHdrFragment(id=number)) / message
            parts = fragment6(whole, size + 100)
        chance.shuffle(parts)
        way = random.Random(number)
        state = way.getstate()
        for part in parts:
            way.setstate(state)  # all parts of a datagram go the same way
            at = chance.randint(max(0, len(packets) - 6), len(packets))
            packets.insert(at, wrapped(way, part))
    return packets


class Streams:
    """Messages of several connections in segments that know nothing of them."""

    def __init__(self, chance, sizes, isns, swapped):
        """swapped: so many of the segments change places with the one before."""
        self.packets, self.truth = [], []
        for port in range(40000, 40020):
            messages = [answer(chance, port + i, 5) for i in range(chance.randint(1, 6))]
            self.truth += [(f"0x{one.id:04x}", one.qd.qname.decode().rstrip("."), str(one.ancount))
                           for one in messages]
            stream = b"".join(struct.pack("!H", len(one)) + one for one in map(bytes, messages))
            self.connect(port, chance.choice(isns), stream, chance, sizes, swapped)

    def connect(self, port, first, stream, chance, sizes, swapped):
        def send(client, seq, ack, flags, data=b""):
            ends = [("10.0.0.53", 53), ("10.0.0.1", port)]
            (src, sport), (dst, dport) = ends[client], ends[not client]
            packet = LINK / IP(src=src, dst=dst) / TCP(sport=sport, dport=dport, flags=flags,
                                                       seq=seq & 0xffffffff, ack=ack & 0xffffffff)
            return packet / Raw(data) if data else packet

        pieces, at = [], 0
        while at < len(stream):
            size = chance.choice(sizes)
            pieces.append(send(False, first + at, 101, "PA", stream[at:at + size]))
            at += size
        for i in range(1, len(pieces)):
            if chance.random() < swapped:
                pieces[i - 1], pieces[i] = pieces[i], pieces[i - 1]
        self.packets += [send(True, 100, 0, "S"), send(False, first - 1, 101, "SA"),
                         send(True, 101, first, "A"), *pieces]


def seen(command, path):
    """A list of values for each packet."""
    names = [argument for name in ["frame.protocols", *FIELDS] for argument in ("-e", name)]
    status, text, message = oracle.output([*command, "-r", path, "-T", "fields", *names])
    if status:
        sys.exit(f"{command[0]}: {message.decode()}")
    return [line.split("\t") for line in text.decode().splitlines()]


def from_tshark(tapir, path):
    """What is different from what tshark shows of each packet."""
    found = []
    ours = seen([tapir, "decode", "--reassemble"], path)
    theirs = seen(oracle.TSHARK + JOINS, path)
    for number, (us, them) in enumerate(zip(ours, theirs), 1):
        # In its list of protocols tshark leaves out some of several messages, not in its values.
        us[0], them[0] = (re.sub("(:dns)+", ":dns", re.sub("ethertype:|ipv6.hopopts:", "", text))
                          for text in (us[0], them[0]))
        # tshark has no layer for bytes of a segment that begin or go on with a message.
        if ":tcp" in us[0] and not them[0].endswith(":data"):
            us[0] = us[0].removesuffix(":data")
        if us != them:
            found.append(f"packet {number}: {us} is not {them}")
    if len(ours) != len(theirs):
        found.append(f"{len(ours)} packets, not {len(theirs)}")
    return found


def from_truth(tapir, path, truth):
    found = [message for packet in seen([tapir, "decode", "--reassemble"], path)
             for message in zip(*(value.split(",") for value in packet[3:6])) if message[0]]
    return [f"{message} on one side only" for message in set(found) ^ set(truth)] + (
        [] if len(found) == len(truth) else [f"{len(found)} messages, not {len(truth)}"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tapir", default="build/tapir", help="the program under test")
    parser.add_argument("--show", type=int, default=5, help="differences to show (default 5)")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    oracle.need(chosen.tapir, "tshark")
    tap = oracle.Tap()
    chance = random.Random(chosen.seed)
    # tshark 4.0 loses messages where sequence numbers wrap, and some in segments of a byte or two;
    # those that came too early it shows elsewhere, or not.
    calm = Streams(chance, [40, 200, 900], [1000], 0)
    wild = Streams(chance, [1, 2, 3, 40, 200, 900], [1000, 0xffffff00], 0.2)
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "capture.pcap")

        def point(packets, name, compare, *truth):
            wrpcap(path, packets)
            found = compare(chosen.tapir, path, *truth)
            tap.point(len(packets) > 100 and not found, f"{name}: {len(packets)} packets")
            for line in found[:chosen.show]:
                tap.note(line)

        point(datagrams(chance), "fragments as tshark joins them", from_tshark)
        point(calm.packets, "segments as tshark joins them", from_tshark)
        point(calm.packets, "messages in order", from_truth, calm.truth)
        point(wild.packets, "messages in disorder", from_truth, wild.truth)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
