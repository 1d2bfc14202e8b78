#!/usr/bin/python3
"""Compares datagrams put together with the packets that scapy cut into fragments, byte for byte, and
with what tshark puts together of the same fragments."""

import argparse
import os
import random
import sys
import tempfile

import oracle

MACS = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
PAYLOADS = ["-e", "udp.payload", "-e", "tcp.payload", "-e", "data.data"]


def outsides(scapy):
    """What datagrams are carried in: a function that puts it around one."""
    ether = scapy.Ether(**MACS)
    tagged = ether / scapy.Dot1Q(vlan=5) / scapy.Dot1Q(vlan=6)
    outer = scapy.IP(src="192.0.2.1", dst="192.0.2.2", id=7)
    outer6 = scapy.IPv6(src="2001:db8:f::1", dst="2001:db8:f::2")
    udp = scapy.UDP(sport=50000, dport=4789)
    return {
        "Ethernet": lambda ip: ether / ip,
        "VLANs": lambda ip: tagged / ip,
        "GRE": lambda ip: ether / outer / scapy.GRE() / ip,
        "GRE with key, checksum and sequence number":
            lambda ip: ether / outer / scapy.GRE(key_present=1, key=9, chksum_present=1,
                                                 seqnum_present=1, sequence_number=3) / ip,
        "VXLAN": lambda ip: ether / outer / udp / scapy.VXLAN(vni=42, flags=8) / ether / ip,
        "VXLAN over IPv6": lambda ip: ether / outer6 / udp / scapy.VXLAN(vni=43, flags=8) / tagged / ip,
        "IPv4": lambda ip: ether / outer / ip,
        "IPv6": lambda ip: ether / outer6 / ip,
        "PPPoE": lambda ip: ether / scapy.PPPoE(sessionid=4) /
                            scapy.PPP(proto=0x21 if ip.version == 4 else 0x57) / ip,
        "cooked": lambda ip: scapy.CookedLinux(proto=0x800 if ip.version == 4 else 0x86dd) / ip,
    }


def datagrams(scapy, chance):
    """What is cut: a name, the datagram, and the layers of IPv6 that stay in each fragment."""
    def payload(length):
        return scapy.Raw(chance.randbytes(length))

    def udp(length):
        return scapy.UDP(sport=40000, dport=40001) / payload(length)

    options = [scapy.IPOption_Router_Alert(), scapy.IPOption_NOP(), scapy.IPOption_NOP(),
               scapy.IPOption_NOP(), scapy.IPOption_EOL()]
    hop = scapy.IPv6ExtHdrHopByHop(options=[scapy.RouterAlert()])
    routing = scapy.IPv6ExtHdrRouting(type=0, addresses=["2001:db8::9"])
    destination = scapy.IPv6ExtHdrDestOpt(options=[scapy.PadN(optdata=b"\0\0")])
    return {
        "UDP over IPv4": (scapy.IP() / udp(3000), ()),
        "UDP over IPv4 with options": (scapy.IP(options=options, tos=4, ttl=9) / udp(1511), ()),
        "ICMP over IPv4": (scapy.IP() / scapy.ICMP(id=1, seq=2) / payload(5001), ()),
        "TCP over IPv4": (scapy.IP() / scapy.TCP(sport=40000, dport=40001) / payload(2047), ()),
        "UDP over IPv6": (scapy.IPv6(tc=3, fl=12345) / udp(3003), ()),
        "UDP over IPv6 with headers in front":
            (scapy.IPv6() / hop / routing / udp(2222), (hop, routing)),
        "UDP over IPv6 with a header behind": (scapy.IPv6() / destination / udp(1777), ()),
    }


def cut(scapy, ip, stays, size, number):
    """The fragments of a datagram of at most `size` bytes, a multiple of 8, with that identification."""
    whole = bytes(ip)
    if ip.version == 4:
        header_len = ip[scapy.IP].ihl * 4
        rest = whole[header_len:]
        header = scapy.IP(whole[:header_len])
        header.remove_payload()
        for field in ("len", "chksum"):
            delattr(header, field)
    else:
        header = scapy.IPv6(whole[:40])
        header.remove_payload()
        front = header
        for layer in stays:
            front = front / layer.copy()
        stay_len = sum(len(layer) for layer in stays)
        following = whole[40 + stay_len - len(stays[-1])] if stays else ip.nh
        rest = whole[40 + stay_len:]
        header = front
        del header.plen
    fragments = []
    for at in range(0, len(rest), size):
        more = at + size < len(rest)
        piece = scapy.Raw(rest[at:at + size])
        if ip.version == 4:
            fragment = header.copy()
            fragment.id, fragment.frag = number, at // 8
            fragment.flags = "MF" if more else 0
            fragments.append(fragment / piece)
        else:
            mark = scapy.IPv6ExtHdrFragment(offset=at // 8, m=int(more), id=number, nh=following)
            fragment = header.copy()
            if stays:
                fragment.lastlayer().nh = 44
            else:
                fragment.nh = 44
            fragments.append(fragment / mark / piece)
    return fragments


def addressed(scapy, ip, number):
    """The same between addresses of its own, whole: everything filled in."""
    ip = ip.copy()
    if ip.version == 4:
        ip.src, ip.dst, ip.id = f"10.1.{number >> 8}.{number & 255}", "10.2.0.1", number
        return scapy.IP(bytes(ip))
    ip.src, ip.dst = f"2001:db8::1:{number:x}", "2001:db8::2"
    return scapy.IPv6(bytes(ip))


def cases(scapy, chance):
    """Every datagram in everything it can be carried in: name, link type, packet, its fragments."""
    number = 0
    for place, around in outsides(scapy).items():
        for name, (ip, stays) in datagrams(scapy, chance).items():
            number += 1
            size = chance.choice((8, 24, 256, 544, 1480))
            ip = addressed(scapy, ip, number)
            fragments = [bytes(around(part)) for part in cut(scapy, ip, stays, size, number)]
            chance.shuffle(fragments)
            yield f"{name}, in {place}", place == "cooked", bytes(around(ip)), fragments


def interleave(lists, chance):
    """One list of all, each in its own order."""
    rest = [list(reversed(entries)) for entries in lists]
    mixed = []
    while rest:
        entries = chance.choice(rest)
        mixed.append(entries.pop())
        if not entries:
            rest.remove(entries)
    return mixed


def payloads(path, only_reassembled):
    """What tshark finds inside: the innermost payload of each packet."""
    command = ["tshark", "-n", "-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE", "-r", path,
               "-T", "fields", "-E", "occurrence=l"] + PAYLOADS
    if only_reassembled:
        command += ["-Y", "ip.reassembled.length || ipv6.reassembled.length"]
    status, lines, messages = oracle.output(command)
    if status:
        print(f"Bail out! tshark: {messages.decode().strip()}")
        sys.exit(1)
    return [line.split("\t")[-1] or line for line in lines.decode().splitlines()]


def main():
    """Cut, put together, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--defragment", required=True, help="the example program")
    args = parser.parse_args()
    oracle.need("tshark")
    import scapy.all as scapy  # slow, so not above
    chance = random.Random(815)
    number = failed = 0

    def check(passed, what):
        nonlocal number, failed
        number += 1
        failed += not passed
        print(f"{'ok' if passed else 'not ok'} {number} - {what}")

    everything = list(cases(scapy, chance))
    with tempfile.TemporaryDirectory() as folder:
        for cooked, kind in ((False, "Ethernet"), (True, "cooked")):
            chosen = [case for case in everything if case[1] == cooked]
            cut_path, whole_path = (os.path.join(folder, kind + end) for end in (".pcap", ".pcapng"))
            frames = interleave([case[3] for case in chosen], chance)
            scapy.wrpcap(cut_path, frames, linktype=113 if cooked else 1)
            status, _, messages = oracle.output([args.defragment, cut_path, whole_path, "reject"])
            check(status == 0 and not messages, f"{kind}: {len(frames)} fragments are taken")
            if messages:
                print("# " + messages.decode().replace("\n", "\n# "))
            results = [packet for packet, _ in scapy.RawPcapNgReader(whole_path)]
            check(len(results) == len(chosen), f"{kind}: nothing else comes out")
            for name, _, whole, _ in chosen:
                check(whole in results, name)
                if whole not in results:
                    print(f"# {whole.hex()[:200]}")
            theirs, ours = payloads(cut_path, True), payloads(whole_path, False)
            check(len(theirs) == len(chosen) and sorted(theirs) == sorted(ours),
                  f"{kind}: tshark puts together the same")
            for mine in set(ours) ^ set(theirs):
                print(f"# {'ours' if mine in ours else 'theirs'}: {mine[:100]}")
    print(f"1..{number}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
