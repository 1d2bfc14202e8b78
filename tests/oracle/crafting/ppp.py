"""PPP, over Ethernet and as a link type, with the protocols that set it up."""

from .build import *
from .labels import stack

PPPOE_DISCOVERY, PPPOE_SESSION = 0x8863, 0x8864
PADI, PADO, PADR, PADS, PADT = 0x09, 0x07, 0x19, 0x65, 0xA7

IP, IPV6, MPLS, MPLS_UPSTREAM = 0x0021, 0x0057, 0x0281, 0x0283
LCP, PAP, CHAP, IPCP, IPV6CP = 0xC021, 0xC023, 0xC223, 0x8021, 0x8057
CONF_REQUEST, CONF_ACK, CONF_NAK, CONF_REJECT = 1, 2, 3, 4


def pppoe(code, payload, session=0, version=0x11, length=None):
    length = len(payload) if length is None else length
    return u8(version, code) + u16(session, length) + payload


def discovery(code, payload, session=0, **fields):
    return eth(PPPOE_DISCOVERY, pppoe(code, payload, session, **fields))


def session(payload, number=0x11, code=0, **fields):
    return eth(PPPOE_SESSION, pppoe(code, payload, number, **fields))


def tag(kind, value=b"", length=None):
    return u16(kind, len(value) if length is None else length) + value


SERVICE, NAME, UNIQUE, COOKIE, VENDOR, RELAY = 0x0101, 0x0102, 0x0103, 0x0104, 0x0105, 0x0110


def tags():
    """Every kind of tag (RFC 2516 appendix A, RFC 4638, RFC 4937, RFC 5578)."""
    yield tag(SERVICE, b"internet")
    yield tag(SERVICE)
    yield tag(NAME, b"access concentrator 1")
    yield tag(NAME, "größe".encode())
    yield tag(NAME, bytes(range(32)))
    yield tag(NAME, b"x" * 100)
    yield tag(UNIQUE, u32(0x12345678))
    yield tag(UNIQUE, b"printable")
    yield tag(COOKIE, bytes(range(0x80, 0xA0)))
    yield tag(RELAY, u64(0x1122334455667788))
    yield tag(0x0120, u16(1500))
    yield tag(0x0111, b"http://192.0.2.1/")
    yield tag(0x0112, b"message of the minute")
    yield tag(0x0121, pattern(16))
    yield tag(0x0201, b"no such service")
    yield tag(0x0201)
    yield tag(0x0202, b"out of memory")
    yield tag(0x0203, b"something else")
    yield tag(0x0203)
    yield tag(0x0106, u16(100, 200))
    yield tag(0x0107, u16(0x0001) + u8(90, 80) + u16(10, 100, 200))
    yield tag(0x0108, u16(7))
    yield tag(0x0109, u16(64))
    yield tag(VENDOR, u32(9) + pattern(5))
    yield tag(VENDOR, u32(0xDE9) + u8(1, 3) + b"abc" + u8(2, 2) + b"de")
    yield tag(VENDOR, u32(0xDE9) + b"".join(u8(kind, 4) + u32(kind * 1000) for kind in range(0x81, 0x8F)))
    yield tag(VENDOR, u32(0xDE9) + u8(0x90, 3, 1, 1, 2))


@capture("pppoe-discovery")
def discoveries():
    names = tag(SERVICE, b"internet") + tag(NAME, b"ac-1") + tag(UNIQUE, u32(0x01020304))
    for code in (PADI, PADO, PADR, PADS, PADT, 0x0A, 0x0B, 0x0C, 0xD3, 0xD4):
        yield discovery(code, names)
        yield discovery(code, b"", 0x1234)
    for one in tags():
        yield discovery(PADI, one)
        yield discovery(PADO, one + tag(0))
        yield discovery(PADR, tag(UNIQUE, b"\1\2") + one)
        yield discovery(PADS, tag(NAME, b"ac") + one + names, 0x1234)
        yield discovery(PADT, one + tag(COOKIE, b"\3\4"), 0x1234)
    yield discovery(PADI, tag(0x0777, pattern(6)))
    # What follows the end of the list, lengths that lie, padding.
    yield discovery(PADI, names + tag(0) + tag(NAME, b"behind"))
    yield discovery(PADI, names, length=len(names) + 20)
    yield discovery(PADI, names, length=len(names) - 3)
    yield discovery(PADI, names + bytes(40), length=len(names))
    yield discovery(PADI, tag(SERVICE, b"net", 40))
    yield discovery(PADI, names + u16(SERVICE))
    yield discovery(PADI, tag(NAME, b"x" * 1480))
    for version in (0x10, 0x01, 0x21, 0x12, 0xFF):
        yield discovery(PADI, names, version=version)
    yield eth(0x8100, vlan(PPPOE_DISCOVERY, pppoe(PADI, names), 7))
    whole = discovery(PADI, names)
    yield from (whole[:length] for length in range(14, len(whole)))


def ppp(protocol, payload):
    return u16(protocol) + payload


def framed(protocol, payload):
    """With the address and the control field (RFC 1662 3.1)."""
    return u8(0xFF, 0x03) + ppp(protocol, payload)


def control(code, data=b"", identifier=1, length=None):
    """A packet of LCP, or of a protocol made like it."""
    return u8(code, identifier) + u16(4 + len(data) if length is None else length) + data


def option(kind, value=b"", length=None):
    return u8(kind, 2 + len(value) if length is None else length) + value


def payloads():
    """Protocols and payloads that every way to carry PPP gets."""
    for kind, packet in inner_packets():
        if kind == 0x0800:
            yield IP, packet
        elif kind == 0x86DD:
            yield IPV6, packet
    yield MPLS, stack(100, 200) + ip4(17, udp(b"hi"))
    yield MPLS_UPSTREAM, stack(100) + ip4(17, udp(b"hi"))
    for protocol in (0x00FD, 0x4021, 0xC029):
        yield protocol, pattern(12)


@capture("pppoe-session")
def sessions():
    for protocol, payload in payloads():
        yield session(ppp(protocol, payload))
        if protocol < 0x100:
            yield session(u8(protocol) + payload)
    packet = ppp(IP, ip4(17, udp(b"hi")))
    yield session(packet, 0)
    yield session(packet, 0xFFFF)
    yield session(packet + bytes(20), length=len(packet))
    yield session(packet, length=len(packet) - 4)
    yield session(packet, length=0)
    for version in (0x10, 0x01, 0x21, 0xFF):
        yield session(packet, version=version)
    yield session(b"")
    yield session(u8(0x21))
    yield session(u8(0))
    yield session(ppp(IP, b""))
    yield eth(0x8100, vlan(PPPOE_SESSION, pppoe(0, packet, 5), 7))
    yield eth(0x88A8, vlan(0x8100, vlan(PPPOE_SESSION, pppoe(0, packet, 5), 7), 8))
    whole = session(packet)
    yield from (whole[:length] for length in range(14, len(whole)))


def link_frames():
    """Frames of the link types of PPP."""
    for protocol, payload in payloads():
        yield framed(protocol, payload)
        yield ppp(protocol, payload)
        if protocol < 0x100:
            yield u8(protocol) + payload
            yield u8(0xFF, 0x03, protocol) + payload
    for protocol, payload in set_ups():
        yield framed(protocol, payload)
    packet = ip4(17, udp(b"hi"))
    whole = framed(IP, packet)
    yield from (whole[:length] for length in range(1, len(whole)))


@capture("ppp", PPP)
def link_ppp():
    yield from link_frames()


@capture("ppp-serial", PPP_SERIAL)
def link_ppp_serial():
    yield from link_frames()


@capture("ppp-ether", PPP_ETHER)
def link_ppp_ether():
    for protocol, payload in payloads():
        yield pppoe(0, ppp(protocol, payload), 0x11)


def lcp_options():
    """Options of the link (RFC 1661, RFC 1570, RFC 1990)."""
    yield option(1, u16(1492))
    yield option(2, u32(0x000A0000))
    yield option(3, u16(PAP))
    yield option(3, u16(CHAP) + u8(5))
    yield option(3, u16(CHAP) + u8(0x81))
    yield option(5, u32(0x12345678))
    yield option(7)
    yield option(8)
    yield option(13, u8(6))
    yield option(17, u16(1500))
    yield option(18)
    yield option(23, u16(7))
    yield option(4, u16(0xC025) + u32(100))


def ipcp_options():
    yield option(1, ip(A) + ip(B))
    yield option(2, u16(0x002D) + u8(15, 1))
    yield option(3, ip(A))
    for kind in (129, 130, 131, 132):
        yield option(kind, ip(B))


def set_ups():
    """Packets of the protocols that set the link and the network layers up."""
    for code in (CONF_REQUEST, CONF_ACK, CONF_NAK, CONF_REJECT):
        yield LCP, control(code, b"".join(lcp_options()))
        yield IPCP, control(code, b"".join(ipcp_options()))
        yield IPV6CP, control(code, option(1, u64(0x0200000AFFFE0001)))
    for one in lcp_options():
        yield LCP, control(CONF_REQUEST, one)
    for one in ipcp_options():
        yield IPCP, control(CONF_REQUEST, one)
    for protocol in (LCP, IPCP, IPV6CP):
        yield protocol, control(CONF_REQUEST)
        yield protocol, control(5)
        yield protocol, control(6)
    yield LCP, control(9, u32(0x12345678))
    yield LCP, control(10, u32(0x12345678))
    yield LCP, control(11, u32(0x12345678))
    for code, name in ((1, b"bob"), (2, b"alice")):
        yield CHAP, control(code, u8(16) + pattern(16) + name)
    yield CHAP, control(3, b"welcome")
    yield CHAP, control(4, b"go away")
    yield PAP, control(1, u8(3) + b"bob" + u8(6) + b"secret")
    yield PAP, control(2, u8(2) + b"ok")
    yield PAP, control(3, u8(2) + b"no")


@capture("ppp-control")
def controls():
    for protocol, payload in set_ups():
        yield session(ppp(protocol, payload))
