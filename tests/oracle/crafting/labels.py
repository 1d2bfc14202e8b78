"""MPLS label stacks, and what lies under them."""

from .build import *
from .tunnels import gre

MPLS_UNICAST, MPLS_MULTICAST = 0x8847, 0x8848


def label(number, bottom=1, traffic_class=0, ttl=64):
    return u32(number << 12 | traffic_class << 9 | bottom << 8 | ttl)


def stack(*numbers, **fields):
    """A stack of labels, the last one with the bit that says so."""
    last = len(numbers) - 1
    return b"".join(label(number, int(at == last), **fields) for at, number in enumerate(numbers))


def eth_mpls(payload, kind=MPLS_UNICAST):
    return eth(kind, payload)


def pseudowires():
    """Frames of Ethernet within a pseudowire, with the control word and without."""
    for kind, packet in inner_packets():
        frame = eth(kind, packet, MAC_B, MAC_A)
        yield u32(0) + frame
        yield u32(0x1234) + frame
        yield frame
    frame = eth(0x0800, ip4(17, udp(pattern(5))), "00:50:56:00:00:0a", "00:50:56:00:00:0b")
    yield frame
    yield u32(0) + frame
    yield u32(0x00450017) + frame
    yield u32(0) + eth(0x8100, vlan(0x0800, ip4(17, udp(b"hi")), 5))
    yield u32(0) + eth(20, u8(0x42, 0x42, 3) + pattern(17))
    yield u32(0) + bytes(12) + u16(0x0800) + ip4(17, udp(b"hi"))


@capture("mpls")
def label_stacks():
    for kind, packet in inner_packets():
        if kind == 0x0806:
            continue
        for ether_type in (MPLS_UNICAST, MPLS_MULTICAST):
            yield eth_mpls(stack(100) + packet, ether_type)
            yield eth_mpls(stack(16, 1000, 0xFFFFF) + packet, ether_type)
        yield eth4(137, stack(100) + packet)
        yield eth6(137, stack(100, 200) + packet)
        yield eth4(47, gre(MPLS_UNICAST, stack(100, 200) + packet))
        yield eth4(47, gre(MPLS_MULTICAST, stack(100) + packet))
        yield eth(0x8100, vlan(MPLS_UNICAST, stack(100) + packet, 5))
    four, six = ip4(17, udp(b"hi")), ip6(17, udp(b"x", source=A6, destination=B6))
    for number in (*range(13), 15, 16):
        for payload in (four, six, pattern(12)):
            yield eth_mpls(stack(number) + payload)
        yield eth_mpls(stack(number, 100) + four)
        yield eth_mpls(stack(100, number) + six)
    # The associated channel, under its label or told by its first bits.
    for kind, payload in ((0x21, four), (0x57, six), (7, pattern(24)), (0x8902, pattern(8))):
        yield eth_mpls(stack(13) + u16(0x1000, kind) + payload)
        yield eth_mpls(stack(100, 13) + u16(0x1000, kind) + payload)
        yield eth_mpls(stack(100) + u16(0x1000, kind) + payload)
        yield eth_mpls(stack(100) + u16(0x1F00, kind) + payload)
    for traffic_class in range(8):
        yield eth_mpls(stack(100, traffic_class=traffic_class, ttl=traffic_class) + four)
    yield eth_mpls(stack(100, ttl=0) + four)
    yield eth_mpls(stack(100, ttl=255) + four)
    # What is told by its first byte.
    for first in range(256):
        yield eth_mpls(stack(100) + u8(first) + pattern(40))
    for length in range(1, 24):
        yield eth_mpls(stack(100) + u8(0x45) + pattern(length))
    for payload in pseudowires():
        yield eth_mpls(stack(100) + payload)
        yield eth_mpls(stack(100, 200) + payload)
    # Nothing under the last label, stacks that end before the bottom.
    yield eth_mpls(stack(100))
    yield eth_mpls(stack(0))
    yield eth_mpls(stack(2))
    yield eth_mpls(label(100, 0))
    yield eth_mpls(label(100, 0) + four)
    for length in range(1, 8):
        yield eth_mpls((label(100, 0) + label(200))[:length])
    yield eth_mpls(b"")
    yield eth_mpls(stack(*range(16, 80)) + four)
    whole = eth_mpls(stack(100, 200) + four)
    yield from (whole[:length] for length in range(14, len(whole)))
