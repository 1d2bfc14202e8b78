"""SCTP: every chunk, parameter and error cause."""

from .build import *

TAG = 0xDEADBEEF


def crc32c_table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


TABLE = list(crc32c_table())


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def sctp(chunks=b"", source_port=40000, port=40001, tag=TAG, value=None):
    """A packet; the checksum is the one number in it that is little-endian (RFC 9260 A)."""
    head = u16(source_port, port) + u32(tag)
    if value is None:
        value = crc32c(head + bytes(4) + chunks)
    return head + struct.pack("<I", value) + chunks


def padded(data):
    return data + bytes(-len(data) % 4)


def chunk(kind, body=b"", flags=0, length=None):
    return padded(u8(kind, flags) + u16(4 + len(body) if length is None else length) + body)


def parameter(kind, body=b"", length=None):
    """A parameter, or an error cause, which are made alike."""
    return padded(u16(kind, 4 + len(body) if length is None else length) + body)


def last_parameter(kind, body=b""):
    """Without padding: the chunk's own comes behind it."""
    return u16(kind, 4 + len(body)) + body


def data(payload=b"data", flags=3, tsn=1000, stream=1, sequence=2, protocol=0, length=None):
    return chunk(0, u32(tsn) + u16(stream, sequence) + u32(protocol) + payload, flags, length)


def i_data(payload=b"data", flags=3, tsn=1000, stream=1, message=2, protocol=0):
    return chunk(64, u32(tsn) + u16(stream, 0) + u32(message, protocol) + payload, flags)


def init(parameters=b"", kind=1, length=None):
    return chunk(kind, u32(0x01020304, 65536) + u16(10, 2048) + u32(5000) + parameters, 0, length)


def sack(blocks=(), duplicates=(), flags=0):
    body = u32(1000, 65535) + u16(len(blocks), len(duplicates))
    body += b"".join(u16(*block) for block in blocks) + b"".join(map(u32, duplicates))
    return chunk(3, body, flags)


IPV4_ADDRESS = parameter(5, ip(A))
IPV6_ADDRESS = parameter(6, ip(A6))


def init_parameters():
    yield IPV4_ADDRESS
    yield IPV6_ADDRESS
    yield parameter(1, pattern(12))
    yield parameter(7, pattern(20))
    yield parameter(8, parameter(0xC0FF, pattern(4)))
    yield parameter(9, u32(30000))
    yield parameter(11, b"host.example\0")
    yield parameter(12, u16(5, 6))
    yield parameter(12, u16(5, 6, 11))
    yield parameter(0x8000)
    yield parameter(0x8001)
    yield parameter(0x8002, pattern(32))
    yield parameter(0x8003, u8(0xC1, 0x80, 0))
    yield parameter(0x8004, u16(3, 1))
    yield parameter(0x8004, u16(1))
    yield parameter(0x8005, pattern(6))
    yield parameter(0x8008, u8(0xC0, 0x82, 0x0F, 0xC1, 0x80, 0x40))
    yield parameter(0xC000)
    yield parameter(0xC006, u32(7))
    yield parameter(0x1234, pattern(5))
    yield parameter(0xD234, pattern(8))
    yield parameter(0x9234)


def causes():
    yield parameter(1, u16(7, 0))
    yield parameter(2, u32(2) + u16(7, 0x8000))
    yield parameter(2, u32(1) + u16(7))
    yield parameter(3, u32(123456))
    yield parameter(4)
    yield parameter(5, IPV4_ADDRESS)
    yield parameter(6, u8(0x3F, 0) + u16(8) + pattern(4))
    yield parameter(7)
    yield parameter(8, parameter(0xC0FF, pattern(4)) + parameter(0xC0FE, pattern(8)))
    yield parameter(9, u32(77))
    yield parameter(10)
    yield parameter(11, IPV4_ADDRESS + IPV6_ADDRESS)
    yield parameter(12)
    yield parameter(12, b"good bye")
    yield parameter(13, b"what was that?")
    yield parameter(0xA0, IPV4_ADDRESS)
    yield parameter(0xA1, parameter(0xC001, u32(9) + IPV4_ADDRESS))
    yield parameter(0xA2, IPV6_ADDRESS)
    yield parameter(0xA3)
    yield parameter(0xA4, parameter(0xC002, u32(9) + IPV4_ADDRESS))
    yield parameter(0x105, u16(9))
    yield parameter(0x1234, pattern(6))


def reconfigurations():
    yield parameter(13, u32(1, 2, 3) + u16(4, 5))
    yield parameter(13, u32(1, 2, 3) + u16(4))
    yield parameter(13, u32(1, 2, 3))
    yield parameter(14, u32(1) + u16(4, 5))
    yield parameter(14, u32(1))
    yield parameter(15, u32(1))
    for result in range(7):
        yield parameter(16, u32(1, result))
    yield parameter(16, u32(1, 1, 1000, 2000))
    yield parameter(17, u32(1) + u16(4, 0))
    yield parameter(18, u32(1) + u16(4, 0))


def asconf_parameters():
    yield parameter(0xC001, u32(9) + IPV4_ADDRESS)
    yield parameter(0xC001, u32(9) + IPV6_ADDRESS)
    yield parameter(0xC002, u32(9) + IPV4_ADDRESS)
    yield parameter(0xC004, u32(9) + IPV4_ADDRESS)


def asconf_ack_parameters():
    yield parameter(0xC003, u32(9) + parameter(0xA0, IPV4_ADDRESS))
    yield parameter(0xC003, u32(9))
    yield parameter(0xC005, u32(9))


def chunks():
    """One of each, at least."""
    for flags in range(16):
        yield data(flags=flags)
        yield i_data(flags=flags)
    for size in range(1, 9):
        yield data(pattern(size))
    for protocol in (1, 2, 4, 5, 6, 7, 10, 13, 18, 27, 46, 50, 51, 53, 60, 0x12345678):
        yield data(protocol=protocol)
        yield i_data(protocol=protocol)
    for kind in (1, 2):
        yield init(kind=kind)
        for one in init_parameters():
            yield init(one, kind)
        yield init(b"".join(init_parameters()), kind)
    yield sack()
    yield sack(flags=1)
    yield sack([(2, 3)])
    yield sack([(2, 3), (5, 5)], [999, 1000])
    yield sack([], [999])
    yield sack([(at * 3, at * 3 + 1) for at in range(1, 40)])
    yield chunk(16, u32(1000, 65535) + u16(2, 1, 1, 0) + u16(2, 3, 5, 6, 8, 9) + u32(990))
    yield chunk(16, u32(1000, 65535) + u16(0, 0, 0, 0))
    for kind in (4, 5):
        yield chunk(kind, parameter(1, pattern(16)))
        yield chunk(kind, last_parameter(1, pattern(15)))
    yield chunk(6)
    yield chunk(6, flags=1)
    yield chunk(9)
    for one in causes():
        yield chunk(6, one)
        yield chunk(9, one)
    yield chunk(9, b"".join(causes()))
    yield chunk(7, u32(1234))
    yield chunk(8)
    yield chunk(10, pattern(24))
    yield chunk(10, pattern(23))
    yield chunk(11)
    yield chunk(12, u32(1234))
    yield chunk(13, u32(1234))
    yield chunk(14)
    yield chunk(14, flags=1)
    yield chunk(15, u16(1, 1) + pattern(20))
    yield chunk(15, u16(1, 3) + pattern(32))
    yield chunk(0x80, u32(5))
    for one in asconf_ack_parameters():
        yield chunk(0x80, u32(5) + one)
    yield chunk(0x80, u32(5) + b"".join(asconf_ack_parameters()))
    for address in (IPV4_ADDRESS, IPV6_ADDRESS):
        yield chunk(0xC1, u32(5) + address)
        for one in asconf_parameters():
            yield chunk(0xC1, u32(5) + address + one)
        yield chunk(0xC1, u32(5) + address + b"".join(asconf_parameters()))
    yield chunk(0x81, u32(1000, 2000) + u16(0, 0) + pattern(20))
    yield chunk(0x81, u32(1000, 2000) + u16(40, 0) + pattern(20), 7)
    for one in reconfigurations():
        yield chunk(0x82, one)
    yield chunk(0x82, parameter(16, u32(1, 1)) + parameter(13, u32(1, 2, 3) + u16(4)))
    yield chunk(0x84, bytes(16))
    yield chunk(0x84)
    yield chunk(0xC0, u32(1234))
    yield chunk(0xC0, u32(1234) + u16(1, 2, 3, 4))
    yield chunk(0xC2, u32(1234))
    yield chunk(0xC2, u32(1234) + u16(1, 0) + u32(2) + u16(3, 1) + u32(4))
    for kind in (0x11, 0x3F, 0x7F, 0xBF, 0xFE, 0xFF):
        yield chunk(kind, pattern(8), 0x55)
        yield chunk(kind, pattern(7))


@capture("sctp")
def sctp_packets():
    yield eth4(132, sctp())
    for one in chunks():
        yield eth4(132, sctp(one))
    for one in list(chunks())[::5]:
        yield eth6(132, sctp(one))
    for ports in ((9, 9), (0, 65535), (40000, 7), (38412, 38412)):
        yield eth4(132, sctp(data(), *ports))
        yield eth6(132, sctp(data(), *ports))
    yield eth4(132, sctp(sack() + data() + data(tsn=1001)))
    yield eth4(132, sctp(chunk(10, pattern(21)) + data(pattern(5)) + data(pattern(6), tsn=1001)))
    yield eth4(132, sctp(chunk(11) + sack([(2, 3)])))
    yield eth6(132, sctp(chunk(15, u16(1, 1) + pattern(20)) + chunk(0xC1, u32(5) + IPV6_ADDRESS)))
    # Checksums that are wrong, missing, or computed the old way.
    for value in (0, 1, 0xFFFFFFFF, 0xBEEF):
        yield eth4(132, sctp(data(), value=value))
        yield eth6(132, sctp(data(), value=value))
    yield eth4(132, sctp(data(), tag=0))
    yield eth4(132, sctp(data()), flags=1)
    yield eth(0x0800, ip4(132, sctp(data())) + bytes(6))


@capture("sctp-broken")
def broken_packets():
    for length in range(12):
        yield eth4(132, sctp(data())[:length])
    for length in (0, 4, 8, 15, 16, 19, 21, 24, 1000, 65535):
        yield eth4(132, sctp(data(length=length)))
    yield eth4(132, sctp(chunk(11) + data(length=16)))
    for length in range(1, 4):
        yield eth4(132, sctp(data() + pattern(length)))
    yield eth4(132, sctp(data(pattern(5))[:-2]))
    # Behind a length that lies everything may be taken for anything: a few will do.
    for one in list(chunks())[::60]:
        yield eth4(132, sctp(one[:2] + u16(8) + one[4:]))
    for one in list(chunks())[::9]:
        for length in (4, 5, 7, 8, 12):
            if length < len(one):
                yield eth4(132, sctp(one[:length]))
    for length in (0, 100):
        yield eth4(132, sctp(init(parameter(0x1234, pattern(8), length))))
        yield eth4(132, sctp(init(parameter(5, ip(A), length) + IPV6_ADDRESS)))
        yield eth4(132, sctp(chunk(9, parameter(1, u16(7, 0), length))))
        yield eth4(132, sctp(chunk(0x82, parameter(15, u32(1), length))))
        change = parameter(0xC001, u32(9) + IPV4_ADDRESS, length)
        yield eth4(132, sctp(chunk(0xC1, u32(5) + IPV4_ADDRESS + change)))
        yield eth4(132, sctp(chunk(0x80, u32(5) + parameter(0xC005, u32(9), length))))
    for blocks, duplicates in ((3, 0), (0, 3), (1, 9), (65535, 65535)):
        yield eth4(132, sctp(chunk(3, u32(1000, 65535) + u16(blocks, duplicates) + u16(2, 3))))
    whole = eth4(132, sctp(sack([(2, 3)]) + data()))
    yield from (whole[:length] for length in range(34, len(whole)))
