"""TCP with its options, and UDP."""

from .build import *


@capture("udp")
def udp_datagrams():
    for size in (0, 1, 2, 7, 100):
        yield eth_udp(pattern(size))
        yield eth_udp6(pattern(size))
    for source_port, port in ((0, 0), (1, 65535), (9, 9), (40000, 7)):
        yield eth_udp(pattern(4), source_port, port)
    # No checksum, checksums that are wrong, one that comes out as zero and is sent as ones.
    for value in (0, 1, 0xFFFF, 0xBEEF):
        yield eth4(17, udp(pattern(6), checksum=value))
        yield eth6(17, udp(pattern(6), source=A6, destination=B6, checksum=value))
    zero = udp(u16(0))
    missing = int.from_bytes(zero[6:8], "big")
    yield eth4(17, udp(u16(missing)))
    for length in (0, 1, 7, 8, 9, 11, 20, 1000, 65535):
        yield eth4(17, udp(pattern(6), length=length))
        yield eth6(17, udp(pattern(6), source=A6, destination=B6, length=length))
    for length in range(0, 8):
        yield eth4(17, udp(pattern(6))[:length])
    # A jumbogram's datagram: length zero under a hop-by-hop jumbo option.
    body = udp(pattern(20), source=A6, destination=B6, length=0)
    jumbo = u8(17, 0, 0xC2, 4) + u32(8 + len(body))
    yield eth6(0, jumbo + body, length=0)
    whole = eth_udp(pattern(10))
    yield from (whole[:length] for length in range(34, len(whole)))


def mptcp(subtype, flags, body=b"", length=None):
    size = 4 + len(body) if length is None else length
    return u8(30, size, subtype << 4 | flags >> 8 & 15, flags & 0xFF) + body


def mptcp_options():
    """Every subtype of RFC 6824 and RFC 8684, in every length it may have."""
    key, other = u64(0x1122334455667788), u64(0x99AABBCCDDEEFF00)
    for version in (0, 1, 2):
        for flags in (0x01, 0x81, 0x80, 0xA1, 0xC1):
            yield mptcp(0, version << 8 | flags)
            yield mptcp(0, version << 8 | flags, key)
            yield mptcp(0, version << 8 | flags, key + other)
            yield mptcp(0, version << 8 | flags, key + other + u16(100))
            yield mptcp(0, version << 8 | flags, key + other + u16(100, 0xBEEF))
    for backup in (0, 1):
        yield mptcp(1, backup << 8 | 7, u32(0xAABBCCDD, 0x01020304))
        yield mptcp(1, backup << 8 | 7, u64(0xA1A2A3A4A5A6A7A8) + u32(0x01020304))
    yield mptcp(1, 0, pattern(20))
    # DSS: acknowledgement of 4 or 8 bytes, mapping with 4 or 8, with and without a checksum.
    for flags in range(32):
        body = u64(0x5566778899AABBCC)[: 8 if flags & 2 else 4] if flags & 1 else b""
        if flags & 4:
            body += u64(0xDDEEFF0011223344)[: 8 if flags & 8 else 4] + u32(1) + u16(512)
            yield mptcp(2, flags, body + u16(0xCAFE))
        yield mptcp(2, flags, body)
    for flags in (0, 1):
        tail = u64(0x0807060504030201)
        for address in (ip(A), ip(A) + u16(8080), ip(A6), ip(A6) + u16(8080)):
            version = 4 if len(address) < 16 else 6
            # RFC 6824 has the address family where RFC 8684 has flags.
            yield mptcp(3, version << 8 | 3, address)
            yield mptcp(3, flags << 8 | 3, address)
            yield mptcp(3, flags << 8 | 3, address + tail)
    yield mptcp(4, 0x007)
    yield mptcp(4, 0x007, u8(8))
    yield mptcp(4, 0x007, u8(8, 9, 10))
    for flags in (0x000, 0x100, 0x0FF):
        yield mptcp(5, flags)
        yield mptcp(5, flags, length=3)[:3]
        yield mptcp(5, flags, u8(9))
    yield mptcp(6, 0, u64(77))
    yield mptcp(7, 0, key)
    for reason in range(8):
        yield mptcp(8, reason)
    for subtype in range(9, 16):
        yield mptcp(subtype, 0x123, pattern(4))
    for subtype in range(9):
        for length in (2, 3, 4, 5, 7, 11, 13, 30):
            yield mptcp(subtype, 0x101, pattern(12), length)


def tcp_options():
    """Options of every registered kind, well formed."""
    yield u8(0)
    yield u8(1)
    yield u8(1, 1, 1, 0, 5, 5)
    for value in (0, 1, 536, 1460, 65535):
        yield u8(2, 4) + u16(value)
    for shift in (0, 1, 7, 14, 15, 255):
        yield u8(3, 3, shift)
    yield u8(4, 2)
    for count in range(1, 5):
        edges = [900 - 100 * number // 2 for number in range(2 * count)]
        yield u8(5, 2 + 8 * count) + u32(*(2000 + edge for edge in edges))
    yield u8(5, 10) + u32(100, 200)
    yield u8(6, 6) + u32(0x01020304)
    yield u8(7, 6) + u32(0x01020304)
    yield u8(8, 10) + u32(1, 0)
    yield u8(8, 10) + u32(0xFFFFFFFF, 0x80000000)
    yield u8(9, 2)
    yield u8(10, 3, 0xC0)
    for kind in (11, 12, 13):
        yield u8(kind, 6) + u32(0x0A0B0C0D)
    yield u8(14, 3, 1)
    yield u8(15, 6) + pattern(4)
    yield u8(16, 6) + pattern(4)
    yield u8(17, 6) + pattern(4)
    yield u8(18, 3, 0x15)
    yield u8(19, 18) + pattern(16)
    yield u8(20, 10) + pattern(8)
    yield u8(21, 10) + pattern(8)
    yield u8(22, 4) + pattern(2)
    yield u8(23, 8) + pattern(6)
    yield u8(24, 4) + pattern(2)
    yield u8(25, 6) + pattern(4)
    yield u8(26, 6) + pattern(4)
    yield u8(27, 8, 0x07, 9) + u32(0x11223344)
    yield u8(27, 8, 0x85, 0) + u32(0)
    for value in (0x0001, 0x8005, 0x7FFF):
        yield u8(28, 4) + u16(value)
    yield u8(29, 16, 1, 2) + pattern(12)
    yield u8(29, 4, 1, 2)
    yield from mptcp_options()
    yield u8(34, 2)
    for size in (4, 8, 16):
        yield u8(34, 2 + size) + pattern(size)
    yield u8(69, 4) + u16(1)
    yield u8(70, 3, 1)
    yield u8(76, 6) + pattern(4)
    yield u8(77, 5) + pattern(3)
    yield u8(78, 5) + pattern(3)
    # AccECN: counters of three bytes each, from none to three of them.
    for kind in (172, 174):
        for size in (0, 3, 6, 9):
            yield u8(kind, 2 + size) + pattern(size)
    # Experiments (RFC 6994): identifiers of two and four bytes, fast open among them.
    for kind in (253, 254):
        yield u8(kind, 2)
        yield u8(kind, 4) + u16(0xF989)
        yield u8(kind, 12) + u16(0xF989) + pattern(8)
        yield u8(kind, 4) + u16(0x0ACE)
        yield u8(kind, 10) + u32(0xE2D4C3D9) + pattern(4)
        yield u8(kind, 8) + u16(0x1234) + pattern(4)
    for kind in (31, 33, 75, 79, 100, 200, 255):
        yield u8(kind, 6) + pattern(4)
        yield u8(kind, 2)


def broken_tcp_options():
    for kind in (2, 3, 4, 5, 6, 8, 14, 19, 27, 28, 29, 34, 69, 172, 253, 99):
        for length in (0, 1, 2, 3, 4, 5, 7, 9, 11, 12, 19, 37, 40, 41, 255):
            yield u8(kind, length) + pattern(6)
        yield u8(kind)
    yield u8(1) * 40
    yield u8(0) + pattern(7)
    yield u8(5, 34) + u32(*range(9))
    yield u8(8, 10) + u32(1)


@capture("tcp")
def tcp_segments():
    # Every combination of the nine flags, every value of the three reserved bits. Each has its own
    # connection: tshark shows flags by what the handshake agreed on.
    for flags in range(512):
        numbers = {"seq": flags, "ack": 1000 + flags, "urgent": flags & URG and 5}
        yield eth_tcp(b"", flags, source_port=20000 + flags, **numbers)
    for reserved in range(8):
        yield eth_tcp(b"", ACK, reserved=reserved)
    for size in (0, 1, 100):
        yield eth_tcp(pattern(size), PSH | ACK)
        yield eth_tcp6(pattern(size), PSH | ACK)
        yield eth_tcp(pattern(size), SYN)
        yield eth_tcp(pattern(size), RST)
        # A reason of which not all was captured.
        whole = eth_tcp(pattern(size), RST)
        yield whole[:-3], len(whole)
    for window in (0, 1, 65535):
        yield eth_tcp(b"", ACK, window=window)
    for urgent in (0, 1, 3, 65535):
        yield eth_tcp(b"abc", ACK | URG, urgent=urgent)
        yield eth_tcp(b"abc", ACK, urgent=urgent)
    for seq, ack in ((0, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFF0, 5), (0x80000000, 0x7FFFFFFF)):
        yield eth_tcp(pattern(32), ACK, seq=seq, ack=ack)
    for value in (0, 0xFFFF, 0xBEEF):
        yield eth_tcp(b"x", checksum=value)
        yield eth_tcp6(b"x", checksum=value)
    for words in list(range(0, 5)) + [6, 10, 15]:
        yield eth_tcp(pattern(12), words=words)
    whole = eth_tcp(pattern(4), ACK, u8(8, 10) + u32(1, 2))
    yield from (whole[:length] for length in range(34, len(whole)))
    # The same with the IP length saying so: short because it is short.
    segment = tcp(pattern(4), ACK, u8(8, 10) + u32(1, 2))
    for length in range(0, len(segment)):
        yield eth4(6, segment[:length])


def conversation(address, peer, port, family, replies, late=None):
    """A connection from beginning to end: packets in order, both ways.

    With `late` the end is a reset, and that answer was under way.
    """
    wrap = eth6 if family == 6 else eth4

    def segment(out, flags, payload=b"", options=b""):
        ends = (address, peer) if out else (peer, address)
        ports = (20000 + port, port) if out else (port, 20000 + port)
        data = tcp(
            payload,
            flags,
            options,
            ends[0],
            ends[1],
            source_port=ports[0],
            port=ports[1],
            seq=numbers[out],
            ack=numbers[not out] if flags & ACK else 0,
        )
        numbers[out] = numbers[out] + len(payload) + bool(flags & (SYN | FIN)) & 0xFFFFFFFF
        return wrap(6, data, source=ends[0], destination=ends[1])

    numbers = {True: 0xFFFFFFF0, False: 5000}
    start = u8(2, 4) + u16(1460) + u8(4, 2, 8, 10) + u32(1, 0) + u8(1, 3, 3, 7)
    yield segment(True, SYN | ECE | CWR, b"", start)
    yield segment(False, SYN | ACK | ECE, b"", start)
    yield segment(True, ACK)
    for out, payload in replies:
        yield segment(out, PSH | ACK, payload)
        yield segment(not out, ACK)
    if late is not None:
        yield segment(True, RST | ACK)
        yield segment(False, PSH | ACK, late)
        return
    yield segment(True, FIN | ACK)
    yield segment(False, FIN | ACK)
    yield segment(True, ACK)


@capture("tcp-conversations")
def tcp_conversations():
    exchange = ((True, pattern(30)), (False, pattern(300)), (True, pattern(1)), (False, b""))
    for port in (7000, 40001):
        yield from conversation(A, B, port, 4, exchange)
        yield from conversation(A6, B6, port, 6, exchange)
    # Selective acknowledgements and retransmission, relative numbers around the wrap.
    yield eth_tcp(b"", SYN, seq=0xFFFFFFFE, source_port=4, port=5)
    yield eth_tcp(b"", SYN | ACK, seq=9, ack=0xFFFFFFFF, source_port=5, port=4, source=A)
    for left, right in ((0, 10), (5, 20), (0xFFFFFFFF, 5)):
        options = u8(1, 1, 5, 10) + u32(left, right)
        yield eth_tcp(pattern(10), ACK, options, seq=0xFFFFFFFF, ack=10, source_port=4, port=5)


@capture("tcp-late")
def tcp_late():
    exchange = ((True, pattern(30)), (False, pattern(300)), (True, pattern(13)))
    yield from conversation(A, B, 7001, 4, exchange, late=pattern(13))
    yield from conversation(A6, B6, 7002, 6, exchange[:1], late=pattern(13))


@capture("tcp-options")
def tcp_option_list():
    for options in tcp_options():
        yield eth_tcp(b"", SYN, options[:40])
        yield eth_tcp(b"data", ACK, (u8(1, 1) + options)[:40])
    for options in tcp_options():
        if len(options) <= 18:
            yield eth_tcp6(b"", SYN | ACK, options + u8(1) + options)


@capture("tcp-options-broken")
def tcp_options_broken():
    for options in broken_tcp_options():
        yield eth_tcp(b"data", ACK, options[:40])
    whole = eth_tcp(b"", SYN, u8(2, 4) + u16(1460) + u8(4, 2, 8, 10) + u32(1, 0) + u8(1, 3, 3, 7))
    yield from (whole[:length] for length in range(54, len(whole)))


HTTP = (
    b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
    b"HEAD /x HTTP/1.0\n\n",
    b"POST /form HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b",
    b"PUT /a b HTTP/1.1\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nServer: tapir\r\n\r\n<html>\n</html>\n",
    b"HTTP/1.1 404 Not Found\r\n",
    b"HTTP/1.0 500\r\n\r\n",
    b"HTTP/1.1",
    b"GET",
    b"GET /no-end-of-line HTTP/1.1",
    b"\r\n\r\nGET / HTTP/1.1\r\n",
    b"nonsense that is text\r\nmore\r\n",
    bytes(range(256)),
    b"GET /\x00\xff HTTP/1.1\r\nX: \x01\r\n\r\n",
    b"<html>no header here</html>\n",
)
SSH = (
    b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    b"SSH-1.99-x\n",
    b"SSH-2.0-no-line-end",
    u32(28) + u8(10, 20) + pattern(26),
    u32(0xFFFFFFFF) + pattern(10),
)
TLS = (
    u8(22, 3, 1) + u16(5) + u8(1, 0, 0, 1, 3),
    u8(23, 3, 3) + u16(20) + pattern(20),
    u8(21, 3, 3, 0, 2, 1, 0),
    u8(20, 3, 3, 0, 1, 1),
)


@capture("tcp-payload")
def tcp_payload():
    """Payloads that tcpdump shows as text, on their ports and on others."""
    # A connection of its own for each, or they would count as retransmissions.
    client = 20000
    for ports, payloads in (((80, 8080, 40001), HTTP), ((22, 40001), SSH), ((443, 40001), TLS)):
        for port in ports:
            for payload in payloads:
                client += 1
                yield eth_tcp(payload, PSH | ACK, source_port=client, port=port)
                yield eth_tcp6(payload, PSH | ACK, source_port=port, port=client)
    whole = eth_tcp(HTTP[0], PSH | ACK, port=80)
    yield from (whole[:length] for length in range(50, len(whole), 3))
