"""DHCP and BOOTP: every option with a format of its own, messages as servers and clients send them,
and options made to hurt a decoder."""

from .build import *

REQUEST, REPLY = 1, 2
COOKIE = u32(0x63825363)
DISCOVER, OFFER, ASK, DECLINE, ACKNOWLEDGE, REFUSE, RELEASE, INFORM = range(1, 9)
CLIENT, SERVER = mac(MAC_A), ip("192.0.2.254")
ZERO = "0.0.0.0"
LEASED = "192.0.2.77"
END = b"\xff"


def option(code, value=b"", length=None):
    return u8(code, len(value) if length is None else length) + value


def kind(number):
    return option(53, u8(number))


def addresses(*texts):
    return b"".join(map(ip, texts))


def name(text):
    return b"".join(u8(len(label)) + label for label in text.encode().split(b".")) + b"\0"


def message(operation=REQUEST, options=b"", cookie=COOKIE, **fields):
    """A message. Fields: htype hlen hops xid secs flags ciaddr yiaddr siaddr giaddr chaddr sname
    file."""
    return (
        u8(operation, fields.get("htype", 1), fields.get("hlen", 6), fields.get("hops", 0))
        + u32(fields.get("xid", 0x3903F326))
        + u16(fields.get("secs", 0), fields.get("flags", 0))
        + b"".join(ip(fields.get(one, ZERO)) for one in ("ciaddr", "yiaddr", "siaddr", "giaddr"))
        + fields.get("chaddr", CLIENT).ljust(16, b"\0")
        + fields.get("sname", b"").ljust(64, b"\0")
        + fields.get("file", b"").ljust(128, b"\0")
        + cookie
        + options
    )


def sent(data, **where):
    """A message on its way: to the server, or from it."""
    operation = data[0] if data else REQUEST
    ports = (67, 68) if operation == REPLY else (68, 67)
    source, destination = where.get("source", ZERO), where.get("destination", "255.255.255.255")
    datagram = udp(data, *ports, source, destination)
    return eth(0x0800, ip4(17, datagram, source, destination), destination="ff:ff:ff:ff:ff:ff")


def with_options(*options, operation=REQUEST, end=END, **fields):
    data = message(operation, b"".join(options) + end, **fields)
    return sent(data)


# Options of one value, by code; each is sent as it should be, and too short and too long.
ADDRESSES = {1, 16, 28, 32, 50, 54, 118}
LISTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 41, 42, 44, 45, 48, 49, 65, 68, 69, 70, 71, 72, 73, 74, 75)
LISTS += (76, 85, 89, 92, 112, 136, 138, 142, 148, 150)
BYTES = (23, 37, 46, 52, 116, 156, 157)
FLAGS = (19, 20, 27, 29, 30, 31, 34, 36, 39)
SHORTS = (13, 22, 26, 57)
SHORT_LISTS = (25, 93, 117)
LONGS = (2, 24, 35, 38, 51, 58, 59, 91, 108, 152, 153, 154, 155, 211)
PAIRS = (21, 33)
TEXTS = (12, 14, 15, 17, 18, 40, 47, 56, 60, 62, 64, 66, 67, 86, 87, 95, 98, 100, 101, 113, 114)
TEXTS += (137, 160, 161, 209, 210, 252)


def plain_options():
    """Code and the values to be sent."""
    one = ip("192.0.2.1")
    two, five = one + ip("192.0.2.2"), pattern(20)
    for code in ADDRESSES:
        yield code, (one, two, b"", one[:3])
    for code in LISTS:
        yield code, (one, two, five, b"", one + b"\1")
    for code in BYTES:
        yield code, (b"\1", b"\2", b"\3", b"\4", b"\xff", b"", b"\1\2")
    for code in FLAGS:
        yield code, (b"\0", b"\1", b"\2", b"", b"\1\0")
    for code in SHORTS:
        yield code, (u16(576), u16(0xFFFF), b"", b"\1", b"\1\2\3")
    for code in SHORT_LISTS:
        yield code, (u16(6), u16(7, 0), u16(68, 296, 1006), b"", b"\0\1\2")
    for code in LONGS:
        yield code, (u32(3600), u32(0xFFFFFFFF), u32(0xFFFFB9B0), b"", b"\1\2", u32(1, 2))
    for code in PAIRS:
        yield code, (two, two + two, b"", one, two + b"\1")
    for code in TEXTS:
        yield code, (b"host.example", b"", b"a", b"caf\xc3\xa9", b"one\0two", b"nul\0", b"\x01\x7f")


CLIENT_IDENTIFIERS = (
    b"\1" + CLIENT,
    b"\6" + CLIENT,
    b"\7\1\2",
    b"\1\2\3",
    b"\0client.example",
    b"\0",
    b"",
    b"\x20" + pattern(8),
    b"\xff" + u32(0x0A0B0C0D) + u16(1, 1) + u32(0x2B3C4D5E) + CLIENT,
    b"\xff" + u32(0x0A0B0C0D) + u16(2) + u32(9) + pattern(8),
    b"\xff" + u32(0x0A0B0C0D) + u16(3, 1) + CLIENT,
    b"\xff" + u32(0x0A0B0C0D) + u16(4) + pattern(16),
    b"\xff" + u32(0x0A0B0C0D) + u16(1, 6) + u32(1) + CLIENT,
    b"\xff" + u32(0x0A0B0C0D) + u16(9) + pattern(5),
    b"\xff" + u32(0x0A0B0C0D) + u16(1, 1),
    b"\xff" + u32(0x0A0B0C0D),
    b"\xff\1",
    b"\0" + pattern(16),
    b"\x01" + pattern(19),
)

AGENTS = (
    option(1, b"Ethernet0/1") + option(2, CLIENT),
    option(1, u8(0, 4, 0, 1, 2, 3)) + option(2, u8(0, 6) + CLIENT) + option(6, b"subscriber"),
    option(5, ip("192.0.2.0")) + option(11, SERVER) + option(10, b"\x80"),
    option(4, u32(0x10)) + option(7, pattern(6)) + option(8, pattern(20)),
    option(9, u32(9) + u8(4) + pattern(4)) + option(9, u32(4491) + u8(6) + option(1, b"\1\2\3\4")),
    option(12, pattern(8)) + option(13, b"\2") + option(14, b"net") + option(15, b"ap"),
    option(16, CLIENT) + option(17, u32(9) + b"op") + option(18, b"example.net"),
    option(19),
    option(150, ip("192.0.2.0")) + option(151, b"\0vrf") + option(152, SERVER),
    option(151, b"\1" + pattern(7)) + option(151, b"\xff"),
    option(200, pattern(5)) + option(1),
    option(5, b"\1\2") + option(10, b"\1\2") + option(11, b"\1"),
    b"\0\0" + option(1, b"padded"),
    b"\1\5ab",
    b"\1",
    b"",
)

NAMES = (
    name("example.com") + name("eng.example.com"),
    name("eng.example.com") + b"\4test\xc0\x04",
    name("example.com")[:-1] + u16(0xC000),
    b"\3abc",
    b"\xc0",
    b"",
    b"\0",
)

ROUTES = (
    u8(24, 10, 1, 2) + ip("192.0.2.1"),
    u8(0) + ip("192.0.2.1"),
    u8(0) + ip("192.0.2.1") + u8(25, 10, 1, 2, 128) + ip("192.0.2.2") + u8(7, 10) + ip(ZERO),
    u8(32, 10, 1, 2, 3) + ip("192.0.2.2"),
    u8(33) + pattern(8),
    u8(24, 10, 1, 2, 192, 0),
    u8(8, 10, 192, 0, 2, 1, 24),
    u8(8, 10, 192, 0, 2, 1, 24, 1, 2, 3, 4),
    b"\0",
    b"",
)

USER_CLASSES = (
    u8(4) + b"test",
    u8(4) + b"test" + u8(7) + b"another",
    b"iPXE",
    u8(4) + b"test" + u8(9) + b"short",
    u8(0) + b"ab",
    b"a",
    b"",
)

FULL_NAMES = (
    u8(5, 0, 0) + name("host.example.com"),
    u8(0, 255, 255) + b"host.example.com",
    u8(15, 0, 0) + b"\4host",
    u8(1, 255, 255) + b"host",
    u8(4, 0, 0) + name("host"),
    u8(0, 0, 0),
    u8(4, 0, 0),
    u8(1, 2),
    b"",
)

VENDOR = (
    option(1, b"\1") + option(2, b"two") + END,
    option(6, b"\x08") + END,
    pattern(9),
    b"\1\5ab",
    END,
    b"",
)

VENDOR_CLASSES = (
    u32(9) + u8(5) + pattern(5),
    u32(9) + u8(5) + pattern(5) + u32(4491) + u8(3) + b"abc",
    u32(3561) + u8(4) + u8(3) + b"abc",
    u32(9) + u8(9) + pattern(3),
    u32(9) + u8(0),
    u32(9),
    b"\1",
    b"",
)

VENDOR_INFORMATION = (
    u32(9) + u8(7) + option(1, b"\1") + option(2, b"\3\4"),
    u32(3561) + u8(11) + option(1, b"0A0B0C") + option(2, b"1"),
    u32(9) + u8(3) + option(1, b"\1") + u32(10) + u8(4) + option(5, b"ab"),
    u32(9) + u8(5) + option(1, b"\1\2", 9),
    u32(9) + u8(99) + option(1, b"\1"),
    u32(9) + u8(0),
    u32(9),
    b"\1",
    b"",
)

SPECIAL = {
    43: VENDOR,
    53: [u8(number) for number in range(0, 20)] + [b"", b"\1\2"],
    55: (u8(1, 3, 6, 15, 119, 121, 249, 252), u8(1), u8(1, 28, 2, 3, 15, 254, 0, 255, 43), b""),
    61: CLIENT_IDENTIFIERS,
    63: (option(5, b"\1") + option(6, ip("192.0.2.1")) + option(8, b"\2"), b"\1", option(1)),
    77: USER_CLASSES,
    78: (b"\1" + ip("192.0.2.1"), b"\0" + addresses("192.0.2.1", "192.0.2.2"), b"\1", b""),
    79: (b"\1DEFAULT,lab", b"\0", b""),
    80: (b"", b"\1"),
    81: FULL_NAMES,
    82: AGENTS,
    88: NAMES,
    83: (pattern(14), pattern(18), pattern(13), u16(15, 63, 15) + u32(127) + pattern(12)),
    90: (u8(0, 0, 0) + u64(5) + b"token", u8(1, 1, 0) + u64(7) + u32(1) + pattern(16), u8(1, 1)),
    94: (u8(1, 3, 16), u8(1, 2, 1), u8(1, 2), b""),
    97: (u8(0) + pattern(16), u8(1) + pattern(16), u8(0, 1, 2), b""),
    99: (u8(0) + b"DE" + option(1, b"BY") + option(3, b"Munich"), u8(1) + b"US", b"\1", u8(0) * 5),
    119: NAMES,
    120: (
        b"\0" + name("sip.example.com") + name("sip2.example.com"),
        b"\1" + ip("192.0.2.5") + ip("192.0.2.6"),
        b"\1\1\2",
        b"\2abc",
        b"\0",
        b"",
    ),
    121: ROUTES,
    123: (u8(0x52) + pattern(15), pattern(16), pattern(5)),
    124: VENDOR_CLASSES,
    125: VENDOR_INFORMATION,
    141: NAMES[:3],
    147: NAMES[:1],
    145: (u8(1), u8(1, 2, 3), b""),
    146: (
        u8(1) + addresses("192.0.2.53", "192.0.2.54") + name("example.com"),
        u8(3) + addresses("192.0.2.53", "192.0.2.54") + b"\0",
        pattern(6),
    ),
    151: (u8(0), u8(1) + b"gone", b""),
    158: (u8(4) + ip("192.0.2.9"), u8(8) + addresses("192.0.2.9", "192.0.2.8") + u8(4) + ip(ZERO)),
    159: (u8(4, 6, 0xFC, 0), u8(1, 2)),
    162: (pattern(12),),
    175: (option(1, b"\1") + option(8, b"a"), pattern(4)),
    208: (u32(0xF100747E),),
    212: (u8(8, 32) + ip("2001:db8::") + ip("192.0.2.1"), u8(0, 32) + ip("2001:db8::"), pattern(5)),
    213: (name("access.example"), b"\1"),
    220: (pattern(6),),
    221: (b"\0vpn", b"\1" + pattern(7), b"\xff", b""),
    224: (pattern(3), pattern(2), pattern(4)),
    249: ROUTES,
}


@capture("dhcp-options")
def options():
    plain = sorted(plain_options())
    for code, values in plain + sorted(SPECIAL.items()):
        for value in values:
            before = b"" if code == 53 else kind(ASK)
            yield with_options(before, option(code, value))
    for code in range(0, 256):
        yield with_options(kind(ACKNOWLEDGE), option(code, pattern(code % 9)), operation=REPLY)
    # One after the other, as many as go into a datagram.
    values = [option(code, value[0]) for code, value in plain]
    for at in range(0, len(values), 8):
        yield with_options(kind(OFFER), *values[at : at + 8], operation=REPLY)
    for code in (53, 55, 61, 77, 81, 82, 119, 121, 124, 125, 12, 50):
        value = SPECIAL.get(code, (b"host", ip(ZERO)))[0]
        for length in (0, len(value) + 1, 255):
            yield with_options(kind(ASK), option(code, value, length))


def client(number, *options, **fields):
    asked = option(55, u8(1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42))
    more = option(57, u16(576)) + option(60, b"udhcp 1.30.1") + option(61, b"\1" + CLIENT)
    fields.setdefault("secs", 3)
    return with_options(kind(number), more, *options, asked, **fields)


def server(number, *options, **fields):
    given = option(54, SERVER) + option(51, u32(3600)) + option(58, u32(1800))
    given += option(59, u32(3150)) + option(1, ip("255.255.255.0")) + option(3, SERVER)
    given += option(6, addresses("192.0.2.53", "192.0.2.54")) + option(15, b"example.com")
    fields.setdefault("yiaddr", LEASED)
    return with_options(kind(number), given, *options, operation=REPLY, **fields)


@capture("dhcp-messages")
def messages():
    wanted = option(50, ip(LEASED))
    yield client(DISCOVER, option(12, b"host"), flags=0x8000)
    yield server(OFFER, siaddr="192.0.2.254")
    yield client(ASK, wanted, option(54, SERVER), option(81, FULL_NAMES[0]))
    yield server(ACKNOWLEDGE, option(119, NAMES[1]), option(121, ROUTES[2]))
    yield client(DECLINE, wanted)
    yield server(REFUSE, option(56, b"address not available"))
    yield client(RELEASE, ciaddr=LEASED)
    yield client(INFORM, ciaddr=LEASED)
    for number in range(9, 19):
        yield client(number)
    # Relayed.
    yield client(DISCOVER, option(82, AGENTS[0]), hops=1, giaddr="192.0.2.1")
    yield server(OFFER, option(82, AGENTS[2]), hops=2, giaddr="192.0.2.1")
    relayed = message(REQUEST, kind(DISCOVER) + END, hops=1, giaddr="192.0.2.1")
    yield eth(0x0800, ip4(17, udp(relayed, 67, 67)))
    yield eth(0x0800, ip4(17, udp(relayed, 68, 40000)))
    # Network boot.
    machine = option(97, b"\0" + pattern(16))
    yield client(DISCOVER, option(93, u16(7)), option(94, u8(1, 3, 16)), machine)
    yield server(OFFER, option(66, b"tftp"), option(67, b"boot.efi"), sname=b"boot", file=b"x.0")
    yield server(OFFER, option(60, b"PXEClient"), option(43, option(6, b"\x08") + END))
    # Header fields.
    for flags in (0x8000, 0x7FFF, 0xFFFF, 1):
        yield client(DISCOVER, flags=flags, xid=0)
    kinds = ((1, 0), (1, 16), (1, 17), (6, 6), (7, 1), (32, 0), (32, 8), (0, 0), (255, 9))
    for htype, hlen in kinds:
        yield client(DISCOVER, htype=htype, hlen=hlen, chaddr=pattern(16))
        yield server(OFFER, htype=htype, hlen=hlen, chaddr=pattern(16))
    for operation in (0, 3, 255):
        yield with_options(kind(DISCOVER), operation=operation)
    for secs in (0, 1, 256, 65535):
        yield client(DISCOVER, secs=secs)
    yield client(ASK, ciaddr="1.2.3.4", yiaddr="5.6.7.8", siaddr="9.10.11.12", giaddr="13.14.15.16")
    for text in (b"s", b"server.example", b"x" * 64, b"\x01\xff\x80", b"a\0b", b"\0b"):
        yield server(ACKNOWLEDGE, sname=text, file=text)
    yield server(ACKNOWLEDGE, file=b"y" * 128)


@capture("dhcp-overload")
def overload():
    """Options in the places of the server's name and the file's (RFC 2131 4.1)."""
    more, rest = option(12, b"more"), option(15, b"example.com")
    full_name, full_file = (more * 11)[:64], (rest * 10)[:128]
    for number in (0, 1, 2, 3, 4):
        said = option(52, u8(number))
        yield with_options(kind(ACKNOWLEDGE), said, sname=more + END, file=rest + END)
        yield with_options(kind(ACKNOWLEDGE), said, sname=more, file=rest)
        yield with_options(said, kind(ASK), sname=full_name, file=full_file)
        yield with_options(kind(ASK), said, rest, sname=b"", file=b"name")
    yield with_options(kind(ASK), option(52, u8(3)), sname=b"\1\xff", file=b"\xff" + more)
    yield with_options(kind(ASK), option(52, u8(3)), option(52, u8(3)), sname=rest + END)
    yield with_options(kind(ASK), sname=option(52, u8(3)) + END)
    # Options that go on in others of the same code (RFC 3396).
    whole = b"".join(map(name, ("one.example.com", "two.example.com")))
    yield with_options(kind(ASK), option(119, whole[:9]), option(119, whole[9:]))
    yield with_options(kind(ASK), option(119, whole[:9]), option(1, ip(A)), option(119, whole[9:]))
    yield with_options(kind(ASK), option(43, pattern(255)), option(43, pattern(45)))
    yield with_options(kind(ASK), option(12, b"a" * 255), option(12, b"b"))
    yield with_options(kind(ASK), option(120, b"\0" + whole[:9]), option(120, whole[9:]))


@capture("bootp")
def bootp():
    """Messages that are not of DHCP, and ones that end early."""
    servers = addresses(*(f"192.0.2.{at}" for at in range(1, 9)))
    cmu = b"CMU\0" + u32(0x01000000) + servers + b"\0" * 24
    for operation in (REQUEST, REPLY):
        yield sent(message(operation, b"\0" * 60, u32(0)))
        yield sent(message(operation, b"\0" * 60))
        yield sent(message(operation, pattern(60), u32(0x01020304)))
        yield sent(message(operation, cmu[4:], cmu[:4]))
        yield sent(message(operation, option(1, ip("255.255.255.0")) + END + b"\0" * 53))
        yield sent(message(operation, b"", b""))
        yield sent(message(operation, b"", b"\x63\x82"))
        yield sent(message(operation, b""))
        yield sent(message(operation, END))
    yield sent(message(REPLY, b"\x03" + cmu[5:], cmu[:4]))
    yield sent(message(REPLY, u32(0x02000000) + b"\0" * 56, b"CMU\0"))
    for end in (b"", END, END + b"\0" * 7, END + pattern(5), b"\0" * 5 + END, b"\0" * 7, b"\x0c"):
        yield with_options(kind(ASK), end=end)
        padded = b"\0" + option(12, b"host") + b"\0\0\0" + option(50, ip(A))
        yield with_options(kind(ASK), padded, end=end)
    given = kind(OFFER) + option(54, SERVER) + option(12, b"host") + END
    whole = message(REPLY, given, sname=b"name")
    for length in range(0, len(whole)):
        if length % 7 == 0 or length < 50 or length > 230:
            yield sent(whole[:length])
    yield eth(0x86DD, ip6(17, udp(whole, 67, 68, A6, B6)))
