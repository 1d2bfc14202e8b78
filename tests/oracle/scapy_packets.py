"""Packets of scapy's of every kind that tapir knows as well, by link type; the same every time."""

import random

from scapy.contrib.mpls import MPLS, EoMCW
from scapy.layers import dhcp, dns, inet, inet6, llmnr, ppp, sctp, vxlan
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import (
    ARP,
    GRE,
    GRE_PPTP,
    LLC,
    CookedLinux,
    CookedLinuxV2,
    Dot1AD,
    Dot1Q,
    Dot3,
    Ether,
    GRErouting,
    Loopback,
)
from scapy.packet import Raw

from scapy_filling import filled, ip4, ip6, mac, name

SEED = 20260102
OF_EACH = 12
NULL, ETHERNET, PPP_HDLC, SLL, SLL2 = 0, 1, 50, 113, 276
# The levels of RFC 791; with others the option has another format.
SECURITY = (0, 0xF135, 0x789A, 0xBC4D, 0x5E26, 0xAF13, 0xD788, 0x6BC5)


def octets(rng, most=16):
    """Some bytes."""
    return rng.randbytes(rng.randint(1, most))


def payload(rng):
    """A datagram that nobody reads on in."""
    return UDP(sport=40000, dport=40001) / Raw(octets(rng))


def links(rng):
    """Link layers."""
    yield ETHERNET, Ether() / Dot1Q() / IP() / payload(rng)
    yield ETHERNET, Ether() / Dot1AD() / Dot1Q() / IPv6() / payload(rng)
    yield ETHERNET, Ether() / ARP(
        hwsrc=mac(rng), psrc=ip4(rng), hwdst=mac(rng), pdst=ip4(rng), op=rng.randint(1, 6)
    )
    yield ETHERNET, Dot3() / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(octets(rng))
    yield NULL, Loopback() / IP() / payload(rng)
    for kind, link in ((CookedLinux, SLL), (CookedLinuxV2, SLL2)):
        yield link, kind(lladdrtype=1, lladdrlen=6, src=rng.randbytes(6) + bytes(2)) / IP() / payload(rng)
    labels = MPLS(s=0, label=77) / MPLS(s=1, label=rng.randrange(16, 1 << 20))
    yield ETHERNET, Ether() / labels / IP() / payload(rng)
    yield ETHERNET, Ether() / MPLS(s=1, label=99) / EoMCW() / Ether() / IP() / payload(rng)


def point_to_point(rng):
    """PPP, on lines and over Ethernet."""
    tags = [
        ppp.PPPoETag(tag_type=kind, tag_value=value)
        for kind, value in (
            (0x0101, b"service"),
            (0x0102, b"concentrator"),
            (0x0103, octets(rng)),
            (0x0104, octets(rng)),
            (0x0110, octets(rng)),
            (0x0203, b"error"),
            (0x7777, octets(rng)),
        )
    ]
    yield ETHERNET, Ether() / ppp.PPPoED(code=9) / ppp.PPPoED_Tags(tag_list=tags)
    session = Ether() / ppp.PPPoE()
    yield ETHERNET, session / ppp.PPP() / IP() / payload(rng)
    configure = ppp.PPP_LCP_Configure(
        code=rng.randint(1, 4),
        options=[
            ppp.PPP_LCP_MRU_Option(),
            ppp.PPP_LCP_ACCM_Option(),
            ppp.PPP_LCP_Auth_Protocol_Option(auth_protocol=0xC223, algorithm=5),
            ppp.PPP_LCP_Quality_Protocol_Option(),
            ppp.PPP_LCP_Magic_Number_Option(),
            ppp.PPP_LCP_Callback_Option(),
        ],
    )
    addresses = [
        getattr(ppp, f"PPP_IPCP_Option_{kind}")(data=ip4(rng))
        for kind in ("IPAddress", "DNS1", "DNS2", "NBNS1", "NBNS2")
    ]
    for control in (
        configure,
        ppp.PPP_LCP_Terminate(code=rng.randint(5, 6)),
        ppp.PPP_LCP_Echo(code=rng.randint(9, 10)),
        ppp.PPP_LCP_Discard_Request(code=11),
        ppp.PPP_LCP_Protocol_Reject(code=8, rejected_information=Raw(octets(rng))),
        ppp.PPP_LCP_Code_Reject(code=7, rejected_packet=ppp.PPP_LCP_Terminate(code=5, data=b"bye")),
        ppp.PPP_IPCP(code=rng.randint(1, 4), options=addresses),
        ppp.PPP_PAP_Request(code=1, username=b"user", password=b"secret"),
        ppp.PPP_PAP_Response(code=rng.randint(2, 3), message=b"welcome"),
        ppp.PPP_CHAP_ChallengeResponse(code=rng.randint(1, 2), optional_name=b"peer"),
        ppp.PPP_CHAP(code=rng.randint(3, 4), data=b"welcome"),
    ):
        yield ETHERNET, session.copy() / ppp.PPP() / control.copy()
        yield PPP_HDLC, ppp.HDLC() / ppp.PPP() / control.copy()


def internet(rng):
    """IPv4 with its options."""
    routers = [ip4(rng) for _ in range(rng.randint(1, 4))]
    for option in (
        inet.IPOption_RR(routers=routers, pointer=rng.choice((4, 8))),
        inet.IPOption_LSRR(routers=routers, pointer=4),
        inet.IPOption_SSRR(routers=routers, pointer=rng.choice((4, 4 * len(routers)))),
        inet.IPOption_Router_Alert(),
        inet.IPOption_MTU_Probe(),
        inet.IPOption_MTU_Reply(),
        inet.IPOption_SDBM(addresses=routers),
        inet.IPOption_Security(security=rng.choice(SECURITY), handling_restrictions=0x4142, transmission_control_code=b"CDE"),
        inet.IPOption_Stream_Id(),
        inet.IPOption_Timestamp(flg=0),
        inet.IPOption_Timestamp(flg=1, pointer=13),
        inet.IPOption_Traceroute(optclass=2),
    ):
        yield ETHERNET, Ether() / IP(options=[inet.IPOption_NOP(), option]) / payload(rng)
    yield ETHERNET, Ether() / IP() / IPv6() / payload(rng)
    yield ETHERNET, Ether() / IP() / IP() / payload(rng)


def control(rng):
    """ICMP."""
    quoted = IP() / UDP(sport=40000, dport=40001) / Raw(b"12345678")
    for kind, codes in ((3, range(16)), (4, (0,)), (5, range(4)), (11, (0, 1)), (12, (0,))):
        for code in codes:
            yield ETHERNET, Ether() / IP() / ICMP(type=kind, code=code) / quoted.copy()
    for kind in (0, 8, 13, 14, 15, 16, 17, 18):
        yield ETHERNET, Ether() / IP() / ICMP(type=kind, code=0)


def segment_items(rng):
    """Items of a segment routing header; in the one with a hash scapy has a wrong length."""
    return [
        inet6.IPv6ExtHdrSegmentRoutingTLVIngressNode(ingress_node=ip6(rng)),
        inet6.IPv6ExtHdrSegmentRoutingTLVEgressNode(egress_node=ip6(rng)),
        inet6.IPv6ExtHdrSegmentRoutingTLVPadN(padding=bytes(rng.randint(0, 5))),
    ]


def internet6(rng):
    """IPv6 with its headers."""
    addresses = [ip6(rng) for _ in range(rng.randint(1, 4))]
    for header in (
        inet6.IPv6ExtHdrHopByHop(options=[inet6.RouterAlert(), inet6.PadN(optdata=bytes(rng.randint(0, 5)))]),
        inet6.IPv6ExtHdrHopByHop(options=[inet6.Pad1(), inet6.HBHOptUnknown(otype=0x3F, optdata=octets(rng))]),
        inet6.IPv6ExtHdrHopByHop(options=[inet6.Jumbo()]),
        inet6.IPv6ExtHdrDestOpt(options=[inet6.HAO()]),
        inet6.IPv6ExtHdrRouting(addresses=addresses, type=0),
        inet6.IPv6ExtHdrRouting(addresses=addresses[:1], type=2),
        inet6.IPv6ExtHdrSegmentRouting(addresses=addresses),
        inet6.IPv6ExtHdrSegmentRouting(addresses=addresses, tlv_objects=segment_items(rng)),
        inet6.IPv6ExtHdrFragment(offset=0),
    ):
        yield ETHERNET, Ether() / IPv6() / header / payload(rng)
    yield ETHERNET, Ether() / IPv6() / IP() / payload(rng)


def neighbours(rng):
    """Neighbour discovery and its options."""
    solicitation = Ether() / IPv6(hlim=255) / inet6.ICMPv6ND_NS()
    for message in ("RS", "RA", "NS", "NA", "Redirect", "INDSol", "INDAdv"):
        yield ETHERNET, Ether() / IPv6(hlim=255) / getattr(inet6, f"ICMPv6ND_{message}")()
    addresses = [ip6(rng) for _ in range(rng.randint(1, 3))]
    for option in (
        inet6.ICMPv6NDOptSrcLLAddr(),
        inet6.ICMPv6NDOptDstLLAddr(),
        inet6.ICMPv6NDOptPrefixInfo(),
        inet6.ICMPv6NDOptRedirectedHdr(pkt=IPv6() / UDP(sport=40000, dport=40001) / Raw(bytes(8))),
        inet6.ICMPv6NDOptMTU(),
        inet6.ICMPv6NDOptShortcutLimit(),
        inet6.ICMPv6NDOptAdvInterval(),
        inet6.ICMPv6NDOptHAInfo(),
        inet6.ICMPv6NDOptSrcAddrList(addrlist=addresses),
        inet6.ICMPv6NDOptTgtAddrList(addrlist=addresses),
        inet6.ICMPv6NDOptIPAddr(optcode=1),
        inet6.ICMPv6NDOptNewRtrPrefix(),
        inet6.ICMPv6NDOptLLA(optcode=1),
        inet6.ICMPv6NDOptMAP(),
        inet6.ICMPv6NDOptRouteInfo(plen=rng.choice((48, 64, 128)), prefix=ip6(rng), len=3),
        inet6.ICMPv6NDOptRDNSS(dns=addresses),
        inet6.ICMPv6NDOptDNSSL(searchlist=[name(rng) for _ in addresses]),
        inet6.ICMPv6NDOptEFA(),
    ):
        yield ETHERNET, solicitation.copy() / option


def control6(rng):
    """ICMPv6."""
    quoted = IPv6() / UDP(sport=40000, dport=40001) / Raw(b"12345678")
    for message in (
        inet6.ICMPv6DestUnreach(length=0),
        inet6.ICMPv6PacketTooBig(),
        inet6.ICMPv6TimeExceeded(length=0),
        inet6.ICMPv6ParamProblem(),
    ):
        yield ETHERNET, Ether() / IPv6() / message / quoted.copy()
    sources = [ip6(rng) for _ in range(rng.randint(1, 3))]
    records = [
        inet6.ICMPv6MLDMultAddrRec(rtype=rng.randint(1, 6), sources=sources, auxdata=b""),
        inet6.ICMPv6MLDMultAddrRec(rtype=rng.randint(1, 6), auxdata=b""),
    ]
    for message in (
        inet6.ICMPv6EchoRequest(),
        inet6.ICMPv6EchoReply(),
        inet6.ICMPv6MLQuery(),
        inet6.ICMPv6MLReport(),
        inet6.ICMPv6MLDone(),
        inet6.ICMPv6MLQuery2(sources=sources),
        inet6.ICMPv6MLReport2(records=records),
        inet6.ICMPv6MRD_Advertisement(),
        inet6.ICMPv6MRD_Solicitation(),
        inet6.ICMPv6MRD_Termination(),
        inet6.ICMPv6HAADRequest(),
        inet6.ICMPv6HAADReply(addresses=sources),
        inet6.ICMPv6MPSol(),
        inet6.ICMPv6MPAdv(),
        inet6.ICMPv6NIQueryNOOP(),
        inet6.ICMPv6NIQueryName(data="host.example."),
        inet6.ICMPv6NIQueryIPv6(data=ip6(rng)),
        inet6.ICMPv6NIQueryIPv4(data=ip4(rng)),
        inet6.ICMPv6NIReplyNOOP(),
        inet6.ICMPv6NIReplyRefuse(),
        inet6.ICMPv6NIReplyUnknown(),
        inet6.ICMPv6NIReplyIPv6(data=[(7, ip6(rng)), (8, ip6(rng))]),
        inet6.ICMPv6NIReplyIPv4(data=[(9, ip4(rng))]),
    ):
        yield ETHERNET, Ether() / IPv6() / message


def tcp(rng):
    """TCP and its options."""
    number = lambda: rng.getrandbits(32)  # noqa: E731
    for options in (
        [("MSS", rng.getrandbits(16)), ("NOP", None), ("WScale", rng.randint(0, 14)), ("SAckOK", b"")],
        [("Timestamp", (number(), number())), ("NOP", None), ("NOP", None)],
        [("SAck", tuple(number() for _ in range(2 * rng.randint(1, 4)))), ("NOP", None)],
        [("UTO", rng.getrandbits(16))],
        [("TFO", (number(), number()))],
        [("AO", inet.TCPAOValue(keyid=rng.randrange(256), rnextkeyid=rng.randrange(256), mac=octets(rng)))],
        [(200, octets(rng)), ("EOL", None)],
    ):
        yield ETHERNET, Ether() / IP() / TCP(sport=40000, dport=40001, options=options) / Raw(octets(rng))


def streams(rng):
    """SCTP."""
    parameters = [
        sctp.SCTPChunkParamIPv4Addr(),
        sctp.SCTPChunkParamIPv6Addr(),
        sctp.SCTPChunkParamStateCookie(),
        sctp.SCTPChunkParamCookiePreservative(),
        sctp.SCTPChunkParamHostname(hostname=b"host.example"),
        sctp.SCTPChunkParamSupportedAddrTypes(addr_type_list=[5, 6]),
        sctp.SCTPChunkParamECNCapable(),
        sctp.SCTPChunkParamFwdTSN(),
        sctp.SCTPChunkParamRandom(random=rng.randbytes(32)),
        sctp.SCTPChunkParamChunkList(chunk_list=[0x80, 0xC1]),
        sctp.SCTPChunkParamRequestedHMACFunctions(HMAC_functions_list=[1, 3]),
        sctp.SCTPChunkParamSupportedExtensions(supported_extensions=[0x80, 0xC1, 0x0F]),
        sctp.SCTPChunkParamAdaptationLayer(),
    ]
    changes = [
        sctp.SCTPChunkParamAddIPAddr(addr_type=5, addr=ip4(rng)),
        sctp.SCTPChunkParamDelIPAddr(addr_type=6, addr=ip6(rng)),
        sctp.SCTPChunkParamSetPrimaryAddr(addr_type=5, addr=ip4(rng)),
    ]
    for chunk in (
        sctp.SCTPChunkData(data=octets(rng)),
        sctp.SCTPChunkInit(params=parameters),
        sctp.SCTPChunkInitAck(params=parameters[:4]),
        sctp.SCTPChunkSACK(
            gap_ack_list=["2:3", f"5:{rng.randint(6, 60000)}"],
            dup_tsn_list=[rng.getrandbits(32) for _ in range(rng.randint(0, 3))],
        ),
        sctp.SCTPChunkHeartbeatReq(params=[sctp.SCTPChunkParamHeartbeatInfo()]),
        sctp.SCTPChunkHeartbeatAck(params=[sctp.SCTPChunkParamHeartbeatInfo()]),
        sctp.SCTPChunkAbort(error_causes=b""),
        sctp.SCTPChunkShutdown(),
        sctp.SCTPChunkShutdownAck(),
        sctp.SCTPChunkError(error_causes=b""),
        sctp.SCTPChunkCookieEcho(),
        sctp.SCTPChunkCookieAck(),
        sctp.SCTPChunkShutdownComplete(),
        sctp.SCTPChunkAuthentication(HMAC=rng.randbytes(20)),
        sctp.SCTPChunkAddressConf(params=changes),
        sctp.SCTPChunkAddressConfAck(params=[sctp.SCTPChunkParamSuccessIndication()]),
    ):
        yield ETHERNET, Ether() / IP() / sctp.SCTP() / chunk


def tunnels(rng):
    """GRE and VXLAN."""
    for bits in range(8):
        gre = GRE(chksum_present=bits & 1, key_present=bits >> 1 & 1, seqnum_present=bits >> 2)
        yield ETHERNET, Ether() / IP() / gre / IP() / payload(rng)
    source_route = GRErouting(address_family=0x800, routing_info=rng.randbytes(8)) / GRErouting(SRE_len=0, routing_info=b"")
    yield ETHERNET, Ether() / IP() / GRE(routing_present=1) / source_route / IP() / payload(rng)
    for bits in range(4):
        pptp = GRE_PPTP(
            seqnum_present=bits & 1,
            sequence_number=rng.getrandbits(32),
            acknum_present=bits >> 1,
            ack_number=rng.getrandbits(32),
            call_id=rng.getrandbits(16),
        )
        yield ETHERNET, Ether() / IP() / pptp / Raw(octets(rng))
    for flags in (0x08, 0x88):
        yield ETHERNET, Ether() / IPv6() / UDP(sport=40000, dport=4789) / vxlan.VXLAN(
            flags=flags
        ) / Ether() / IP() / payload(rng)


def records(rng):
    """Records of every kind scapy has a class for, and of some that it reads without."""
    number = lambda bits: rng.getrandbits(bits)  # noqa: E731
    yield from (
        dns.DNSRR(type=kind, rdata=data)
        for kind, data in (
            ("A", ip4(rng)),
            ("AAAA", ip6(rng)),
            ("NS", name(rng)),
            ("CNAME", name(rng)),
            ("PTR", name(rng)),
            ("TXT", [b"one", b"two words"]),
        )
    )
    yield dns.DNSRRSOA()
    yield dns.DNSRRMX(type="MX", preference=number(16), exchange=name(rng))
    yield dns.DNSRRSRV(rrname="_sip._udp.example.")
    yield dns.DNSRRDS(digest=rng.randbytes(32))
    yield dns.DNSRRDLV(digest=rng.randbytes(32))
    yield dns.DNSRRDNSKEY(publickey=rng.randbytes(64))
    yield dns.DNSRRRSIG(signature=rng.randbytes(64), expiration=number(31), inception=number(31))
    yield dns.DNSRRNSEC(typebitmaps=[1, 2, 15])
    salt = octets(rng)
    yield dns.DNSRRNSEC3(
        saltlength=len(salt),
        salt=salt,
        hashlength=20,
        nexthashedownername=rng.randbytes(20),
        typebitmaps=[1, 46],
    )
    yield dns.DNSRRNSEC3PARAM(saltlength=len(salt), salt=salt)
    yield dns.DNSRRTSIG(
        time_signed=number(31), mac_len=20, mac_data=rng.randbytes(20), other_len=0, other_data=""
    )


def names(rng):
    """DNS."""
    question = dns.DNSQR(qtype=rng.randint(1, 50), qclass=1)
    for record in records(rng):
        message = dns.DNS(opcode=0, rcode=0, qr=1, qd=question, an=record)
        message.ancount = message.qdcount = 1
        yield ETHERNET, Ether() / IP() / UDP(sport=53, dport=40001) / message.copy()
        if type(record) is dns.DNSRR:
            yield ETHERNET, Ether() / IP() / UDP(sport=5353, dport=5353) / message.copy()
    message = dict(opcode=0, rcode=0, qdcount=1, qd=question)
    for query in (llmnr.LLMNRQuery(qr=0, **message), llmnr.LLMNRResponse(qr=1, **message)):
        ports = dict(sport=40001, dport=5355) if not query.qr else dict(sport=5355, dport=40001)
        yield ETHERNET, Ether() / IP() / UDP(**ports) / query
    options = [
        dns.EDNS0TLV(optcode=65001, optdata=octets(rng)),
        dns.EDNS0ClientSubnet(optcode=8, family=1, source_plen=24, address="192.0.2.0"),
    ]
    for transport in (UDP(sport=40001, dport=53), TCP(sport=40001, dport=53)):
        message = dns.DNS(opcode=0, rcode=0, qd=question, ar=dns.DNSRROPT(rrname=".", rdata=options))
        yield ETHERNET, Ether() / IPv6() / transport / message.copy()


def leases(rng):
    """DHCP."""
    options = [
        ("message-type", rng.randint(1, 8)),
        ("subnet_mask", ip4(rng)),
        ("router", ip4(rng), ip4(rng)),
        ("name_server", ip4(rng)),
        ("NTP_server", ip4(rng)),
        ("hostname", b"host"),
        ("domain", b"example.com"),
        ("broadcast_address", ip4(rng)),
        ("requested_addr", ip4(rng)),
        ("lease_time", rng.getrandbits(32)),
        ("renewal_time", rng.getrandbits(32)),
        ("rebinding_time", rng.getrandbits(32)),
        ("server_id", ip4(rng)),
        ("max_dhcp_size", rng.randint(576, 1500)),
        ("vendor_class_id", b"vendor"),
        ("param_req_list", [1, 3, 6, 15]),
        ("error_message", b"message"),
        "end",
    ]
    bootp = dhcp.BOOTP(sname=b"server", file=b"file", chaddr=rng.randbytes(6), op=rng.randint(1, 2))
    yield ETHERNET, Ether() / IP() / UDP(sport=67, dport=68) / bootp / dhcp.DHCP(options=options)


KINDS = (
    links, point_to_point, internet, control, internet6, neighbours, control6, tcp, streams, tunnels,
    names, leases,
)  # fmt: skip


def packets():
    """(link type, bytes) of every packet."""
    rng = random.Random(SEED)
    for _ in range(OF_EACH):
        for kind in KINDS:
            for link, packet in kind(rng):
                yield link, bytes(filled(packet, rng))
