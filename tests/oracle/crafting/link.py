"""Link layers and ARP."""

from .build import *

KINDS = (0x0800, 0x86DD, 0x0806)


@capture("ethernet")
def ethernet():
    small = udp(b"hi")
    yield eth(0x0800, ip4(17, small))
    # Padded to the minimum with zeros, with other bytes, and with a frame check sequence.
    frame = eth(0x0800, ip4(17, small))
    yield frame.ljust(60, b"\0")
    yield frame.ljust(60, b"\xa5")
    yield frame.ljust(60, b"\0") + bytes.fromhex("deadbeef")
    yield eth(0x0800, ip4(17, udp(pattern(40)))) + b"trailer"
    yield eth(0x86DD, ip6(17, udp(pattern(40), source=A6, destination=B6))) + bytes(7)
    yield eth(0x0806, arp_packet()).ljust(60, b"\0")
    for destination in (
        "ff:ff:ff:ff:ff:ff",
        "01:00:5e:00:00:01",
        "33:33:00:00:00:01",
        "01:80:c2:00:00:00",
        "00:00:00:00:00:00",
    ):
        yield eth(0x0800, ip4(17, small), destination=destination)
    # Types nobody claims, around the border to lengths as well.
    for kind in (0x0600, 0x0601, 0x05FF, 0x05DD, 0x0805, 0x88B5, 0x88B6, 0xFFFE, 0xFFFF):
        yield eth(kind, pattern(50))
    # Lengths: LLC, SNAP, and Novell's way.
    yield eth(38, u8(0xAA, 0xAA, 3, 0, 0, 0) + u16(0x0800) + ip4(17, small)).ljust(60, b"\0")
    yield eth(3, u8(0x42, 0x42, 3)).ljust(60, b"\0")
    yield eth(4, u8(0xFF, 0xFF, 0, 0)).ljust(60, b"\0")
    yield eth(0, pattern(46))
    for length in range(4):
        yield eth(length, pattern(length))
        yield eth(length, pattern(46))
    # Shorter than the header, or without anything behind it.
    whole = eth(0x0800)
    for length in range(1, 15):
        yield whole[:length]
    yield eth(0x0800, b"\x45")
    yield eth(0x86DD, b"\x60")
    yield eth(0x0806)


@capture("vlan")
def vlans():
    for kind, packet in inner_packets():
        yield eth(0x8100, vlan(kind, packet, 100))
        yield eth(0x88A8, vlan(kind, packet, 200, 5, 1))
        yield eth(0x88A8, vlan(0x8100, vlan(kind, packet, 300, 7), 400, 1))
        yield eth(0x8100, vlan(0x8100, vlan(kind, packet, 5), 6))
        yield eth(0x9100, vlan(0x8100, vlan(kind, packet, 5), 6))
        yield eth(0x8100, vlan(0x88A8, vlan(0x8100, vlan(kind, packet, 1), 2), 3))
    packet = ip4(17, udp(b"hi"))
    for priority in range(8):
        for drop in (0, 1):
            yield eth(0x8100, vlan(0x0800, packet, 0 if drop else 4095, priority, drop))
    yield eth(0x8100, vlan(0x0800, packet)).ljust(64, b"\0")
    yield eth(0x8100, vlan(0x88B5, pattern(46)))
    yield eth(0x8100, vlan(0x05FF, pattern(46)))
    yield eth(0x8100, vlan(3, u8(0x42, 0x42, 3))).ljust(64, b"\0")
    deep = packet
    kind = 0x0800
    for level in range(20):
        deep, kind = vlan(kind, deep, level + 1), 0x8100
    yield eth(kind, deep)
    whole = eth(0x8100, vlan(0x8100, vlan(0x0800, packet, 2), 1))
    for length in range(14, 23):
        yield whole[:length]


def cooked(kind, protocol, payload, hardware=1, address=mac(MAC_A), length=None):
    length = len(address) if length is None else length
    return u16(kind, hardware, length) + address.ljust(8, b"\0")[:8] + u16(protocol) + payload


def cooked2(kind, protocol, payload, hardware=1, address=mac(MAC_A), length=None, index=3):
    length = len(address) if length is None else length
    header = u16(protocol, 0) + u32(index) + u16(hardware) + u8(kind, length)
    return header + address.ljust(8, b"\0")[:8] + payload


# ARPHRD values: Ethernet, loopback, PPP, none, tunnels, frame relay, Wi-Fi, InfiniBand, CAN and
# unassigned.
HARDWARE = (0, 1, 24, 32, 512, 768, 769, 770, 772, 776, 778, 801, 802, 65534, 65535)


def cooked_packets(build):
    for kind in (0, 1, 2, 3, 4, 5, 6, 7, 255):
        yield build(kind, 0x0800, ip4(17, udp(b"hi")))
    for protocol, packet in inner_packets():
        yield build(0, protocol, packet)
        yield build(4, 0x8100, vlan(protocol, packet, 42, 2))
        yield build(4, 0x88A8, vlan(0x8100, vlan(protocol, packet, 42, 2), 7))
    for address in (b"", b"\1", mac(MAC_B), pattern(8)):
        yield build(0, 0x0800, ip4(17, udp(b"hi")), address=address)
    for length in (7, 8, 9, 20, 255):
        yield build(0, 0x0800, ip4(17, udp(b"hi")), length=length)
    for hardware in HARDWARE:
        yield build(0, 0x86DD, ip6(17, udp(b"hi", source=A6, destination=B6)), hardware=hardware)
    for protocol in (0x0805, 0x88B5, 0xFFFF):
        yield build(0, protocol, pattern(20))
    whole = build(4, 0x0800, ip4(17, udp(b"hi")))
    for length in range(1, 24):
        yield whole[:length]


@capture("sll", SLL)
def linux_cooked():
    yield from cooked_packets(cooked)


@capture("sll2", SLL2)
def linux_cooked_2():
    yield from cooked_packets(cooked2)
    for index in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
        yield cooked2(0, 0x0800, ip4(17, udp(b"hi")), index=index)


# AF_INET and AF_INET6 as the BSDs, macOS and others number them, and families that are neither.
FAMILIES = ((2, 4), (24, 6), (28, 6), (30, 6), (10, 6), (7, 0), (23, 0), (0, 0), (99, 0))


def bsd_loop(order):
    for family, version in FAMILIES:
        for packet in (ip4(17, udp(b"hi")), ip6(17, udp(b"hi", source=A6, destination=B6))):
            if version in (0, packet[0] >> 4):
                yield family.to_bytes(4, order) + packet
    yield (2).to_bytes(4, order) + ip6(17, udp(b"hi", source=A6, destination=B6))
    whole = (2).to_bytes(4, order) + ip4(1, icmp(8, 0, u16(1, 1)))
    for length in range(1, 10):
        yield whole[:length]


@capture("null", NULL)
def null():
    yield from bsd_loop("little")
    yield from bsd_loop("big")


@capture("loop", LOOP)
def loop():
    yield from bsd_loop("big")


def raw_packets(versions):
    for kind, packet in inner_packets():
        if kind != 0x0806 and packet[0] >> 4 in versions:
            yield packet
            yield packet + bytes(6)
            yield packet[:30]
            yield packet[:3]
            yield packet[:1]


@capture("raw-101", RAW)
def raw():
    yield from raw_packets((4, 6))
    for version in (0, 1, 5, 7, 15):
        yield u8(version << 4 | 5) + pattern(40)


@capture("raw-12", RAW_BSD)
def raw_bsd():
    yield from raw_packets((4, 6))
    yield u8(0x55) + pattern(40)


@capture("raw-ipv4", IPV4)
def raw_ipv4():
    yield from raw_packets((4,))
    yield ip6(17, udp(b"hi", source=A6, destination=B6))


@capture("raw-ipv6", IPV6)
def raw_ipv6():
    yield from raw_packets((6,))
    yield ip4(17, udp(b"hi"))


@capture("arp")
def arp():
    for operation in list(range(0, 27)) + [0xFFFF]:
        yield eth(0x0806, arp_packet(operation, target=(MAC_B, B)))
    # Probe, announcement, unsolicited reply, a target that is not all zeros.
    yield eth(0x0806, arp_packet(1, sender=(MAC_A, "0.0.0.0")))
    yield eth(0x0806, arp_packet(1, sender=(MAC_A, A), target=(None, A)))
    yield eth(0x0806, arp_packet(2, sender=(MAC_A, A), target=("ff:ff:ff:ff:ff:ff", A)))
    yield eth(0x0806, arp_packet(1, sender=("02:00:00:00:00:99", A)))
    yield eth(0x8035, arp_packet(3, target=(MAC_B, "0.0.0.0")))
    yield eth(0x8035, arp_packet(4, target=(MAC_B, B)))
    for hardware in (0, 2, 6, 7, 15, 16, 19, 24, 32, 37, 256, 0xFFFF):
        yield eth(0x0806, arp_packet(1, hardware))
        yield eth(0x0806, arp_packet(2, hardware))
    for protocol in (0x0806, 0x86DD, 0x1234, 0):
        yield eth(0x0806, arp_packet(1, protocol=protocol))
    # Address lengths of every kind: longer, shorter, none, larger than what is there.
    for hardware_len, protocol_len in (
        (8, 4),
        (20, 4),
        (1, 4),
        (6, 16),
        (0, 4),
        (6, 0),
        (0, 0),
        (7, 5),
        (255, 4),
        (6, 255),
        (16, 16),
    ):
        for operation in (1, 2):
            header = u16(1, 0x0800) + u8(hardware_len, protocol_len) + u16(operation)
            yield eth(0x0806, header + pattern(min(2 * (hardware_len + protocol_len), 80)))
    # Over Frame Relay: connections in two, three and four octets, cut and too long ones.
    for address in ("1841", "184021", "18402023", "18", "19", "1840", "18402022", "1840202223"):
        address = bytes.fromhex(address)
        for operation in (1, 2, 8, 9):
            header = u16(15, 0x0800) + u8(len(address), 4) + u16(operation)
            yield eth(0x0806, header + address + ip(A) + address + ip(B))
    # IPv4 over ATM: type-and-length octets, four addresses and two subaddresses.
    header = u16(19, 0x0800) + u8(0x14, 0, 0, 1, 4, 0x14, 0, 4)
    yield eth(0x0806, header + pattern(20) + ip(A) + pattern(20) + ip(B))
    whole = eth(0x0806, arp_packet(2, target=(MAC_B, B)))
    for length in range(14, len(whole)):
        yield whole[:length]
