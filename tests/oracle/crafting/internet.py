"""IPv4 and IPv6: headers, options, extension headers, fragments."""

from .build import *

# Numbers nobody answers to, for payload that stays payload.
OPAQUE_PROTOCOL = 253


@capture("ipv4")
def ipv4():
    body = udp(pattern(9))
    for tos in list(range(0, 4)) + [0x10, 0x28, 0xB8, 0xB9, 0xC0, 0xE1, 0xFF]:
        yield eth4(17, body, tos=tos)
    for flags in range(8):
        yield eth4(17, body, flags=flags)
    for ttl in (0, 1, 2, 128, 255):
        yield eth4(17, body, ttl=ttl)
    for identifier in (0, 1, 0xFFFF):
        yield eth4(17, body, id=identifier)
    for protocol in (OPAQUE_PROTOCOL, 254, 255, 61, 63, 99, 114):
        yield eth4(protocol, pattern(20))
    for source, destination in (
        ("0.0.0.0", "255.255.255.255"),
        ("127.0.0.1", "127.0.0.1"),
        (A, "224.0.0.1"),
        (A, A),
        ("240.0.0.1", "169.254.1.1"),
    ):
        yield eth4(OPAQUE_PROTOCOL, pattern(4), source=source, destination=destination)
    yield eth4(17, body, checksum=0)
    yield eth4(17, body, checksum=0xFFFF)
    # Fragments: first, middle, last, overlapping the maximum, a tiny first one.
    for flags, offset, size in (
        (1, 0, 64),
        (1, 64, 64),
        (0, 128, 20),
        (1, 65528, 64),
        (0, 65528, 7),
        (3, 8, 8),
        (2, 16, 8),
        (1, 0, 8),
        (1, 0, 4),
        (1, 8, 0),
    ):
        for protocol in (17, 6, 1, OPAQUE_PROTOCOL):
            yield eth4(protocol, (body + pattern(80))[:size], flags=flags, offset=offset)
    # Versions and lengths that lie.
    for version in (0, 3, 5, 6, 15):
        yield eth4(17, body, version=version)
    for words in (0, 1, 4, 6, 15):
        yield eth4(17, body, words=words)
    for length in (0, 1, 19, 20, 21, 27, 28, 36, 38, 1500, 65535):
        yield eth4(17, body, length=length)
        yield eth4(17, body, length=length, options=u8(1, 1, 1, 0))
    yield eth4(17)
    yield eth4(6)
    yield eth4(1)
    # Enough bytes behind the header for the frame, not for the packet, and the other way round.
    yield eth4(17, body) + bytes(20)
    yield eth4(17, body)[:-3]


def addresses(count):
    return b"".join(ip(f"203.0.113.{number + 1}") for number in range(count))


def ipv4_option_bytes():
    """Options of every registered kind, well formed."""
    yield u8(0)
    yield u8(1)
    yield u8(1, 1, 0, 1)
    for kind in (7, 131, 137):
        for count in (0, 1, 3, 9):
            for pointer in (4, 8, 4 + 4 * count):
                yield u8(kind, 3 + 4 * count, pointer) + addresses(count)
    for flag in (0, 1, 3):
        size = 4 if flag == 0 else 8
        for count in (0, 1, 36 // size):
            for pointer, overflow in ((5, 0), (5 + size * count, 3), (5 + size, 15)):
                data = b"".join(
                    (addresses(1) if size == 8 else b"") + u32(0x80000000 * (number % 2) + number)
                    for number in range(count)
                )
                yield u8(68, 4 + len(data), pointer, overflow << 4 | flag) + data
    for flag in (2, 4, 15):
        yield u8(68, 12, 5, flag) + pattern(8)
    for value in (0, 1, 65535):
        yield u8(148, 4) + u16(value)
    # Basic security: RFC 791's eleven bytes and RFC 1108's from three up.
    for level in (0x0000, 0xF135, 0x789A, 0xBC4D, 0x5E26, 0xAF13, 0xD788, 0x6BC5, 0x1234):
        yield u8(130, 11) + u16(level, 0x0001) + b"AB" + u8(1, 2, 3)
    for level in (0x01, 0x3D, 0x5A, 0x96, 0x66, 0xCC, 0xAB, 0xF1, 0x00):
        yield u8(130, 3, level)
        yield u8(130, 4, level, 0xF0)
        yield u8(130, 5, level, 0x81, 0x02)
    yield u8(133, 5, 3, 1, 2)
    # CIPSO: bit map, enumerated and ranged categories, free form.
    yield u8(134, 6) + u32(1)
    yield u8(134, 12) + u32(1) + u8(1, 6, 0, 9) + pattern(2)
    yield u8(134, 14) + u32(2) + u8(2, 8, 0, 5) + u16(1, 7)
    yield u8(134, 14) + u32(3) + u8(5, 8, 0, 5) + u16(20, 10)
    yield u8(134, 12) + u32(4) + u8(128, 6, 0, 5) + u16(9)
    yield u8(134, 18) + u32(5) + u8(1, 4, 0, 1) + u8(7, 8, 1, 2, 3, 4, 5, 6)
    yield u8(136, 4) + u16(0x1234)
    # MTU probe and reply, traceroute, stream and the rest of the registry.
    yield u8(11, 4) + u16(1500)
    yield u8(12, 4) + u16(576)
    yield u8(82, 12) + u16(1, 2, 3) + ip(A)
    yield u8(25, 8) + u8(0x07, 1) + u32(0x11223344)
    for ttl in (0, 63, 255):
        for function in (0x00, 0x07, 0x80, 0x8F, 0x40):
            yield u8(25, 8, function, ttl) + u32(0xAABBCCDC)
    yield u8(145, 4) + u16(7)
    yield u8(147, 10) + ip(A) + ip(B)
    yield u8(149, 3 + 8, 1) + addresses(2)
    yield u8(150, 4) + u16(3)
    yield u8(151, 4) + u16(9)
    for kind in (10, 15, 24, 30, 60, 94, 142, 144, 152, 158, 205, 222, 254, 255):
        yield u8(kind, 6) + pattern(4)


def broken_ipv4_options():
    for kind in (7, 25, 68, 82, 130, 131, 133, 134, 136, 137, 148, 149, 30, 200):
        for length in (0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 40, 255):
            yield u8(kind, length) + u8(4, 0) + pattern(4)
        yield u8(kind)
    for pointer in (0, 1, 3, 5, 7, 12, 255):
        yield u8(7, 11, pointer) + addresses(2)
        yield u8(131, 11, pointer) + addresses(2)
        yield u8(68, 12, pointer, 0) + u32(1, 2)
        yield u8(68, 12, pointer, 0x72) + u32(1, 2)
    yield u8(0) + pattern(7)
    yield u8(1) * 40
    yield u8(148, 4, 0, 0) * 10


@capture("ipv4-options")
def ipv4_options():
    body = udp(b"options")
    for options in ipv4_option_bytes():
        yield eth4(17, body, options=options)
        # Twice, after padding, so that no option stands alone at the front.
        if len(options) <= 12:
            yield eth4(17, body, options=u8(1) + options + u8(1, 1) + options)


@capture("ipv4-options-broken")
def ipv4_options_broken():
    body = udp(b"options")
    for options in broken_ipv4_options():
        yield eth4(17, body, options=options[:40])
    frame = eth4(17, body, options=u8(7, 39, 16) + addresses(9) + u8(0))
    for length in range(14, 14 + 60, 3):
        yield frame[:length]


def padded(options):
    """Options padded to what makes the header a multiple of eight bytes."""
    missing = -(2 + len(options)) % 8
    if missing == 1:
        return options + b"\0"
    return options + (u8(1, missing - 2) + bytes(missing - 2) if missing else b"")


def extension(next_header, options, length=None):
    """Hop-by-hop or destination options header."""
    options = padded(options)
    words = (2 + len(options)) // 8 - 1 if length is None else length
    return u8(next_header, words) + options


def routing(next_header, kind, left, body, length=None):
    words = (4 + len(body)) // 8 if length is None else length
    return u8(next_header, words, kind, left) + body


def fragment(next_header, offset, more, payload, identifier=0xABCD1234, reserved=0, bits=0):
    return u8(next_header, reserved) + u16(offset | bits << 1 | more) + u32(identifier) + payload


def ipv6_option_bytes():
    """Options of hop-by-hop and destination headers, every registered kind."""
    yield u8(0)
    yield u8(0) * 6
    for length in (0, 1, 4, 12):
        yield u8(1, length) + bytes(length)
    yield u8(1, 4) + b"\1\2\3\4"
    for value in list(range(0, 4)) + [35, 36, 68, 69, 0xFFFF]:
        yield u8(5, 2) + u16(value)
    yield u8(0xC2, 4) + u32(70000)
    yield u8(4, 1, 3)
    yield u8(0xC9, 16) + ip("2001:db8::99")
    yield u8(7, 8) + u32(1) + u8(0, 5) + u16(0)
    yield u8(7, 12) + u32(2) + u8(1, 5) + u16(0x1234) + pattern(4)
    # Quick-start request and report, RPL, MPL, ILNP nonce, SMF duplicate detection, IOAM, PDM.
    yield u8(0x26, 6, 0x07, 9) + u32(0x11223344)
    yield u8(0x26, 6, 0x85, 9) + u32(0x11223344)
    yield u8(0x63, 4, 0x80, 1) + u16(256)
    yield u8(0x23, 4, 0xE0, 2) + u16(512)
    yield u8(0x6D, 2, 0x20, 7)
    yield u8(0x6D, 4, 0x60, 7) + u16(9)
    yield u8(0x6D, 10, 0xA0, 8) + u64(9)
    yield u8(0x8B, 4) + pattern(4)
    yield u8(0x08, 3, 0x01) + u16(2)
    yield u8(0x08, 4, 0xA1) + b"abc"
    yield u8(0x0F, 10, 1, 2) + u16(3, 4, 5, 6)
    yield u8(0x31, 10, 0, 0) + u64(7)
    yield u8(0x11, 12, 0, 0) + u16(1, 0x1000) + u32(0xA0000000) + u16(5)
    yield u8(0x30, 4) + u16(1400, 0)
    yield u8(0xEE, 4) + u32(5)
    yield u8(0x8A, 4) + pattern(4)
    for kind in (0x02, 0x1E, 0x3E, 0x5E, 0x7E, 0x9E, 0xBE, 0xDE, 0xFE):
        yield u8(kind, 3) + b"xyz"


def upper(source=A6, destination=B6):
    return udp(b"inside", 40000, 40001, source, destination)


@capture("ipv6")
def ipv6():
    body = upper()
    for tclass in (0, 1, 2, 3, 0xB8, 0xE1, 0xFF):
        yield eth6(17, body, tclass=tclass)
    for flow in (1, 0x12345, 0xFFFFF):
        yield eth6(17, body, flow=flow)
    for hops in (0, 1, 255):
        yield eth6(17, body, hops=hops)
    for source, destination in (
        ("::", "ff02::1"),
        ("::1", "::1"),
        ("fe80::1", "ff02::fb"),
        ("::ffff:192.0.2.1", "::192.0.2.2"),
        ("64:ff9b::1.2.3.4", "2002::1"),
        ("1:0:0:2:0:0:0:3", "1:2:3:4:5:6:7:8"),
        ("fd00::", "ff0e::1:2"),
    ):
        yield eth6(17, upper(source, destination), source=source, destination=destination)
    for number in (59, OPAQUE_PROTOCOL, 254, 255, 61):
        yield eth6(number, pattern(12))
    yield eth6(59)
    for version in (0, 4, 5, 7, 15):
        yield eth6(17, body, version=version)
    for length in (0, 1, 7, 8, 13, 15, 100, 65535):
        yield eth6(17, body, length=length)
    yield eth6(17)
    yield eth6(6)
    yield eth6(58)
    yield eth6(17, body) + bytes(9)
    # A jumbogram that is not that large, with and without the length being zero.
    jumbo = extension(17, u8(0xC2, 4) + u32(8 + len(body)))
    yield eth6(0, jumbo + body, length=0)
    yield eth6(0, jumbo + body)
    yield eth6(0, extension(17, u8(0xC2, 4) + u32(100000)) + body, length=0)


@capture("ipv6-options")
def ipv6_options():
    body = upper()
    for options in ipv6_option_bytes():
        yield eth6(0, extension(17, options) + body)
        yield eth6(60, extension(17, options) + body)
        yield eth6(0, extension(60, options) + extension(17, options + options) + body)


@capture("ipv6-lengths")
def ipv6_lengths():
    """Extension headers behind payload lengths that are nothing, too short, or a jumbogram's."""
    body = upper()
    for number, upper_header in ((17, body), (6, tcp(source=A6, destination=B6)), (59, b"")):
        headers = [
            (60, extension(number, u8(1, 4) + bytes(4))),
            (0, extension(number, u8(1, 4) + bytes(4))),
            (44, fragment(number, 0, 0, b"")),
            (44, fragment(number, 88, 1, b"")),
            (43, routing(number, 0, 1, bytes(4) + ip(A6))),
            (43, routing(number, 4, 1, bytes(4) + ip(A6))),
            (43, routing(number, 4, 1, bytes(4) + ip(A6), 3)),
            (43, routing(number, 9, 1, bytes(4))),
        ]
        for first, header in headers:
            packet = header + upper_header
            behind = extension(first, u8(1, 4) + bytes(4)) + packet
            jumbo = extension(first, u8(0xC2, 4) + u32(70000)) + packet
            for length in (0, 1, 4, 7, 8, 9, 12, 16, 24):
                yield eth6(first, packet, length=length)
                yield eth6(60, behind, length=length)
            yield eth6(0, jumbo, length=0)
            yield eth6(0, jumbo)


@capture("ipv6-headers")
def ipv6_headers():
    body = upper()
    hops = [f"2001:db8:{number + 1}::" for number in range(4)]
    segments = b"".join(ip(hop) for hop in hops)
    for count in range(4):
        for left in {0, count, count + 1}:
            yield eth6(43, routing(17, 0, left, bytes(4) + segments[: 16 * count]) + body)
    yield eth6(43, routing(17, 1, 1, pattern(20)) + body)
    yield eth6(43, routing(17, 2, 1, bytes(4) + ip(hops[0])) + body)
    yield eth6(43, routing(17, 2, 0, bytes(4) + ip(hops[0])) + body)
    # RPL source routes (RFC 6554): elided prefixes of the addresses, padding.
    for elided, elided_last, pad in ((0, 0, 0), (8, 8, 0), (15, 15, 4), (14, 8, 4), (15, 14, 5)):
        data = pattern(3 * (16 - elided) + (16 - elided_last)) + bytes(pad)
        data += bytes(-(len(data) + 4 + 4) % 8)
        control = elided << 28 | elided_last << 24 | pad << 20
        yield eth6(43, routing(17, 3, 3, u32(control) + data) + body)
    # Segment routing (RFC 8754), with TLVs: padding, HMAC, and older ones.
    tlvs = (
        b"",
        u8(4, 6) + bytes(6),
        u8(0) * 8,
        u8(5, 38) + u16(0x8000) + u32(7) + pattern(32),
        u8(1, 18, 0, 0) + ip(A6) + u8(4, 2, 0, 0),
        u8(2, 18, 0, 0) + ip(B6) + u8(4, 2, 0, 0),
        u8(124, 6) + pattern(6),
        u8(200, 30) + pattern(6),
    )
    for count in (1, 2, 4):
        for tlv in tlvs:
            head = u8(count - 1, 0x08 if tlv else 0) + u16(0x1234)
            yield eth6(43, routing(17, 4, count - 1, head + segments[: 16 * count] + tlv) + body)
    for last, left in ((0, 5), (9, 1), (255, 255)):
        yield eth6(43, routing(17, 4, left, u8(last, 0xFF) + u16(0) + segments[:32]) + body)
    # CRH types, unknown types, lengths that do not fit what they carry.
    for kind in (5, 6, 99, 253, 254, 255):
        yield eth6(43, routing(17, kind, 1, pattern(12)) + body)
    for kind in (0, 2, 3, 4):
        for length in (0, 1, 3, 20, 255):
            yield eth6(43, routing(17, kind, 1, bytes(4) + segments[:32], length) + body)
    for offset, more, size in ((0, 0, 40), (0, 1, 40), (8, 1, 16), (1480, 0, 9), (65528, 1, 64)):
        for inner, data in (
            (17, body),
            (6, tcp(b"x", source=A6, destination=B6)),
            (58, icmp6(128, 0, u16(1, 2))),
            (OPAQUE_PROTOCOL, pattern(8)),
            (60, extension(17, u8(1, 4) + bytes(4)) + body),
        ):
            yield eth6(44, fragment(inner, offset, more, (data + pattern(64))[:size]))
    yield eth6(44, fragment(17, 0, 0, body, reserved=0xFF, bits=3))
    yield eth6(44, fragment(17, 0, 0, body, 0))
    # Every header, in the recommended order and in another.
    chain = fragment(60, 0, 0, extension(17, u8(1, 4) + bytes(4)) + body)
    chain = routing(44, 4, 0, u8(0, 0) + u16(0) + segments[:16]) + chain
    chain = extension(43, u8(0xC9, 16) + ip("2001:db8::99")) + chain
    yield eth6(0, extension(60, u8(5, 2, 0, 0)) + chain)
    yield eth6(60, extension(0, u8(1, 4) + bytes(4)) + extension(17, u8(5, 2, 0, 0)) + body)
    deep, number = body, 17
    for _ in range(30):
        deep, number = extension(number, u8(1, 4) + bytes(4)) + deep, 60
    yield eth6(number, deep)
    # Ending in no next header, with and without bytes behind it; cut in the middle.
    yield eth6(0, extension(59, u8(5, 2, 0, 0)))
    yield eth6(0, extension(59, u8(5, 2, 0, 0)) + pattern(10))
    for length in (1, 2, 50, 255):
        yield eth6(0, extension(17, u8(5, 2, 0, 0), length) + body)
    for options in (
        u8(5, 200, 0, 0),
        u8(1, 255),
        u8(5),
        u8(0xC2, 2, 0, 0),
        u8(5, 1, 0),
        u8(0xC9, 4) + bytes(4),
        u8(7, 30) + bytes(4),
    ):
        options = options.ljust(6, b"\0")
        options += bytes(-(len(options) + 2) % 8)
        yield eth6(0, u8(17, (len(options) + 2) // 8 - 1) + options + body)
    frame = eth6(0, extension(60, u8(5, 2, 0, 0)) + chain)
    for length in range(54, len(frame), 5):
        yield frame[:length]
