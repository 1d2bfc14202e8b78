"""Builds headers from their fields, right by default and wrong on request; and the list of
capture files that the other modules fill."""

import ipaddress
import struct

MAC_A, MAC_B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
A, B = "192.0.2.1", "198.51.100.2"
A6, B6 = "2001:db8::1", "2001:db8:0:1::2"
LINK6, ALL_NODES6 = "fe80::a", "ff02::1"

# Link types, as tcpdump.org lists them.
NULL, ETHERNET, RAW_BSD, RAW, LOOP, SLL, IPV4, IPV6, SLL2 = 0, 1, 12, 101, 108, 113, 228, 229, 276
PPP, PPP_SERIAL, PPP_ETHER = 9, 50, 51

CAPTURES = {}


def capture(name, link=ETHERNET):
    """Register a generator of packets as the content of one capture file."""

    def register(function):
        CAPTURES[name] = (link, function)
        return function

    return register


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def ip(text):
    """An address of either version, packed."""
    return ipaddress.ip_address(text).packed


def u8(*values):
    return bytes(values)


def u16(*values):
    return struct.pack(f"!{len(values)}H", *values)


def u32(*values):
    return struct.pack(f"!{len(values)}I", *values)


def u64(*values):
    return struct.pack(f"!{len(values)}Q", *values)


def pattern(length):
    """Payload bytes that show where they come from."""
    return bytes((0x20 + at) & 0xFF for at in range(length))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def eth(kind, payload=b"", source=MAC_A, destination=MAC_B):
    return mac(destination) + mac(source) + u16(kind) + payload


def vlan(kind, payload, identifier=1, priority=0, drop=0):
    """A tag's control field and what follows; the tag's type belongs to the header before."""
    return u16(priority << 13 | drop << 12 | identifier, kind) + payload


def ip4(protocol, payload=b"", source=A, destination=B, options=b"", **fields):
    """An IPv4 packet. Fields: tos id flags offset ttl version words length checksum."""
    options += b"\0" * (-len(options) % 4)
    words = fields.get("words", 5 + len(options) // 4)
    length = fields.get("length", 20 + len(options) + len(payload))
    header = struct.pack(
        "!BBHHHBBH",
        fields.get("version", 4) << 4 | words,
        fields.get("tos", 0),
        length & 0xFFFF,
        fields.get("id", 0x1234),
        fields.get("flags", 0) << 13 | fields.get("offset", 0) // 8,
        fields.get("ttl", 64),
        protocol,
        0,
    )
    header += ip(source) + ip(destination) + options
    value = fields.get("checksum", checksum(header))
    return header[:10] + u16(value) + header[12:] + payload


def ip6(next_header, payload=b"", source=A6, destination=B6, **fields):
    """An IPv6 packet. Fields: tclass flow hops version length."""
    first = fields.get("version", 6) << 28 | fields.get("tclass", 0) << 20 | fields.get("flow", 0)
    length = fields.get("length", len(payload))
    header = struct.pack("!IHBB", first, length & 0xFFFF, next_header, fields.get("hops", 64))
    return header + ip(source) + ip(destination) + payload


def pseudo(source, destination, protocol, length):
    if ":" in source:
        return ip(source) + ip(destination) + u32(length, protocol)
    return ip(source) + ip(destination) + u16(protocol, length)


def udp(payload=b"", source_port=40000, port=40001, source=A, destination=B, **fields):
    """A UDP datagram. Fields: length checksum."""
    length = fields.get("length", 8 + len(payload))
    header = u16(source_port, port, length & 0xFFFF, 0)
    value = fields.get("checksum")
    if value is None:
        value = checksum(pseudo(source, destination, 17, 8 + len(payload)) + header + payload)
        value = value or 0xFFFF
    return header[:6] + u16(value) + payload


FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = (1 << bit for bit in range(9))


def tcp(payload=b"", flags=ACK, options=b"", source=A, destination=B, **fields):
    """A TCP segment. Fields: source_port port seq ack words reserved window urgent checksum."""
    options += b"\0" * (-len(options) % 4)
    words = fields.get("words", 5 + len(options) // 4)
    header = struct.pack(
        "!HHIIHHHH",
        fields.get("source_port", 40000),
        fields.get("port", 40001),
        fields.get("seq", 1000),
        fields.get("ack", 2000 if flags & ACK else 0),
        words << 12 | fields.get("reserved", 0) << 9 | flags,
        fields.get("window", 512),
        0,
        fields.get("urgent", 0),
    )
    header += options
    length = len(header) + len(payload)
    value = fields.get("checksum")
    if value is None:
        value = checksum(pseudo(source, destination, 6, length) + header + payload)
    return header[:16] + u16(value) + header[18:] + payload


def icmp(kind, code, rest=b"\0\0\0\0", body=b"", value=None):
    """An ICMPv4 message; rest are the second four bytes."""
    message = u8(kind, code, 0, 0) + rest + body
    if value is None:
        value = checksum(message)
    return message[:2] + u16(value) + message[4:]


def icmp6(kind, code, body=b"", source=A6, destination=B6, value=None):
    message = u8(kind, code, 0, 0) + body
    if value is None:
        value = checksum(pseudo(source, destination, 58, len(message)) + message)
    return message[:2] + u16(value) + message[4:]


def eth4(protocol, payload=b"", **fields):
    return eth(0x0800, ip4(protocol, payload, **fields))


def eth6(next_header, payload=b"", **fields):
    return eth(0x86DD, ip6(next_header, payload, **fields))


def eth_udp(payload, source_port=40000, port=40001):
    return eth4(17, udp(payload, source_port, port))


def eth_udp6(payload, source_port=40000, port=40001):
    return eth6(17, udp(payload, source_port, port, A6, B6))


def eth_tcp(payload=b"", flags=ACK, options=b"", **fields):
    return eth4(6, tcp(payload, flags, options, **fields))


def eth_tcp6(payload=b"", flags=ACK, options=b"", **fields):
    return eth6(6, tcp(payload, flags, options, A6, B6, **fields))


def eth_icmp6(kind, code, body=b"", source=LINK6, destination=ALL_NODES6, hops=255, value=None):
    message = icmp6(kind, code, body, source, destination, value)
    return eth6(58, message, source=source, destination=destination, hops=hops)


# Small whole packets to put inside others.
def inner_packets():
    yield 0x0800, ip4(17, udp(pattern(5)))
    yield 0x0800, ip4(6, tcp(b"", SYN, u8(2, 4) + u16(1460)))
    yield 0x0800, ip4(1, icmp(8, 0, u16(7, 1), pattern(8)))
    yield 0x86DD, ip6(17, udp(pattern(5), 40000, 40001, A6, B6))
    yield 0x86DD, ip6(58, icmp6(128, 0, u16(7, 1) + pattern(8)))
    yield 0x0806, arp_packet()


def arp_packet(operation=1, hardware=1, protocol=0x0800, sender=(MAC_A, A), target=(None, B)):
    body = u16(hardware, protocol) + u8(6, 4) + u16(operation)
    body += mac(sender[0]) + ip(sender[1])
    return body + (mac(target[0]) if target[0] else bytes(6)) + ip(target[1])
