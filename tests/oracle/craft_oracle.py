#!/usr/bin/python3
"""What tapir craft makes of a text, read by tshark: whole, with right checksums and the values that were
given; and compared byte by byte with what scapy makes of the same expression. Prints TAP.
usage: craft_oracle.py --tapir TAPIR"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import Skip, main, need, test  # noqa: E402

PARSER = argparse.ArgumentParser()
PARSER.add_argument("--tapir", required=True)
TAPIR = PARSER.parse_args().tapir

# Stacks: layers with fields by Wireshark's names, which tshark has to read as they were given.

ETH = ("eth", {"eth.dst": "02:00:00:00:00:02", "eth.src": "02:00:00:00:00:01"})
LINKS = [
    [],
    [("vlan", {"vlan.id": 42, "vlan.priority": 5})],
    [("ieee8021ad", {"ieee8021ad.id": 7}), ("vlan", {"vlan.id": 42})],
    [("mpls", {"mpls.label": 16, "mpls.exp": 3, "mpls.ttl": 9}), ("mpls", {"mpls.label": 1000})],
    [("pppoes", {"pppoe.session_id": 0x1122}), ("ppp", {})],
]
NETWORKS = [
    [("ip", {"ip.src": "10.0.0.1", "ip.dst": "10.0.0.2", "ip.ttl": 9, "ip.id": 0x1234})],
    [("ip", {"ip.src": "10.0.0.1", "ip.dst": "192.0.2.2", "ip.dsfield": 0xB8, "options": "[router_alert(0)]"})],
    [("ipv6", {"ipv6.src": "2001:db8::1", "ipv6.dst": "2001:db8::2", "ipv6.hlim": 9, "ipv6.flow": 0x12345})],
    [("ipv6", {"ipv6.src": "2001:db8::1", "ipv6.dst": "2001:db8::2"}),
     ("ipv6.hopopts", {"options": "[router_alert(0)]"}), ("ipv6.dstopts", {"options": "[padn(4)]"})],
]
TRANSPORTS = [
    [("udp", {"udp.srcport": 40000, "udp.dstport": 40001}), '"hello"'],
    [("tcp", {"tcp.srcport": 40000, "tcp.dstport": 40001, "tcp.flags.syn": 1, "tcp.seq": 7,
              "options": "[mss(1400),nop,window_scale(7),sack_permitted,timestamps(1,2)]"})],
    [("tcp", {"tcp.srcport": 40000, "tcp.dstport": 40001, "tcp.flags": 0x18, "tcp.window_size_value": 99}),
     '"odd"'],
    [("sctp", {"sctp.srcport": 40000, "sctp.dstport": 40001, "sctp.verification_tag": 0x01020304,
               "sctp.chunks": "0x0b000004"})],
    [("udp", {"udp.dstport": 53}), ("dns", {"dns.id": 0x4321, "qd": "question(example.com,AAAA)",
                                            "dns.flags.recdesired": 1})],
    [("udp", {"udp.srcport": 53}),
     ("dns", {"dns.id": 9, "dns.flags.response": 1, "qd": "question(a.example)",
              "an": "[a(a.example,10.0.0.1,60),mx(a.example,10,b.example),txt(a.example,60,'x','yz')]",
              "ar": "opt(1232)"})],
]
TUNNELS = [
    [("gre", {"gre.key": 77}), ("ip", {"ip.src": "10.9.0.1", "ip.dst": "10.9.0.2"}), ("icmp", {"icmp.seq": 3})],
    [("udp", {"udp.dstport": 4789}), ("vxlan", {"vxlan.vni": 4242}), ETH,
     ("ip", {"ip.src": "10.9.0.1", "ip.dst": "10.9.0.2"}), ("tcp", {"tcp.dstport": 40001}), '"x"*100'],
    [("ip", {"ip.src": "10.9.0.1", "ip.dst": "10.9.0.2"}), ("udp", {"udp.dstport": 40001})],
    [("ipv6", {"ipv6.src": "2001:db8:9::1", "ipv6.dst": "2001:db8:9::2"}), ("udp", {"udp.dstport": 40001}), '""'],
]
ALONE = [
    [ETH, ("arp", {"arp.opcode": 2, "arp.src.hw_mac": "02:00:00:00:00:01", "arp.src.proto_ipv4": "10.0.0.1",
                   "arp.dst.proto_ipv4": "10.0.0.2"})],
    [ETH, NETWORKS[0][0], ("icmp", {"icmp.type": 8, "icmp.ident": 7, "icmp.seq": 8}), '"ping"'],
    [ETH, NETWORKS[0][0], ("icmp", {"icmp.type": 3, "icmp.code": 4, "icmp.mtu": 1400}), NETWORKS[0][0],
     ("udp", {"udp.dstport": 40001})],
    [ETH, NETWORKS[2][0], ("icmpv6", {"icmpv6.type": 128, "icmpv6.echo.identifier": 7}), '"ping"'],
    [ETH, ("ipv6", {"ipv6.src": "fe80::1", "ipv6.dst": "ff02::1:ff00:2", "ipv6.hlim": 255}),
     ("icmpv6", {"icmpv6.type": 135, "icmpv6.nd.ns.target_address": "fe80::2",
                 "options": "[source_link_address(02:00:00:00:00:01)]"})],
    [ETH, ("ipv6", {"ipv6.src": "fe80::1", "ipv6.dst": "ff02::1", "ipv6.hlim": 255}),
     ("icmpv6", {"icmpv6.type": 134, "icmpv6.nd.ra.router_lifetime": 1800,
                 "options": "[prefix(2001:db8::,64),mtu(1400),dns_servers(60,2001:db8::53),"
                            "dns_search(60,example.com),route(2001:db8:1::,48)]"})],
    [ETH, ("ipv6", {"ipv6.src": "fe80::1", "ipv6.dst": "ff02::16", "ipv6.hlim": 1}),
     ("ipv6.hopopts", {"options": "[router_alert(0)]"}),
     ("icmpv6", {"icmpv6.type": 143, "records": "[record(4,ff02::1:3)]"})],
    [ETH, NETWORKS[0][0], ("udp", {}),
     ("dhcp", {"dhcp.id": 0x01020304, "dhcp.ip.client": "10.0.0.9", "dhcp.hw.mac_addr": "02:00:00:00:00:01",
               "options": "[message_type(request),host_name(lamp),parameter_list(1,3,6,15),"
                          "requested_address(10.0.0.9),client_id(02:00:00:00:00:01),max_size(1500),"
                          "vendor_class(tapir),full_name(lamp.example.com),end]"})],
    [ETH, NETWORKS[2][0], ("ipv6.fraghdr", {"ipv6.fraghdr.ident": 5}), ("udp", {"udp.dstport": 40001}), '"x"'],
    [ETH, ("pppoed", {"pppoe.code": 9})],
    [ETH, ("pppoed", {"pppoe.code": 9, "tags": "[service_name,host_uniq(0x01020304),max_payload(1500),end]"})],
    [ETH, ("pppoed", {"pppoe.code": 7, "tags": "[service_name(isp),ac_name(ac-1),ac_cookie(0xbeef),"
                                               "relay_session(0x0102),vendor(3561,0x0103616263),tag(0x777,0x01)]"})],
    [ETH, ("pppoed", {"pppoe.code": 0x65, "tags": "[service_error(none),ac_error(full),generic_error(no)]"})],
    [ETH, NETWORKS[0][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks": "[init(0x1234,65536,10,9,7,["
                                    "ipv4(10.0.0.1),ipv6(2001:db8::1),cookie_preservative(100),"
                                    "address_types(ipv4,ipv6),ecn,forward_tsn,random('12345'),"
                                    "chunks(asconf),hmacs(sha-256),"
                                    "extensions(192,193,130),adaptation(7),hostname(lamp)])]"})],
    [ETH, NETWORKS[2][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks":
                                    "[init_ack(1,2,3,4,5,[cookie('abcde'),unrecognized(0xc0ff0004)])]"})],
    [ETH, NETWORKS[0][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks":
                                    "[cookie_echo('abc'),data('hello',7,3,4,51),i_data('x',8,message=3)]"})],
    [ETH, NETWORKS[0][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks":
                                    "[cookie_ack,sack(9,1000,[gap(2,3),gap(5,5)],[duplicate(8)]),heartbeat('abc'),"
                                    "heartbeat_ack('four'),ecne(9),cwr(9)]"})],
    [ETH, NETWORKS[0][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks":
                                    "[error([stream(7),stale_cookie(1),no_data(3),parameters(ecn),shutting_down]),"
                                    "abort([missing_parameter(7),restart(ipv4(10.0.0.1)),user_abort('bye')],1)]"})],
    [ETH, NETWORKS[0][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks": "[shutdown(9)]"})],
    [ETH, NETWORKS[0][0], ("sctp", {"sctp.srcport": 40000, "sctp.dstport": 9, "chunks":
                                    "[shutdown_ack,shutdown_complete(1)]"})],
    [ETH, NETWORKS[0][0], ("tcp", {"tcp.dstport": 53}), ("dns", {"dns.id": 3, "qd": "question(example.com,A)"})],
]


def stacks():
    for link, network, transport in itertools.product(LINKS, NETWORKS, TRANSPORTS):
        yield [ETH, *link, *network, *transport]
    for link, network, tunnel in itertools.product(LINKS[:4], NETWORKS, TUNNELS):
        yield [ETH, *link, *network, *tunnel]
    yield from ALONE


def text_of(stack):
    return "/".join(part if isinstance(part, str) else
                    f"{part[0]}({','.join(f'{name}={value}' for name, value in part[1].items())})"
                    for part in stack)


def given(stack):
    """(field, value) in order, of fields by Wireshark's names."""
    return [(name, str(value)) for part in stack if not isinstance(part, str)
            for name, value in part[1].items() if "." in name and name != "sctp.chunks"]


def same(one, other):
    try:
        return int(one, 0) == int(other, 0)
    except ValueError:
        return {"True": "1", "False": "0"}.get(one, one) == other


def craft(*arguments):
    done = subprocess.run([TAPIR, "craft", *arguments], capture_output=True, text=True, timeout=60)
    need(done.returncode == 0, f"{arguments}: {done.stderr}")
    return done.stdout


CHECKSUMS = ["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status",
             "icmpv6.checksum.status", "sctp.checksum.status"]
GOOD = ("1", "3")  # right; not there


def read_by_tshark(path, names):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
    for preference in ("ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE",
                       "sctp.checksum:CRC 32c", "tcp.analyze_sequence_numbers:FALSE"):
        command += ["-o", preference]
    for name in names:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    need(done.returncode == 0, done.stderr)
    return [dict(zip(names, (values.split("|") if values else [] for values in line.split("\t"))))
            for line in done.stdout.splitlines()]


@test
def tshark_reads_what_was_given():
    if not shutil.which("tshark"):
        raise Skip("no tshark")
    wanted = list(stacks())
    need(len(wanted) >= 190, len(wanted))
    names = ["_ws.malformed", "frame.protocols"] + CHECKSUMS
    names += sorted({name for stack in wanted for name, _ in given(stack)})
    with tempfile.TemporaryDirectory() as scratch:
        texts, path = os.path.join(scratch, "texts"), os.path.join(scratch, "made.pcapng")
        with open(texts, "w", encoding="utf-8") as file:
            file.write("\n".join(text_of(stack) for stack in wanted) + "\n")
        craft("-f", texts, "-w", path)
        packets = read_by_tshark(path, names)
    need(len(packets) == len(wanted), f"{len(packets)} of {len(wanted)} packets")
    wrong = []
    for stack, packet in zip(wanted, packets):
        if packet["_ws.malformed"]:
            wrong.append(f"{text_of(stack)}: malformed")
        wrong += [f"{text_of(stack)}: {name} {packet[name]}" for name in CHECKSUMS
                  if any(status not in GOOD for status in packet[name])]
        for name in {name for name, _ in given(stack)}:
            expected = [value for other, value in given(stack) if other == name]
            actual = packet[name]
            if not all(any(same(value, found) for found in actual) for value in expected):
                wrong.append(f"{text_of(stack)}: {name} is {actual}, given was {expected}")
    need(not wrong, f"{len(wrong)} differences\n" + "\n".join(wrong[:20]))


# Expressions that both understand. Where defaults differ the value is given.

ETHER = "Ether(dst='02:00:00:00:00:02',src='02:00:00:00:00:01')"
SCAPY_LINKS = [ETHER, ETHER + "/Dot1Q(vlan=5,prio=3)", ETHER + "/Dot1AD(vlan=5)/Dot1Q(vlan=6)"]
SCAPY_NETWORKS = [
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)", "IP(src='10.0.0.1',dst='10.0.0.2',id=0x4321,flags='DF',ttl=3,tos=0xb8)",
    "IPv6(src='2001:db8::1',dst='2001:db8::2')", "IPv6(src='fe80::1',dst='ff02::1',hlim=255,tc=3,fl=77)",
]
SCAPY_TRANSPORTS = [
    "UDP(sport=1,dport=2)", "UDP(sport=1,dport=2)/'hello'", "UDP(sport=1,dport=2,chksum=0x1234,len=9)/b'hello'",
    "TCP(sport=1,dport=2,flags='S',window=8192)", "TCP(sport=1,dport=2,flags='PA',seq=5,ack=6,window=1,urgptr=7)/'x'",
    "TCP(sport=1,dport=2,flags='SA',window=8192,options=[('MSS',1460),('NOP',None),('WScale',7),('SAckOK',b''),"
    "('Timestamp',(1,2))])",
    "TCP(sport=1,dport=2,flags='A',window=8192,options=[('NOP',None),('NOP',None),('SAck',(1,2))])/'odd'",
    "TCP(sport=1,dport=2,flags='FRUECN',window=8192,dataofs=9,chksum=1)/'wrong'",
    "SCTP(sport=1,dport=2,tag=3)",
    "SCTP(sport=1,dport=2,tag=3)/SCTPChunkInit(init_tag=1,a_rwnd=2,n_out_streams=3,n_in_streams=4,init_tsn=5,"
    "params=[SCTPChunkParamIPv4Addr(addr='10.0.0.1'),SCTPChunkParamECNCapable(),SCTPChunkParamFwdTSN()])",
    "SCTP(sport=1,dport=2,tag=3)/SCTPChunkCookieEcho(cookie='four')/SCTPChunkShutdown(cumul_tsn_ack=9)",
    "SCTP(sport=1,dport=2,tag=3)/SCTPChunkShutdownAck()/SCTPChunkAbort(error_causes=b'\\0\\x04\\0\\x04')",
    "UDP(sport=1,dport=53)/DNS(id=5,rd=1,qd=DNSQR(qname='example.com',qtype='AAAA'))",
    "UDP(sport=53,dport=1)/DNS(id=5,qr=1,aa=1,rd=0,qd=DNSQR(qname='example.com',qtype='A'),"
    "an=DNSRR(rrname='example.com',type='A',rdata='10.0.0.1',ttl=60)/"
    "DNSRR(rrname='b.example',type='AAAA',rdata='2001:db8::1',ttl=5))",
]
SCAPY_ALONE = [
    ETHER + "/ARP(op=1,hwsrc='02:00:00:00:00:01',psrc='10.0.0.1',hwdst='00:00:00:00:00:00',pdst='10.0.0.2')",
    ETHER + "/ARP(op='is-at',hwsrc='02:00:00:00:00:01',psrc='10.0.0.1',hwdst='02:00:00:00:00:02',pdst='10.0.0.2')",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/ICMP(id=3,seq=4)/'ping'",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/ICMP(type=3,code=4,nexthopmtu=1400)"
    "/IP(src='10.0.0.2',dst='10.0.0.1',id=2)/UDP(sport=1,dport=2)",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/ICMP(type=5,code=1,gw='10.0.0.9')",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/GRE()/IP(src='10.1.0.1',dst='10.1.0.2',id=1)/UDP(sport=1,dport=2)",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/GRE(key_present=1,key=7)/IPv6(src='::1',dst='::2')/UDP(sport=1,dport=2)",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/GRE(chksum_present=1)/IP(src='10.1.0.1',dst='10.1.0.2',id=1)"
    "/UDP(sport=1,dport=2)/'odd'",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/GRE(seqnum_present=1)/IP(src='10.1.0.1',dst='10.1.0.2',id=1,proto=99)",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/IP(src='10.1.0.1',dst='10.1.0.2',id=1)/UDP(sport=1,dport=2)",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1)/IPv6(src='::1',dst='::2')/UDP(sport=1,dport=2)",
    "IPv6(src='::1',dst='::2')/ICMPv6EchoRequest(id=3,seq=4)",
    "IPv6(src='::1',dst='::2',hlim=255)/ICMPv6ND_NS(tgt='fe80::1')",
    "IPv6(src='::1',dst='::2',hlim=255)/ICMPv6ND_RS()",
    "IPv6(src='::1',dst='::2',hlim=255)/ICMPv6ND_NS(tgt='fe80::1')/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')",
    "IPv6(src='::1',dst='::2',hlim=255)/ICMPv6ND_RA(chlim=64,routerlifetime=1800,prf=0)/"
    "ICMPv6NDOptMTU(mtu=1400)/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')",
    "IPv6(src='::1',dst='::2',hlim=255)/ICMPv6ND_RA(chlim=64,routerlifetime=1800,prf=0,reachabletime=0,retranstimer=0)",
    "IPv6(src='::1',dst='::2')/ICMPv6PacketTooBig(mtu=1400)/IPv6(src='::2',dst='::1')/UDP(sport=1,dport=2)",
    "IPv6(src='::1',dst='::2')/IPv6ExtHdrFragment(id=7,offset=0,m=0)/UDP(sport=1,dport=2)",
    "IP(src='10.0.0.1',dst='10.0.0.2',id=1,chksum=0x1234,proto=99,version=6)/UDP(sport=1,dport=2)",
    ETHER + "/IP(src='10.0.0.1',dst='10.0.0.2',id=1)/UDP(sport=1,dport=2)/Raw(load='raw')",
]


def expressions():
    for parts in itertools.product(SCAPY_LINKS, SCAPY_NETWORKS, SCAPY_TRANSPORTS):
        yield "/".join(parts)
    yield from SCAPY_ALONE


def scapy_names():
    try:
        import logging
        logging.getLogger("scapy").setLevel(logging.ERROR)
        import scapy.all as scapy
    except ImportError as missing:
        raise Skip("no scapy") from missing
    from scapy.layers import inet6, sctp  # noqa: F401
    return dict(vars(scapy), **vars(inet6), **{name: kind for name, kind in vars(sctp).items()
                                             if name.startswith("SCTP") and isinstance(kind, type)})


@test
def scapy_makes_the_same_bytes():
    names = scapy_names()
    wanted = list(expressions())
    need(len(wanted) >= 150, len(wanted))
    with tempfile.NamedTemporaryFile("w", suffix=".texts") as file:
        file.write("\n".join(wanted) + "\n")
        file.flush()
        made = craft("-f", file.name).splitlines()
    need(len(made) == len(wanted), f"{len(made)} of {len(wanted)} packets")
    wrong = []
    for text, line in zip(wanted, made):
        expected = bytes(eval(text, names)).hex()  # pylint: disable=eval-used
        if line != expected:
            wrong += [text, f"  tapir {line}", f"  scapy {expected}"]
    need(not wrong, f"{len(wrong) // 3} of {len(wanted)} differ\n" + "\n".join(wrong[:30]))


sys.exit(main())
