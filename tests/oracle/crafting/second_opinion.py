"""Packets built by scapy: the same protocols through somebody else's eyes."""

import logging

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.config import conf  # noqa: E402

conf.verb = 0

from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRROPT, DNSRRSOA, DNSRRSRV  # noqa: E402
from scapy.layers.dns import DNSRRDS, DNSRRNSEC, DNSRRRSIG, EDNS0TLV  # noqa: E402
from scapy.layers.inet import (  # noqa: E402
    ICMP,
    IP,
    IPOption_LSRR,
    IPOption_MTU_Probe,
    IPOption_RR,
    IPOption_Router_Alert,
    IPOption_Security,
    IPOption_SSRR,
    IPOption_Stream_Id,
    IPOption_Timestamp,
    IPOption_Traceroute,
    TCP,
    UDP,
)
from scapy.layers.inet6 import (  # noqa: E402
    HAO,
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLDone,
    ICMPv6MLQuery,
    ICMPv6MLQuery2,
    ICMPv6MLReport,
    ICMPv6MLReport2,
    ICMPv6MLDMultAddrRec,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6ND_RS,
    ICMPv6NDOptDNSSL,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptRouteInfo,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6NIQueryIPv6,
    ICMPv6PacketTooBig,
    ICMPv6ParamProblem,
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    IPv6ExtHdrSegmentRouting,
    Jumbo,
    PadN,
    RouterAlert,
)
from scapy.layers.l2 import ARP, GRE, Dot1Q, Ether  # noqa: E402
from scapy.layers.vxlan import VXLAN  # noqa: E402
from scapy.packet import Raw  # noqa: E402

ETHER = {"src": "02:00:00:00:00:0a", "dst": "02:00:00:00:00:0b"}
FOUR = {"src": "192.0.2.1", "dst": "198.51.100.2", "id": 77}
SIX = {"src": "2001:db8::1", "dst": "2001:db8:0:1::2"}


def layers():
    four, six = IP(**FOUR), IPv6(**SIX)
    small = UDP(sport=40000, dport=40001) / Raw(b"scapy")
    yield ARP(hwsrc=ETHER["src"], psrc=FOUR["src"], pdst=FOUR["dst"])
    yield ARP(op=2, hwsrc=ETHER["src"], psrc=FOUR["src"], hwdst=ETHER["dst"], pdst=FOUR["dst"])
    yield Dot1Q(vlan=5, prio=3) / Dot1Q(vlan=6) / four / small
    for option in (
        IPOption_RR(routers=["203.0.113.1", "0.0.0.0"], pointer=8),
        IPOption_LSRR(routers=["203.0.113.1", "203.0.113.2"]),
        IPOption_SSRR(routers=["203.0.113.1"]),
        IPOption_Router_Alert(),
        IPOption_Security(security=0x6BC5),
        IPOption_Stream_Id(security=9),
        IPOption_MTU_Probe(mtu=1400),
        IPOption_Traceroute(optclass=2, id=3, outbound_hops=1, return_hops=2, originator_ip="192.0.2.1"),
        IPOption_Timestamp(flg=1, internet_address="203.0.113.9", timestamp=1000),
    ):
        yield IP(options=[option], **FOUR) / small
    quoted = IP(**FOUR) / UDP(sport=1000, dport=2000) / Raw(b"12345678")
    for kind, code in ((3, 0), (3, 1), (3, 3), (3, 4), (4, 0), (5, 1), (11, 0), (12, 0)):
        yield four / ICMP(type=kind, code=code, gw="203.0.113.1") / quoted
    yield four / ICMP(type=13, id=1, seq=2, ts_ori=1, ts_rx=2, ts_tx=3)
    yield four / ICMP(type=17, id=1, seq=2, addr_mask="255.255.0.0")
    options = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (7, 0)), ("NOP", None), ("WScale", 7)]
    yield four / TCP(sport=40000, dport=40001, flags="S", options=options)
    yield four / TCP(sport=40000, dport=40001, flags="A", options=[("SAck", (1, 2, 5, 9))])
    yield four / TCP(
        sport=40000, dport=40001, flags="SE", options=[("AltChkSum", (1, 2)), ("UTO", 7)]
    )
    yield four / GRE(chksum_present=1, key_present=1, key=9, seqnum_present=1) / IP(**FOUR) / small
    yield four / UDP(sport=50000, dport=4789) / VXLAN(vni=7) / Ether(**ETHER) / six / small
    yield six / IPv6ExtHdrHopByHop(options=[RouterAlert(value=0), PadN(optdata=b"")]) / small
    yield six / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=70000)]) / small
    yield six / IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::77")]) / small
    yield six / IPv6ExtHdrRouting(addresses=["2001:db8::8"], segleft=1) / small
    yield six / IPv6ExtHdrSegmentRouting(
        addresses=["2001:db8::8", "2001:db8::9"], segleft=1, lastentry=1
    ) / small
    yield six / IPv6ExtHdrFragment(m=1, offset=0, id=5) / small
    quoted6 = IPv6(**SIX) / UDP(sport=1000, dport=2000) / Raw(b"12345678")
    for error in (
        ICMPv6DestUnreach(code=4),
        ICMPv6PacketTooBig(mtu=1280),
        ICMPv6TimeExceeded(),
        ICMPv6ParamProblem(code=1, ptr=6),
    ):
        yield six / error / quoted6
    yield six / ICMPv6EchoRequest(id=1, seq=2, data=b"abc")
    yield six / ICMPv6EchoReply(id=1, seq=2, data=b"abc")
    link = IPv6(src="fe80::a", dst="ff02::1", hlim=255)
    target = "fe80::99"
    options = (
        ICMPv6NDOptSrcLLAddr(lladdr=ETHER["src"])
        / ICMPv6NDOptPrefixInfo(prefix="2001:db8::", prefixlen=64)
        / ICMPv6NDOptMTU(mtu=1400)
        / ICMPv6NDOptRDNSS(dns=["2001:db8::53"], lifetime=60)
        / ICMPv6NDOptDNSSL(searchlist=["example.com", "lab.example.org"], lifetime=60)
        / ICMPv6NDOptRouteInfo(prefix="2001:db8:7::", plen=48, len=3)
    )
    yield link / ICMPv6ND_RA(routerlifetime=600) / options
    yield link / ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(lladdr=ETHER["src"])
    yield link / ICMPv6ND_NS(tgt=target) / ICMPv6NDOptSrcLLAddr(lladdr=ETHER["src"])
    yield link / ICMPv6ND_NA(tgt=target) / ICMPv6NDOptDstLLAddr(lladdr=ETHER["src"])
    yield link / ICMPv6ND_Redirect(tgt=target, dst="2001:db8::9")
    group = "ff02::1:2"
    for message in (
        ICMPv6MLQuery(mladdr=group),
        ICMPv6MLReport(mladdr=group),
        ICMPv6MLDone(mladdr=group),
        ICMPv6MLQuery2(mladdr=group, sources=["2001:db8::1"]),
        ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(rtype=4, dst=group)]),
    ):
        yield link / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / message
    yield six / ICMPv6NIQueryIPv6(nonce=b"12345678", data="2001:db8::1")
    ask = DNSQR(qname="www.example.com", qtype="A")
    answer = DNSRR(rrname="www.example.com", type="A", ttl=60, rdata="192.0.2.80")
    records = (
        answer,
        DNSRR(rrname="example.com", type="TXT", ttl=60, rdata=[b"one", b"two"]),
        DNSRRSOA(rrname="example.com", mname="ns.example.com", rname="admin.example.com", serial=1),
        DNSRRSRV(rrname="_sip._udp.example.com", port=5060, target="sip.example.com"),
        DNSRRDS(rrname="example.com", keytag=1, algorithm=13, digesttype=2, digest=b"d" * 32),
        DNSRRNSEC(rrname="example.com", nextname="a.example.com", typebitmaps=[1, 15]),
        DNSRRRSIG(
            rrname="example.com",
            typecovered=1,
            algorithm=13,
            labels=2,
            originalttl=60,
            expiration=1767323045,
            inception=1764731045,
            keytag=7,
            signersname="example.com",
            signature=b"s" * 32,
        ),
    )
    yield four / UDP(sport=40000, dport=53) / DNS(
        id=1,
        rd=1,
        qd=ask,
        ar=DNSRROPT(rclass=1232, rdata=[EDNS0TLV(optcode=10, optdata=b"12345678")]),
    )
    for record in records:
        yield four / UDP(sport=53, dport=40000) / DNS(id=1, qr=1, aa=1, qd=ask, an=record)
    yield four / TCP(sport=40000, dport=53, flags="PA") / DNS(id=1, rd=1, qd=ask, length=None)


def packets():
    """Every packet as bytes, in an Ethernet frame."""
    return [bytes(Ether(**ETHER) / packet) for packet in layers()]
