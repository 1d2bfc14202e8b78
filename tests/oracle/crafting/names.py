"""DNS: every record type in use, EDNS, updates, and messages made to hurt a decoder."""

from .build import *

IN, CH, HS, NONE, ANY = 1, 3, 4, 254, 255


def name(text):
    """A name in wire form; the root is the empty text."""
    labels = text.encode().split(b".") if text else []
    return b"".join(u8(len(label)) + label for label in labels) + b"\0"


def pointer(offset):
    return u16(0xC000 | offset)


def question(text="www.example.com", kind=1, group=IN):
    return (name(text) if isinstance(text, str) else text) + u16(kind, group)


def record(kind, data, owner=pointer(12), group=IN, ttl=3600, length=None):
    owner = name(owner) if isinstance(owner, str) else owner
    size = len(data) if length is None else length
    return owner + u16(kind, group) + u32(ttl) + u16(size) + data


def message(
    questions=(),
    answers=(),
    authority=(),
    additional=(),
    flags=0x8180,
    identifier=0x1234,
    counts=None,
):
    sections = (questions, answers, authority, additional)
    counts = counts or [len(section) for section in sections]
    return u16(identifier, flags, *counts) + b"".join(b"".join(section) for section in sections)


def text(*strings):
    return b"".join(u8(len(string)) + string for string in map(str.encode, strings))


def bitmap(*kinds):
    windows = {}
    for kind in kinds:
        windows.setdefault(kind >> 8, bytearray(32))[kind >> 3 & 31] |= 0x80 >> (kind & 7)
    out = b""
    for window, bits in sorted(windows.items()):
        bits = bytes(bits).rstrip(b"\0")
        out += u8(window, len(bits)) + bits
    return out


def parameter(key, value):
    return u16(key, len(value)) + value


HOST = name("host.example.com")
SIGNATURE = u32(1767323045, 1764731045) + u16(12345) + name("example.com") + pattern(64)

# Record data by type, several where the format has cases.
RECORDS = (
    (1, ip("192.0.2.80")),
    (2, name("ns1.example.com")),
    (3, HOST),
    (4, HOST),
    (5, HOST),
    (
        6,
        name("ns1.example.com")
        + name("hostmaster.example.com")
        + u32(2026010101, 7200, 900, 1209600, 300),
    ),
    (7, HOST),
    (8, HOST),
    (9, HOST),
    (10, pattern(12)),
    (10, b""),
    (11, ip("192.0.2.1") + u8(6, 0x01, 0x40, 0, 1)),
    (11, ip("192.0.2.1") + u8(17) + bytes(6) + u8(0x04)),
    (12, HOST),
    (13, text("VAX-11/780", "UNIX")),
    (14, HOST + name("errors.example.com")),
    (15, u16(10) + name("mail.example.com")),
    (15, u16(0) + name("")),
    (16, text("v=spf1 -all")),
    (16, text("one", "two", "", 'with "quotes" and \\ and \t')),
    (16, text("x" * 255)),
    (17, HOST + name("txt.example.com")),
    (18, u16(1) + HOST),
    (19, text("311061700956")),
    (20, text("150862028003217", "004")),
    (20, text("150862028003217")),
    (21, u16(1) + HOST),
    (22, bytes.fromhex("47000580005a0000000001e133ffffff00016100")),
    (23, HOST),
    (24, u16(1) + u8(5, 3) + u32(3600) + SIGNATURE),
    (25, u16(0x0200) + u8(3, 5) + pattern(32)),
    (26, u16(10) + HOST + name("x400.example.com")),
    (27, text("-32.6882", "116.8652", "10.0")),
    (28, ip("2001:db8::80")),
    (28, ip("::ffff:192.0.2.1")),
    (29, u8(0, 0x12, 0x16, 0x13) + u32(0x8B0D2B40, 0x7D4E7C90, 0x009895F0)),
    (29, u8(0, 0x99, 0x00, 0x09) + u32(0x80000000, 0x80000000, 0)),
    (29, u8(1, 0x12, 0x16, 0x13) + u32(1, 2, 3)),
    (30, HOST + u8(0x22, 0x80)),
    (31, pattern(10)),
    (32, u16(0x0000) + pattern(6)),
    (32, u16(0, 0x2000) + pattern(16)),
    (33, u16(10, 20, 5060) + name("sip.example.com")),
    (34, u8(0) + bytes.fromhex("39246f00e7ae42000000000000000000000000")),
    (34, u8(1) + b"+358.400.1234567"),
    (35, u16(100, 10) + text("u", "E2U+sip", "!^.*$!sip:info@example.com!") + name("")),
    (35, u16(100, 50) + text("s", "SIP+D2U", "") + name("_sip._udp.example.com")),
    (36, u16(1) + name("kx.example.com")),
    (37, u16(1, 12345) + u8(5) + pattern(20)),
    (38, u8(64) + ip("::1:2:3:4")[8:] + name("prefix.example.com")),
    (38, u8(0) + ip("2001:db8::1")),
    (38, u8(128) + name("prefix.example.com")),
    (39, name("other.example.net")),
    (40, u8(1, 2, 3) + pattern(6)),
    (42, u16(1) + u8(24, 0x83) + ip("192.0.2.0")[:3] + u16(2) + u8(48, 6) + ip("2001:db8::")[:6]),
    (43, u16(30909) + u8(13, 2) + pattern(32)),
    (43, u16(1) + u8(8, 1) + pattern(20)),
    (44, u8(1, 1) + pattern(20)),
    (44, u8(4, 2) + pattern(32)),
    (45, u8(10, 1, 2) + ip("192.0.2.38") + pattern(16)),
    (45, u8(10, 2, 2) + ip("2001:db8::38") + pattern(16)),
    (45, u8(10, 3, 2) + name("gateway.example.com") + pattern(16)),
    (45, u8(10, 0, 2) + pattern(16)),
    (46, u16(1) + u8(13, 3) + u32(3600) + SIGNATURE),
    (46, u16(15) + u8(8, 2) + u32(0) + SIGNATURE),
    (47, name("next.example.com") + bitmap(1, 2, 6, 15, 16, 28, 46, 47, 257)),
    (48, u16(0x0100) + u8(3, 13) + pattern(64)),
    (48, u16(0x0101) + u8(3, 8) + pattern(65)),
    (48, u16(0x0181) + u8(3, 1) + pattern(30)),
    (49, pattern(20)),
    (50, u8(1, 1) + u16(12) + u8(4) + pattern(4) + u8(20) + pattern(20) + bitmap(1, 46)),
    (50, u8(1, 0) + u16(0) + u8(0) + u8(20) + pattern(20)),
    (51, u8(1, 0) + u16(12) + u8(4) + pattern(4)),
    (51, u8(1, 0) + u16(0) + u8(0)),
    (52, u8(3, 1, 1) + pattern(32)),
    (53, u8(0, 0, 0) + pattern(24)),
    (55, u8(4, 2) + u16(6) + pattern(4) + pattern(6) + name("rvs.example.com")),
    (56, text("Lee Androide")),
    (57, pattern(12)),
    (58, name("hosts.example.com") + name("servers.example.com")),
    (59, u16(30909) + u8(13, 2) + pattern(32)),
    (60, u16(0x0101) + u8(3, 13) + pattern(64)),
    (61, pattern(40)),
    (62, u32(66) + u16(3) + bitmap(1, 2, 28)),
    (63, u32(2026010101) + u8(1, 1) + pattern(48)),
    (64, u16(0) + name("svc.example.net")),
    (
        64,
        u16(1)
        + name("")
        + parameter(0, u16(1, 4))
        + parameter(1, text("h2", "h3"))
        + parameter(2, b"")
        + parameter(3, u16(8443))
        + parameter(4, ip(A) + ip(B))
        + parameter(5, pattern(20))
        + parameter(6, ip(A6) + ip(B6))
        + parameter(7, b"/q{?dns}")
        + parameter(65280, b"private"),
    ),
    (65, u16(1) + name("") + parameter(1, text("h3", "h2")) + parameter(4, ip(A))),
    (65, u16(0) + name("pool.example.net")),
    (66, u16(1) + u8(0) + u16(53) + name("dsync.example.com")),
    (99, text("v=spf1 include:example.net")),
    (100, text("user")),
    (104, u16(10) + u64(0x0014400000200000)),
    (105, u16(10) + ip("192.0.2.1")),
    (106, u16(10) + u64(0x20010DB811401000)),
    (107, u16(10) + name("l64.example.com")),
    (108, mac("00:00:5e:00:53:2a")),
    (109, bytes.fromhex("00005eef10000042")),
    (249, name("gss-tsig") + u32(1767323045, 1767326645) + u16(3, 0, 4) + pattern(4) + u16(0)),
    (256, u16(10, 1) + b"https://example.com/path"),
    (257, u8(0) + text("issue") + b"ca.example.net; account=1"),
    (257, u8(128) + text("iodef") + b"mailto:security@example.com"),
    (258, pattern(10)),
    (259, pattern(10)),
    (260, u8(10, 0x80) + b""),
    (260, u8(10, 0x01) + ip("192.0.2.9")),
    (260, u8(10, 0x03) + name("relay.example.com")),
    (261, pattern(10)),
    (32768, u16(30909) + u8(13, 2) + pattern(32)),
    (32769, u16(30909) + u8(13, 2) + pattern(32)),
    (65280, pattern(5)),
    (65535, b""),
)

# EDNS options: number and data.
EDNS_OPTIONS = (
    (1, u16(1, 1, 0) + u64(0x1122334455667788) + u32(60)),
    (2, u32(3600)),
    (2, u32(3600, 7200)),
    (3, b""),
    (3, b"ns1.example"),
    (5, u8(8, 13, 15)),
    (6, u8(1, 2, 4)),
    (7, u8(1)),
    (8, u16(1) + u8(24, 0) + ip("192.0.2.0")[:3]),
    (8, u16(2) + u8(56, 48) + ip("2001:db8::")[:7]),
    (8, u16(1) + u8(0, 0)),
    (8, u16(9) + u8(24, 0) + pattern(3)),
    (9, b""),
    (9, u32(604800)),
    (10, pattern(8)),
    (10, pattern(24)),
    (11, b""),
    (11, u16(100)),
    (12, bytes(20)),
    (12, b""),
    (13, name("example.com")),
    (14, u16(20326, 38696)),
    (15, u16(22) + b"no reachable authority"),
    (15, u16(0)),
    (16, u16(1)),
    (17, u16(2) + pattern(4)),
    (18, name("agent.example")),
    (19, u8(2, 1) + u32(2026010101)),
    (20292, pattern(4)),
    (26946, pattern(8)),
    (65001, pattern(4)),
    (65535, b""),
)


def option(number, data, length=None):
    return u16(number, len(data) if length is None else length) + data


def edns(options=b"", size=1232, extended=0, version=0, flags=0, owner=b"\0"):
    return owner + u16(41, size) + u8(extended, version) + u16(flags, len(options)) + options


def both_ways(data, port=53):
    """A message from and to a server, over both IP versions."""
    yield eth_udp(data, 40000, port)
    yield eth_udp6(data, port, 40000)


@capture("dns-records")
def dns_records():
    for kind, data in RECORDS:
        yield eth_udp(message([question("example.com", kind)], flags=0x0100), 40000, 53)
        answer = record(kind, data)
        yield eth_udp(message([question("example.com", kind)], [answer]), 53, 40000)
        other = record(kind, data, "a.b.example.com", ttl=0x7FFFFFFF)
        yield eth_udp6(
            message([question("example.com", kind)], [answer], [other], [other]), 53, 40000
        )


@capture("dns-questions")
def dns_questions():
    for kind in list(range(0, 70)) + [
        99,
        100,
        101,
        102,
        103,
        104,
        108,
        109,
        128,
        249,
        250,
        251,
        252,
        253,
        254,
        255,
        256,
        257,
        258,
        259,
        260,
        261,
        32768,
        65535,
    ]:
        yield eth_udp(message([question("example.com", kind)], flags=0x0100), 40000, 53)
    for group in (0, 1, 2, 3, 4, 254, 255, 256, 0x8001, 65535):
        yield eth_udp(message([question("example.com", 1, group)], flags=0x0100), 40000, 53)
        answer = record(1, ip("192.0.2.1"), group=group)
        yield eth_udp(message([question("example.com", 1, group)], [answer]), 53, 40000)
    # Each header bit, opcode and response code.
    for bit in range(16):
        yield eth_udp(message([question()], flags=1 << bit), 40000, 53)
        yield eth_udp(message([question()], [record(1, ip(A))], flags=0x8000 | 1 << bit), 53, 40000)
    for opcode in range(16):
        for response in (0, 0x8000):
            yield eth_udp(message([question()], flags=response | opcode << 11), 40000, 53)
    for code in range(16):
        yield eth_udp(message([question()], flags=0x8180 | code), 53, 40000)
        yield eth_udp(message([question()], [record(1, ip(A))], flags=0x8180 | code), 53, 40000)
    # Several questions, none, and counts of every shape.
    yield eth_udp(
        message([question(), question("b.example", 28), question("c.example", 15)]), 53, 40000
    )
    yield eth_udp(message([question(), question("b.example", 28)], flags=0x0100), 40000, 53)
    yield eth_udp(message(flags=0x0100), 40000, 53)
    yield eth_udp(message(), 53, 40000)
    for counts in (
        (1, 1, 0, 0),
        (0, 1, 0, 0),
        (1, 0, 1, 0),
        (1, 0, 0, 1),
        (1, 2, 3, 4),
        (2, 0, 0, 0),
    ):
        sections = [[question()] * counts[0]] + [[record(1, ip(A))] * count for count in counts[1:]]
        yield from both_ways(message(*sections))
        yield from both_ways(message(*sections, flags=0x0100))
    # Names: the root, the longest, strange bytes, mixed case, underscores, internationalised.
    long_name = ".".join(["x" * 63] * 3 + ["y" * 61])
    for text_name in (
        "",
        "com",
        "xn--bcher-kva.example",
        "WwW.ExAmPlE.cOm",
        "_443._tcp.example.com",
        "*.example.com",
        long_name,
        "1.2.0.192.in-addr.arpa",
    ):
        yield eth_udp(message([question(text_name)], flags=0x0100), 40000, 53)
    for label in (
        b"with.dot",
        b"with space",
        b'quo"te',
        b"back\\slash",
        b"\x00\x01\xff",
        b"caf\xc3\xa9",
        b"@;$()",
        b"~\x7f",
    ):
        owner = u8(len(label)) + label + name("example")
        yield eth_udp(message([question(owner)], [record(5, owner)]), 53, 40000)
    # Notify, update (RFC 2136: prerequisites and updates), transfers.
    soa = RECORDS[5][1]
    yield eth_udp(message([question("example.com", 6)], [record(6, soa)], flags=0x2400), 40000, 53)
    yield eth_udp(message([question("example.com", 6)], flags=0xA400), 53, 40000)
    prerequisites = [
        record(255, b"", "a.example.com", ANY, 0),
        record(1, b"", "b.example.com", NONE, 0),
    ]
    updates = [
        record(1, ip(A), "c.example.com"),
        record(255, b"", "d.example.com", ANY, 0),
        record(1, ip(A), "e.example.com", NONE, 0),
    ]
    yield eth_udp(
        message([question("example.com", 6)], prerequisites, updates, flags=0x2800), 40000, 53
    )
    for code in (0, 5, 6, 7, 8, 9, 10):
        yield eth_udp(message([question("example.com", 6)], flags=0xA800 | code), 53, 40000)
    yield eth_udp(message([question("example.com", 251)], [], [record(6, soa)], flags=0), 40000, 53)
    yield eth_udp(message([question("example.com", 252)], flags=0), 40000, 53)
    yield eth_udp(message([question("4.3.2.1.in-addr.arpa", 12)], flags=0x0900), 40000, 53)


@capture("dns-edns")
def dns_edns():
    ask = [question("example.com")]
    for number, data in EDNS_OPTIONS:
        for flags in (0x0100, 0x8180):
            yield eth_udp(
                message(ask, additional=[edns(option(number, data))], flags=flags), 40000, 53
            )
    everything = b"".join(option(number, data) for number, data in EDNS_OPTIONS)
    yield eth_udp(message(ask, additional=[edns(everything)]), 53, 40000)
    for size in (0, 512, 4096, 65535):
        for flags in (0, 0x8000, 0x4000, 0xFFFF):
            yield eth_udp(
                message(ask, additional=[edns(b"", size, flags=flags)], flags=0x0100), 40000, 53
            )
    for extended in (1, 2, 0xFF):
        for version in (0, 1, 255):
            yield eth_udp(message(ask, additional=[edns(b"", 512, extended, version)]), 53, 40000)
    # Not at the root, twice, in another section, options that do not fit.
    yield eth_udp(message(ask, additional=[edns(owner=name("example.com"))]), 53, 40000)
    yield eth_udp(message(ask, additional=[edns(), edns()]), 53, 40000)
    yield eth_udp(message(ask, [edns()], [edns()]), 53, 40000)
    for options in (
        option(8, b"\0\1", 20),
        option(3, b"", 1),
        b"\0\3\0",
        u16(10),
        option(15, b"\0"),
        option(8, u16(1) + u8(24)),
        option(8, u16(1) + u8(255, 0) + ip(A)),
        option(11, b"\1"),
    ):
        yield eth_udp(message(ask, additional=[edns(options)]), 53, 40000)
    # Transaction signatures: TSIG, TKEY, SIG(0).
    for algorithm in ("hmac-sha256", "hmac-md5.sig-alg.reg.int", "gss-tsig"):
        for error, other in ((0, b""), (18, u16(0) + u32(1767323045)), (16, b"")):
            data = name(algorithm) + u16(0) + u32(1767323045) + u16(300, 32) + pattern(32)
            data += u16(0x1234, error, len(other)) + other
            signature = record(250, data, "key.example.com", ANY, 0)
            yield eth_udp(message(ask, additional=[signature]), 53, 40000)
            yield eth_udp(message(ask, additional=[edns(), signature], flags=0x0100), 40000, 53)
    signature = record(24, u16(0) + u8(8, 0) + u32(0) + SIGNATURE, "", ANY, 0)
    yield eth_udp(message(ask, additional=[signature], flags=0x2800), 40000, 53)
    # Multicast DNS: cache flush and unicast response bits; LLMNR.
    for port in (5353, 5355):
        for group in (IN, 0x8001, 0x80FF):
            ask = [question("host.local", 255, group)]
            yield from both_ways(message(ask, flags=0, identifier=0), port)
            answers = [
                record(1, ip(A), "host.local", group, 120),
                record(28, ip(A6), pointer(12), group),
                record(33, u16(0, 0, 631) + name("host.local"), "_ipp._tcp.local", group),
            ]
            yield eth_udp(message([], answers, flags=0x8400, identifier=0), port, port)
            yield eth_udp6(message([], [], [], answers, flags=0x8500, identifier=0), port, port)
        yield eth_udp(message([question("h", 1)], flags=0x0200), 40000, port)


@capture("dns-compression")
def dns_compression():
    ask = question("www.example.com")
    # Pointers to the whole name, into it, to a name in data, chained.
    answers = [record(5, u8(3) + b"ftp" + pointer(16)), record(1, ip(A), pointer(45))]
    yield eth_udp(message([ask], answers), 53, 40000)
    yield eth_udp(
        message([ask], [record(15, u16(5) + u8(2) + b"mx" + pointer(16), pointer(16))]), 53, 40000
    )
    yield eth_udp(
        message([ask], [record(6, pointer(12) + pointer(16) + u32(1, 2, 3, 4, 5))]), 53, 40000
    )
    yield eth_udp(message([ask], [record(33, u16(1, 2, 3) + pointer(20))]), 53, 40000)
    chain = [
        record(2, u8(1) + bytes([97 + n]) + pointer(12 if n == 0 else 45 + 16 * (n - 1)))
        for n in range(10)
    ]
    yield eth_udp(message([ask], chain), 53, 40000)
    # Loops: to itself, two that point at each other, through labels, forwards, past the end.
    start = 12 + len(ask)
    for target in (start, start + 1, start + 2, 0, 11, 4000, 16383):
        yield eth_udp(message([ask], [record(1, ip(A), pointer(target))]), 53, 40000)
    pair = pointer(start + 14) + u16(1, 1) + u32(1) + u16(4) + ip(A)
    yield eth_udp(message([ask], [pair, pair[:0] + record(1, ip(A), pointer(start))]), 53, 40000)
    yield eth_udp(message([question(u8(1) + b"a" + pointer(12))], flags=0x0100), 40000, 53)
    yield eth_udp(message([question(pointer(12))], flags=0x0100), 40000, 53)
    yield eth_udp(message([question(pointer(14) + b"\1b\0")], flags=0x0100), 40000, 53)
    loop = record(5, pointer(start + 12), pointer(start + 12))
    yield eth_udp(message([ask], [loop]), 53, 40000)
    # A name that grows past 255 bytes through pointers; many pointers to a long chain.
    growing = u8(63) + b"x" * 63
    grown = [
        record(5, growing * (1 + n % 3) + pointer(12 if n == 0 else start + 12), pointer(12))
        for n in range(4)
    ]
    yield eth_udp(message([ask], grown), 53, 40000)
    deep, at = [], start
    for number in range(60):
        data = b"\1a" + pointer(12 if number == 0 else at - 4)
        deep.append(record(2, data))
        at += 12 + len(data)
    yield eth_udp(message([ask], deep + [record(2, pointer(at - 4)) for _ in range(20)]), 53, 40000)
    # Label types that are not: extended, binary, reserved.
    for label in (b"\x40", b"\x41\x08\xff", b"\x80abc", b"\x7f", b"\xbf"):
        yield eth_udp(message([question(label + name("example"))], flags=0x0100), 40000, 53)
        yield eth_udp(message([ask], [record(5, label + name("example"))]), 53, 40000)


@capture("dns-broken")
def dns_broken():
    ask = question("www.example.com")
    # Counts that promise more than there is, data lengths that lie.
    for counts in ((1, 5, 0, 0), (9, 0, 0, 0), (0, 0, 0, 1), (65535, 65535, 65535, 65535)):
        yield eth_udp(message([ask], [record(1, ip(A))], counts=counts), 53, 40000)
        yield eth_udp(message([ask], counts=counts, flags=0x0100), 40000, 53)
    for kind, data in RECORDS:
        for length in sorted({0, 1, len(data) // 2, len(data) - 1, len(data) + 1}):
            if 0 <= length != len(data):
                yield eth_udp(message([ask], [record(kind, data[:length])]), 53, 40000)
        yield eth_udp(message([ask], [record(kind, data, length=len(data) + 9)]), 53, 40000)
    yield eth_udp(message([ask], [record(1, ip(A), length=65535)]), 53, 40000)
    whole = message(
        [ask],
        [record(5, HOST), record(1, ip(A)), record(16, text("a", "bc"))],
        additional=[edns(option(10, pattern(8)))],
    )
    for length in range(0, len(whole)):
        yield eth_udp(whole[:length], 53, 40000)
    frame = eth_udp(whole, 53, 40000)
    for length in range(42, len(frame), 2):
        yield frame[:length]
    yield eth_udp(whole + pattern(6), 53, 40000)
    for strings in (u8(5) + b"ab", u8(0) * 9, u8(255) + b"x"):
        yield eth_udp(message([ask], [record(16, strings)]), 53, 40000)
        yield eth_udp(message([ask], [record(13, strings)]), 53, 40000)
    for windows in (u8(0, 0), u8(0, 33) + bytes(33), u8(1, 1, 1, 0, 1, 1), u8(0, 5, 1)):
        yield eth_udp(message([ask], [record(47, HOST + windows)]), 53, 40000)


@capture("dns-tcp")
def dns_tcp():
    ask = message([question()], flags=0x0100)
    answer = message([question()], [record(1, ip(A)), record(16, text("over tcp"))])

    def framed(data, length=None):
        return u16(len(data) if length is None else length) + data

    # A connection of its own for each, or they would count as retransmissions.
    for client, payload in enumerate(
        (
            framed(ask),
            framed(answer),
            framed(ask) + framed(ask),
            framed(answer) * 3,
            framed(ask, 500),
            framed(answer, 10),
            framed(answer, 0),
            framed(b""),
            b"\0",
            u16(5),
            framed(ask) + b"\0",
            framed(ask) + u16(40) + ask[:20],
            ask,
            framed(ask)[:14],
        )
    ):
        yield eth_tcp(payload, PSH | ACK, source_port=20000 + client, port=53)
        yield eth_tcp6(payload, PSH | ACK, source_port=53, port=20000 + client)
    transfer = [record(6, RECORDS[5][1], "example.com")]
    transfer += [record(kind, data, "example.com") for kind, data in RECORDS[:40]]
    whole = framed(message([question("example.com", 252)], transfer + transfer[:1], flags=0x8400))
    yield eth_tcp(whole, PSH | ACK, source_port=53, port=30000)
    # The same in two segments: the second starts in the middle of a message.
    yield eth_tcp(whole[:700], ACK, source_port=53, seq=1)
    yield eth_tcp(whole[700:], PSH | ACK, source_port=53, seq=701)
