"""ICMPv4 and ICMPv6 with neighbour discovery and multicast listener discovery."""

from .build import *
from .internet import addresses, extension


def quotes():
    """Packets as errors quote them: whole, cut after eight bytes, with options."""
    yield ip4(17, udp(pattern(20)))
    yield ip4(17, udp(pattern(20), 40000, 53))[:28]
    yield ip4(6, tcp(b"", SYN, u8(2, 4) + u16(1460)))
    yield ip4(6, tcp())[:28]
    yield ip4(1, icmp(8, 0, u16(1, 2), pattern(16)))
    yield ip4(17, udp(b"x"), options=u8(7, 7, 4) + addresses(1))
    yield ip4(253, pattern(8), flags=1, offset=64)
    yield ip4(17, udp(b"x"), checksum=0x1111)


ERRORS = ((3, 16), (4, 1), (5, 4), (11, 2), (12, 3))


@capture("icmp")
def icmp4():
    quote = ip4(17, udp(pattern(12)))
    # Ending before the checksum does, of a type without more.
    for length in range(1, 5):
        yield eth4(1, u8(156, 0, 0x55, 0x55)[:length])
    # Every type with its codes and one too many; the rest of the header not all zeros.
    for kind, codes in ERRORS:
        for code in range(codes + 1):
            yield eth4(
                1,
                icmp(
                    kind,
                    code,
                    u16(0, 1300)
                    if (kind, code) == (3, 4)
                    else ip("203.0.113.1")
                    if kind == 5
                    else u8(20, 0, 0, 0)
                    if kind == 12
                    else bytes(4),
                    quote,
                ),
            )
    for kind, _ in ERRORS:
        for packet in quotes():
            yield eth4(1, icmp(kind, 0 if kind != 3 else 3, bytes(4), packet))
        for length in range(0, 28, 3):
            yield eth4(1, icmp(kind, 1, bytes(4), quote[:length]))
        yield eth4(1, icmp(kind, 255, b"\xff\xff\xff\xff", quote))
    for size in (0, 1, 7, 8, 16, 56):
        yield eth4(1, icmp(8, 0, u16(0x1234, 1), pattern(size)))
        yield eth4(1, icmp(0, 0, u16(0x1234, 1), pattern(size)))
    yield eth4(1, icmp(8, 5, u16(0x1234, 1), pattern(8)))
    # Router advertisements: addresses with preferences, entry sizes that are wrong.
    for count, size in ((0, 2), (1, 2), (3, 2), (2, 3), (2, 1), (5, 2), (255, 2)):
        body = b"".join(
            ip(f"203.0.113.{n}") + u32(0xFFFFFFFF * (n % 2)) for n in range(min(count, 4))
        )
        yield eth4(1, icmp(9, 0, u8(count, size) + u16(1800), body))
    yield eth4(1, icmp(9, 16, u8(1, 2) + u16(0), ip(A) + u32(1)))
    for code in (0, 1):
        yield eth4(1, icmp(10, code))
    times = u32(0x00112233, 0x80445566, 0x05265BFF)
    for kind in (13, 14):
        yield eth4(1, icmp(kind, 0, u16(9, 1), times))
        yield eth4(1, icmp(kind, 0, u16(9, 1), u32(0, 1, 86399999)))
        yield eth4(1, icmp(kind, 0, u16(9, 1), times[:7]))
    for kind in (15, 16):
        yield eth4(1, icmp(kind, 0, u16(9, 1)))
    for kind in (17, 18):
        yield eth4(1, icmp(kind, 0, u16(9, 1), ip("255.255.255.0")))
        yield eth4(1, icmp(kind, 0, u16(9, 1)))
    for kind in (30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40):
        yield eth4(1, icmp(kind, 0, u16(1, 2), pattern(16)))
    for code in range(7):
        yield eth4(1, icmp(40, code, u16(0, 4)))
    # Extended echo: by name, index and address.
    objects = (
        u16(8, 0x0301) + b"eth0",
        u16(8, 0x0302) + u32(7),
        u16(12, 0x0303) + u16(1) + u8(4, 0) + ip(A),
    )
    for item in objects:
        header = u8(0x20, 0) + u16(checksum(u8(0x20, 0, 0, 0) + item))
        yield eth4(1, icmp(42, 0, u16(5) + u8(1, 1), header + item))
    for code in range(6):
        for state in (0x00, 0x27, 0xE1):
            yield eth4(1, icmp(43, code, u16(5) + u8(1, state)))
    for kind in (1, 2, 6, 7, 19, 29, 41, 44, 200, 253, 254, 255):
        yield eth4(1, icmp(kind, 0, u16(1, 2), pattern(12)))
    for kind in (0, 3, 5, 8, 9, 11, 13, 17, 42):
        whole = eth4(1, icmp(kind, 0, u16(1, 2), quote))
        yield from (whole[: 34 + length] for length in (1, 2, 3, 4, 6, 8, 11))
        yield eth4(1, icmp(kind, 0, u16(1, 2), quote, value=0xBEEF))
        yield eth4(1, icmp(kind, 0, u16(1, 2), quote)[:5])
    yield eth4(1, icmp(3, 4, u16(0, 0), quote))
    yield eth4(1, icmp(3, 4, u16(7, 576), quote))


def extension_structure(objects, version=2, value=None):
    """RFC 4884 structure with its checksum."""
    data = u16(version << 12, 0) + objects
    if value is None:
        value = checksum(data)
    return data[:2] + u16(value) + data[4:]


def label(value, traffic=0, bottom=0, ttl=64):
    return u32(value << 12 | traffic << 9 | bottom << 8 | ttl)


def extension_objects():
    stack = label(16001) + label(17, 5, 1, 1)
    yield u16(4 + 4, 0x0101) + label(100, 0, 1)
    yield u16(4 + len(stack), 0x0101) + stack
    # RFC 5837 interface information: role in the top bits, then index, address, name, MTU.
    name = u8(8) + b"eth0\0\0\0"
    yield u16(4 + 4 + 8 + 8 + 4, 0x020F) + u32(3) + u16(1, 0) + ip(A) + name + u32(1500)
    yield u16(4 + 4, 0x0248) + u32(9)
    yield u16(4 + 4, 0x0281) + u32(1400)
    yield u16(4 + 20, 0x02C4) + u16(2, 0) + ip(A6)
    yield u16(4 + 8, 0x0202) + name
    yield u16(4 + 8, 0x0301) + b"eth0\0\0\0\0"
    yield u16(8, 0x0303) + u16(1) + u8(4, 0)
    yield u16(8, 0x0401) + pattern(4)
    yield u16(8, 0xF701) + pattern(4)
    yield u16(4, 0x0505)
    # Lengths that lie.
    yield u16(2, 0x0101) + pattern(4)
    yield u16(200, 0x0101) + pattern(4)
    yield u16(6, 0x0101) + pattern(2)
    yield u16(8, 0x0101)
    yield u16(8, 0x0101) + label(1, 0, 1) + u16(8, 0x0248) + u32(9)


@capture("icmp-extensions")
def icmp_extensions():
    long_quote = ip4(17, udp(pattern(100)))
    cut_quote = long_quote[:128].ljust(128, b"\0")
    for objects in extension_objects():
        structure = extension_structure(objects)
        for kind in (3, 11, 12):
            # With the length of RFC 4884, and without, as older routers sent it.
            yield eth4(1, icmp(kind, 0, u8(0, 32) + bytes(2), cut_quote + structure))
            yield eth4(1, icmp(kind, 0, bytes(4), cut_quote + structure))
        six = ip6(17, udp(pattern(60), source=A6, destination=B6)).ljust(128, b"\0")
        for kind in (1, 3):
            yield eth6(58, icmp6(kind, 0, u8(16, 0, 0, 0) + six + structure))
    objects = next(extension_objects())
    for version in (0, 1, 3, 15):
        structure = extension_structure(objects, version)
        yield eth4(1, icmp(11, 0, u8(0, 32) + bytes(2), cut_quote + structure))
    for value in (0, 0xBEEF):
        structure = extension_structure(objects, value=value)
        yield eth4(1, icmp(11, 0, u8(0, 32) + bytes(2), cut_quote + structure))
    for words in (1, 5, 31, 33, 200, 255):
        structure = extension_structure(objects)
        yield eth4(1, icmp(11, 0, u8(0, words) + bytes(2), cut_quote + structure))
    # A quote cut short, as routers send it: tshark takes what follows for more of it.
    cut_six = ip6(17, udp(pattern(100), source=A6, destination=B6))[:128]
    for kind in (1, 3):
        yield eth6(58, icmp6(kind, 0, u8(16, 0, 0, 0) + cut_six + extension_structure(objects)))
    short = ip4(17, udp(pattern(8))).ljust(40, b"\0")
    yield eth4(1, icmp(11, 0, u8(0, 10) + bytes(2), short + extension_structure(objects)))
    yield eth4(1, icmp(11, 0, u8(0, 32) + bytes(2), cut_quote + b"\x20"))


def quotes6():
    yield ip6(17, udp(pattern(20), source=A6, destination=B6))
    yield ip6(6, tcp(source=A6, destination=B6))[:48]
    yield ip6(58, icmp6(128, 0, u16(1, 2) + pattern(10)))
    yield ip6(0, extension(17, u8(5, 2, 0, 0)) + udp(b"x", source=A6, destination=B6))
    yield ip6(44, u8(17, 0) + u16(64) + u32(7) + pattern(8))


@capture("icmpv6")
def icmpv6():
    quote = next(quotes6())
    for kind, codes in ((1, 9), (2, 1), (3, 2), (4, 11)):
        for code in range(codes + 1):
            rest = u32(1280) if kind == 2 else u32(40) if kind == 4 else bytes(4)
            yield eth6(58, icmp6(kind, code, rest + quote))
        for packet in quotes6():
            yield eth6(58, icmp6(kind, 0, u32(7) + packet))
        for length in range(0, 44, 6):
            yield eth6(58, icmp6(kind, 0, u32(0) + quote[:length]))
    for size in (0, 1, 8, 56):
        for kind in (128, 129):
            yield eth6(58, icmp6(kind, 0, u16(0x1234, 1) + pattern(size)))
    yield eth6(58, icmp6(128, 3, u16(0x1234, 1)))
    # Node information (RFC 4620): every query with a subject of each kind.
    nonce = pattern(8)
    name = b"\x04host\x07example\0"
    for query in range(5):
        for code, subject in ((0, ip(B6)), (1, name), (2, ip(B))):
            yield eth6(58, icmp6(139, code, u16(query, 0) + nonce + subject))
    yield eth6(58, icmp6(139, 0, u16(3, 0x3F) + nonce + ip(B6)))
    yield eth6(58, icmp6(140, 0, u16(0, 0) + nonce))
    yield eth6(58, icmp6(140, 0, u16(2, 0) + nonce + u32(600) + name))
    yield eth6(58, icmp6(140, 0, u16(3, 0x3E) + nonce + u32(600) + ip(A6)))
    yield eth6(58, icmp6(140, 0, u16(4, 0) + nonce + u32(600) + ip(A)))
    for code in (1, 2, 3):
        yield eth6(58, icmp6(140, code, u16(1, 0) + nonce))
    # Renumbering, inverse discovery, home agents, certification paths, experiments, MRD, FMIPv6.
    yield eth6(58, icmp6(138, 0, u32(7) + u8(0, 0xE0) + u16(100) + u32(0)))
    yield eth6(58, icmp6(138, 1, u32(7) + u8(0, 0x10) + u16(100) + u32(0) + pattern(24)))
    yield eth6(58, icmp6(138, 255, u32(7) + u8(0, 0) + u16(0) + u32(0)))
    yield eth6(58, icmp6(144, 0, u16(1, 0)))
    yield eth6(58, icmp6(145, 0, u16(1, 0) + ip(A6)))
    yield eth6(58, icmp6(146, 0, u16(1, 0)))
    yield eth6(58, icmp6(147, 0, u16(1, 0xC000)))
    yield eth6(58, icmp6(148, 0, u16(1, 0xFFFF)))
    yield eth6(58, icmp6(149, 0, u16(1, 0, 0, 0)))
    yield eth6(58, icmp6(151, 20, u16(125, 2)))
    yield eth6(58, icmp6(152, 0, b""))
    yield eth6(58, icmp6(153, 0, b""))
    yield eth6(58, icmp6(154, 0, u8(2, 0) + u16(1) + pattern(8)))
    # RPL: solicitation, information object, advertisement, acknowledgement.
    yield eth6(58, icmp6(155, 0, u8(0, 0)))
    yield eth6(58, icmp6(155, 1, u8(1, 2) + u16(256) + u8(0x88, 3, 0, 0) + ip(A6)))
    yield eth6(58, icmp6(155, 2, u8(1, 0xC0, 0, 4) + ip(A6)))
    yield eth6(58, icmp6(155, 3, u8(1, 0, 4, 0)))
    yield eth6(58, icmp6(155, 0x81, pattern(12)))
    # Options, captured in part.
    whole = eth6(58, icmp6(155, 3, u8(1, 0, 4, 0) + u8(0, 13, 2, 1, 2, 4, 1, 9)))
    for length in range(58, len(whole)):
        yield whole[:length], len(whole)
    yield eth6(58, icmp6(159, 0, pattern(8)))
    for item in (
        u16(8, 0x0301) + b"eth0",
        u16(8, 0x0302) + u32(7),
        u16(24, 0x0303) + u16(2) + u8(16, 0) + ip(A6),
    ):
        header = u8(0x20, 0) + u16(checksum(u8(0x20, 0, 0, 0) + item))
        yield eth6(58, icmp6(160, 0, u16(5) + u8(1, 1) + header + item))
    for code in range(6):
        yield eth6(58, icmp6(161, code, u16(5) + u8(1, 0x65)))
    for kind in (0, 5, 100, 101, 127, 150, 156, 157, 158, 162, 199, 200, 201, 254, 255):
        yield eth6(58, icmp6(kind, 0, u32(1) + pattern(16)))
    for kind in (1, 2, 128, 130, 133, 134, 135, 136, 137, 139, 143):
        whole = eth6(58, icmp6(kind, 0, u32(1) + pattern(48)))
        yield from (whole[: 54 + length] for length in (1, 3, 4, 6, 8, 15, 24, 30))
        yield eth6(58, icmp6(kind, 0, u32(1) + pattern(48), value=0xBEEF))


def ndp_options():
    """Neighbour discovery options, well formed."""
    yield u8(1, 1) + mac(MAC_A)
    yield u8(2, 1) + mac(MAC_B)
    yield u8(1, 2) + pattern(14)
    yield u8(3, 4, 64, 0xC0) + u32(86400, 14400, 0) + ip("2001:db8::")
    yield u8(3, 4, 48, 0xF0) + u32(0xFFFFFFFF, 0xFFFFFFFF, 0) + ip("fd00::")
    yield u8(3, 4, 128, 0) + u32(0, 0, 0) + ip("2001:db8::1")
    packet = ip6(17, udp(pattern(14), source=A6, destination=B6))
    packet += bytes(-len(packet) % 8)
    yield u8(4, 1 + len(packet) // 8) + bytes(6) + packet
    yield u8(5, 1, 0, 0) + u32(1500)
    yield u8(6, 1) + bytes(6)
    yield u8(7, 1, 0, 0) + u32(30000)
    yield u8(8, 1, 0, 0) + u16(10, 1800)
    yield u8(9, 3) + bytes(6) + ip(A6)
    yield u8(10, 3) + bytes(6) + ip(B6)
    yield u8(11, 4, 0, 2) + pattern(28)
    yield u8(12, 3, 0, 0) + pattern(20)
    yield u8(13, 2) + bytes(6) + u64(0x0000669600000000)
    yield u8(14, 1) + pattern(6)
    yield u8(15, 3, 2, 0, 0, 0) + b"\x07example\x03com\0" + bytes(5)
    yield u8(16, 2, 1, 4) + pattern(12)
    yield u8(17, 3, 3, 64) + bytes(4) + ip(A6)
    yield u8(18, 3, 2, 64) + bytes(4) + ip(A6)
    yield u8(19, 2, 1, 0) + mac(MAC_A) + bytes(6)
    yield u8(20, 1, 0, 1) + bytes(4)
    for length, size in ((1, 0), (2, 8), (3, 16)):
        for preference in (0x00, 0x08, 0x10, 0x18):
            yield u8(24, length, size * 8 // 2, preference) + u32(1800) + ip("2001:db8::")[:size]
    yield u8(25, 3, 0, 0) + u32(600) + ip("2001:db8::53")
    yield u8(25, 7, 0, 0) + u32(0xFFFFFFFF) + ip("2001:db8::53") + ip("::1") + ip("fe80::1")
    yield u8(26, 1, 0x80, 0) + bytes(4)
    yield u8(27, 3, 0, 1) + u32(60) + pattern(16)
    yield u8(28, 1) + bytes(6)
    yield u8(29, 1) + bytes(6)
    domains = b"\x07example\x03com\0\x03lab\x07example\x03org\0"
    yield u8(31, 1 + (len(domains) + 7) // 8, 0, 0) + u32(600) + domains + bytes(-len(domains) % 8)
    yield u8(32, 1) + pattern(6)
    # Registrations of 6LoWPAN, contexts, border routers, capabilities.
    yield u8(33, 2, 0, 0) + u16(0, 60) + u64(0x0200000000000001)
    yield u8(33, 2, 1, 3) + u16(0x0105, 60) + u64(0x0200000000000001)
    yield u8(34, 2, 64, 0x15) + u16(0, 60) + u64(0x20010DB800000000)
    yield u8(35, 3) + u16(1, 2, 100) + ip(A6)
    yield u8(36, 1) + u16(0xFFFF) + bytes(4)
    address = b"https://example.com/portal"
    yield u8(37, (2 + len(address) + 7) // 8) + address + bytes(-(2 + len(address)) % 8)
    for length in range(7):
        yield u8(38, 2) + u16(1800 // 8 << 3 | length) + ip("64:ff9b::")[:12]
    yield u8(39, 2) + pattern(14)
    yield u8(103, 2) + pattern(14)
    yield u8(138, 2) + pattern(14)
    yield u8(253, 2) + pattern(14)
    yield u8(255, 1) + pattern(6)


def broken_ndp_options():
    for kind in (1, 3, 4, 5, 14, 24, 25, 31, 37, 38, 200):
        yield u8(kind, 0) + bytes(6)
        yield u8(kind, 1) + pattern(6)
        yield u8(kind, 2) + pattern(6)
        yield u8(kind, 9) + pattern(14)
        yield u8(kind)
    for domains in (
        b"\xc0\x00",
        b"\x3fshort",
        b"\x07example",
        b"\x01a" * 4 + b"\0\xff",
        b"\x01a\0\x01b\xc0\x08",
        b"\x01a\0\x80",
        b"\x01a\0\x41",
        b"\x01a" * 8,
    ):
        domains = domains.ljust(16, b"\0")
        yield u8(31, 3, 0, 0) + u32(600) + domains


@capture("ndp")
def neighbour_discovery():
    target = ip("fe80::99")
    advertisement = u8(64, 0xC0) + u16(1800) + u32(30000, 1000)
    for flags in (0x00, 0x80, 0x40, 0x20, 0x08, 0x18, 0x10, 0x04, 0x02, 0xFF):
        yield eth_icmp6(134, 0, u8(0, flags) + u16(0) + u32(0, 0))
    for flags in (0x00, 0x80, 0x40, 0x20, 0xE0, 0xFF):
        yield eth_icmp6(136, 0, u8(flags, 0, 0, 0) + target)
    for option in ndp_options():
        yield eth_icmp6(133, 0, bytes(4) + option)
        yield eth_icmp6(134, 0, advertisement + option)
        yield eth_icmp6(135, 0, bytes(4) + target + option)
        yield eth_icmp6(136, 0, u8(0x60, 0, 0, 0) + target + option)
        yield eth_icmp6(137, 0, bytes(4) + target + ip(B6) + option)
        yield eth_icmp6(134, 0, advertisement + option + u8(5, 1, 0, 0) + u32(1280) + option)
    yield eth_icmp6(141, 0, bytes(4) + u8(1, 1) + mac(MAC_A) + u8(2, 1) + mac(MAC_B))
    yield eth_icmp6(142, 0, bytes(4) + u8(1, 1) + mac(MAC_A))
    for kind in (133, 135, 136, 137):
        yield eth_icmp6(kind, 1, bytes(4) + target + target)
        yield eth_icmp6(kind, 0, b"\xff" * 4 + target + target, hops=64)
    everything = b"".join(ndp_options())
    yield eth_icmp6(134, 0, advertisement + everything)


@capture("ndp-broken")
def neighbour_discovery_broken():
    advertisement = u8(64, 0xC0) + u16(1800) + u32(30000, 1000)
    for option in broken_ndp_options():
        yield eth_icmp6(134, 0, advertisement + option)
        yield eth_icmp6(135, 0, bytes(4) + ip("fe80::99") + option)
    for option in ndp_options():
        yield eth_icmp6(134, 0, advertisement + option[:-1])


def listener_record(kind, group, sources=(), auxiliary=b""):
    head = u8(kind, len(auxiliary) // 4) + u16(len(sources)) + ip(group)
    return head + b"".join(ip(source) for source in sources) + auxiliary


@capture("mld")
def listener_discovery():
    group = "ff02::1:2"
    alert = u8(5, 2, 0, 0)

    def message(kind, body, code=0):
        data = icmp6(kind, code, body, LINK6, "ff02::16")
        return eth6(0, extension(58, alert) + data, source=LINK6, destination="ff02::16", hops=1)

    for kind in (130, 131, 132):
        for delay in (0, 1000, 0x7FFF, 0x8000, 0xFFFF):
            yield message(kind, u16(delay, 0) + ip(group))
    yield message(130, u16(10000, 0) + bytes(16))
    sources = ["2001:db8::1", "2001:db8::2", "2001:db8::3"]
    for flags, interval in ((0x00, 0), (0x02, 125), (0x0A, 0x7F), (0x0F, 0x80), (0xF8, 0xFF)):
        for count in range(4):
            body = u16(1000, 0) + ip(group) + u8(flags, interval) + u16(count)
            yield message(130, body + b"".join(map(ip, sources[:count])))
    yield message(130, u16(0x8123, 0) + bytes(16) + u8(2, 0x9A) + u16(0))
    yield message(130, u16(1, 0) + ip(group) + u8(2, 3) + u16(500) + ip(A6))
    for kind in (1, 2, 3, 4, 5, 6, 7, 0, 255):
        yield message(143, u16(0, 1) + listener_record(kind, group, sources[:2]))
    records = b"".join(listener_record(kind, group, sources[:kind]) for kind in (1, 2, 3))
    yield message(143, u16(0, 3) + records)
    yield message(143, u16(0, 0))
    yield message(143, u16(0, 9) + records)
    yield message(143, u16(0xFFFF, 1) + listener_record(1, group, (), pattern(8)))
    yield message(143, u16(0, 1) + u8(1, 0) + u16(200) + ip(group) + ip(A6))
    yield message(143, u16(0, 1) + listener_record(1, group)[:11])
    whole = message(143, u16(0, 3) + records)
    yield from (whole[:length] for length in range(60, len(whole), 7))
