"""VXLAN, GRE, and tunnels in tunnels."""

from .build import *
from .internet import extension, fragment
from .names import message, question


def vxlan(payload, flags=0x08, identifier=100, group=0, reserved=0):
    return u8(flags, group >> 16) + u16(group & 0xFFFF) + u32(identifier << 8 | reserved) + payload


def inner_frames():
    for kind, packet in inner_packets():
        yield eth(kind, packet, MAC_B, MAC_A)


@capture("vxlan")
def vxlans():
    for frame in inner_frames():
        yield eth_udp(vxlan(frame), 50000, 4789)
        yield eth_udp6(vxlan(frame), 50000, 4789)
        yield eth4(17, udp(vxlan(frame), 50000, 4789, checksum=0))
        yield eth_udp(vxlan(frame), 4789, 50000)
        yield eth_udp(vxlan(frame.ljust(60, b"\0")), 50000, 4789)
    frame = next(inner_frames())
    for identifier in (0, 1, 0xFFFFFF):
        yield eth_udp(vxlan(frame, identifier=identifier), 50000, 4789)
    for flags in range(256):
        yield eth_udp(vxlan(frame, flags, group=0x123456, reserved=0x78), 50000, 4789)
    # Group policy: the G bit, the group, don't learn and policy applied.
    for bits in (0x000000, 0x400000, 0x080000, 0x480000, 0xFF0000):
        yield eth_udp(vxlan(frame, 0x88, group=bits | 0x1234), 50000, 4789)
    yield eth_udp(vxlan(frame), 50000, 8472)
    yield eth_udp(vxlan(frame, 0x88, group=0x1234), 50000, 8472)
    yield eth_udp(vxlan(eth(0x8100, vlan(0x0800, ip4(17, udp(b"hi")), 5))), 50000, 4789)
    yield eth_udp(vxlan(b""), 50000, 4789)
    for length in range(0, 8):
        yield eth_udp(vxlan(frame)[:length], 50000, 4789)
    for length in range(1, 40, 4):
        yield eth_udp(vxlan(frame[:length]), 50000, 4789)
    whole = eth_udp(vxlan(frame), 50000, 4789)
    yield from (whole[:length] for length in range(42, len(whole), 2))


def gre(kind, payload, flags=0, version=0, recursion=0, extra=b""):
    return u16(flags | recursion << 8 | version, kind) + extra + payload


def gre_fields(flags, kind, payload, value=None):
    """The optional fields the flags call for, with a checksum that is right."""
    key = u32(0x11223344) if flags & 0x2000 else b""
    sequence = u32(77) if flags & 0x1000 else b""
    route = b""
    if flags & 0x4000:
        route = u16(0x0800) + u8(0, 8) + ip(A) + ip(B) + u16(0) + u8(0, 0)
    first = u16(0, 0) if flags & 0xC000 else b""
    data = gre(kind, payload, flags, extra=first + key + sequence + route)
    if flags & 0x8000:
        value = checksum(data) if value is None else value
        data = data[:4] + u16(value) + data[6:]
    return data


@capture("gre")
def gre_tunnels():
    for kind, packet in inner_packets():
        if kind != 0x0806:
            yield eth4(47, gre(kind, packet))
            yield eth6(47, gre(kind, packet))
    packet = ip4(17, udp(b"hi"))
    for bits in range(32):
        flags = bits << 11
        yield eth4(47, gre_fields(flags, 0x0800, packet))
        yield eth6(47, gre_fields(flags, 0x86DD, ip6(17, udp(b"x", source=A6, destination=B6))))
    yield eth4(47, gre_fields(0x8000, 0x0800, packet, value=0xBEEF))
    yield eth4(47, gre_fields(0x8000, 0x0800, packet, value=0))
    for frame in inner_frames():
        yield eth4(47, gre(0x6558, frame))
        yield eth4(47, gre_fields(0x2000, 0x6558, frame))
        yield eth6(47, gre_fields(0x3000, 0x6558, frame))
    for recursion in (1, 7):
        yield eth4(47, gre(0x0800, packet, recursion=recursion))
    for version in range(2, 8):
        yield eth4(47, gre(0x0800, packet, version=version))
    for reserved in (0x0008, 0x0010, 0x0080, 0x00F8):
        yield eth4(47, gre(0x0800, packet, reserved))
    # Protocols nobody claims, a VLAN tag, a keep-alive with nothing inside.
    for kind in (0x0000, 0x88B5, 0xFFFF):
        yield eth4(47, gre(kind, pattern(16)))
    yield eth4(47, gre(0x8100, vlan(0x0800, packet, 5)))
    yield eth4(47, gre(0x0000, b""))
    yield eth4(47, gre(0x0800, b""))
    # Version 1 (PPTP) without a PPP frame: acknowledgements only, and flags that should not be.
    for flags, extra in ((0x2000, b""), (0x2080, u32(9)), (0x3080, u32(8, 9)), (0x0000, b"")):
        yield eth4(47, gre(0x880B, b"", flags, 1, extra=(u16(0, 7) if flags else b"") + extra))
    yield eth4(
        47, gre(0x880B, u8(0xFF, 3, 0xC0, 0x21) + pattern(8), 0x3001, extra=u16(12, 7) + u32(5))
    )
    # NVGRE and ERSPAN's header numbers are keys like any other.
    yield eth4(47, gre(0x6558, next(inner_frames()), 0x2000, extra=u32(5000 << 8 | 3)))
    # Source routes: several entries, one that does not fit, no end.
    for route in (
        u16(0x0800) + u8(0, 4) + ip(A) + u16(0) + u8(0, 0),
        u16(0x0800) + u8(4, 8) + ip(A) + ip(B) + u16(0xFFFE) + u8(2, 4) + u32(1) + u16(0, 0),
        u16(0x0800) + u8(0, 200) + ip(A),
        u16(0x0800) + u8(0, 0),
        b"",
    ):
        yield eth4(47, gre(0x0800, packet, 0x4000, extra=u16(0, 4) + route))
    whole = eth4(47, gre_fields(0xB000, 0x0800, packet))
    yield from (whole[:length] for length in range(34, len(whole), 2))
    body = gre_fields(0xF000, 0x0800, packet)
    for length in range(0, 36, 2):
        yield eth4(47, body[:length])


@capture("tunnels")
def tunnels():
    four, six = ip4(17, udp(b"inside")), ip6(17, udp(b"inside", source=A6, destination=B6))
    for outer in (eth4, eth6):
        for number, packet in ((4, four), (41, six)):
            yield outer(number, packet)
            yield outer(number, packet[:20])
            yield outer(number, packet[:1])
    yield eth4(4, six)
    yield eth4(41, four)
    yield eth4(94, four)
    # Many levels of one kind, and a mixture.
    for wrap in (
        lambda packet: (4, ip4(4, packet)),
        lambda packet: (41, ip6(41, packet)) if packet[0] >> 4 == 6 else (41, ip6(4, packet)),
    ):
        packet = four
        for _ in range(12):
            number, packet = wrap(packet)
        yield eth4(number, packet) if number == 4 else eth6(number, packet)
    packet = four
    for _ in range(6):
        packet = ip4(47, gre(0x0800, packet))
    yield eth(0x0800, packet)
    frame = eth(0x0800, four)
    for level in range(5):
        frame = eth_udp(vxlan(frame, identifier=level), 50000, 4789)
    yield frame
    mixed = eth(0x8100, vlan(0x86DD, six, 9))
    mixed = ip4(47, gre(0x6558, mixed))
    mixed = ip6(4, mixed)
    mixed = eth(0x88A8, vlan(0x8100, vlan(0x86DD, mixed, 8), 7))
    yield eth_udp(vxlan(mixed), 50000, 4789)
    # Under a tunnel: DNS, ICMP errors with a tunnel quoted, fragments, extension headers.
    ask = udp(message([question()], flags=0x0100), 40000, 53)
    yield eth4(47, gre(0x0800, ip4(17, ask)))
    yield eth_udp(vxlan(eth4(17, ask)), 50000, 4789)
    yield eth4(1, icmp(11, 0, bytes(4), ip4(47, gre(0x0800, four))))
    yield eth4(1, icmp(3, 1, bytes(4), ip4(4, four)))
    yield eth4(1, icmp(3, 3, bytes(4), ip4(17, udp(vxlan(eth(0x0800, four)), 50000, 4789))))
    yield eth6(58, icmp6(1, 0, bytes(4) + ip6(41, six)))
    error = ip4(1, icmp(3, 3, bytes(4), ip4(1, icmp(11, 0, bytes(4), four))))
    yield eth(0x0800, error)
    yield eth4(47, gre(0x0800, error))
    yield eth4(4, ip4(17, udp(pattern(24)), flags=1))
    yield eth4(4, four, flags=1)
    yield eth4(4, pattern(24), offset=64)
    yield eth6(41, ip6(44, fragment(17, 0, 1, udp(pattern(16), source=A6, destination=B6))))
    yield eth6(60, extension(41, u8(4, 1, 3)) + six)
    yield eth4(17, udp(vxlan(eth(0x0806, arp_packet())), 50000, 4789), flags=1)


@capture("checksums")
def checksums():
    """Every checksum wrong, alone and with the others."""
    for outer in (None, 0x1111):
        fields = {} if outer is None else {"checksum": outer}
        yield eth4(17, udp(pattern(8), checksum=0x2222), **fields)
        yield eth4(6, tcp(pattern(8), checksum=0x3333), **fields)
        yield eth4(1, icmp(8, 0, u16(1, 1), pattern(8), value=0x4444), **fields)
        yield eth4(
            47, gre_fields(0x8000, 0x0800, ip4(17, udp(b"x", checksum=0x5555)), 0x6666), **fields
        )
        yield eth4(
            1, icmp(3, 3, bytes(4), ip4(17, udp(b"x", checksum=0x7777), checksum=0x8888)), **fields
        )
        yield eth4(
            17,
            udp(vxlan(eth4(6, tcp(checksum=0x9999), checksum=0xAAAA)), 5, 4789, checksum=0xBBBB),
            **fields
        )
        yield eth4(17, udp(pattern(7)), **fields)
    yield eth6(17, udp(pattern(8), source=A6, destination=B6, checksum=0x2222))
    yield eth6(17, udp(pattern(8), source=A6, destination=B6, checksum=0))
    yield eth6(6, tcp(pattern(8), source=A6, destination=B6, checksum=0x3333))
    yield eth6(58, icmp6(128, 0, u16(1, 1), value=0x4444))
    # Routed packets are summed with their last destination, fragments cannot be summed.
    segments = u8(0, 0) + u16(0) + ip(B6)
    last = udp(pattern(8), source=A6, destination=B6)
    yield eth6(43, u8(17, 2, 4, 1) + segments + last, destination="2001:db8:9::9")
    yield eth6(43, u8(17, 2, 0, 1) + bytes(4) + ip(B6) + last, destination="2001:db8:9::9")
    yield eth6(43, u8(17, 2, 0, 0) + bytes(4) + ip("2001:db8:9::9") + last)
    route = u8(131, 7, 4) + ip(B) + u8(0)
    yield eth4(17, udp(pattern(8)), options=route, destination="203.0.113.9")
    yield eth4(17, udp(pattern(8)), options=u8(131, 7, 8) + ip("203.0.113.9") + u8(0))
    home = extension(17, u8(0xC9, 16) + ip(A6))
    yield eth6(60, home + last, source="2001:db8:77::7")
    yield eth4(17, udp(pattern(8), checksum=0x2222), flags=1)
    yield eth4(17, udp(pattern(8), checksum=0x2222))[:-2]
    yield eth4(6, tcp(pattern(8), checksum=0x3333))[:-2]
