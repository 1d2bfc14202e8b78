"""tapir craft: layers and fields by every name, every kind of value, what is filled in and what stays as
given, where packets go, and a caret under every mistake."""

import gzip
import os
import re
import struct

import harness
from harness import (MSS_AND_SCALE, checksum, ethernet, expect, expect_in, file, ipv4,
                     pseudo, run, tcp, test, udp)

# What the packets of harness.py have that is not usual.
IP = "ip(id=0x1234,flags=df,src=10.0.0.1,dst=10.0.0.2)"
ETH = "eth(dst=02:00:00:00:00:02,src=02:00:00:00:00:01)"


def craft(*texts, **options):
    """The packets of texts, as bytes."""
    return [bytes.fromhex(line) for line in run("craft", *texts, **options).lines()]


def one(text, *options):
    packet, = craft(text, *options)
    return packet


def same(first, *others):
    for other in others:
        expect(one(other).hex(), one(first).hex(), f"{other} beside {first}")


def fields(text, *names):
    """Values of fields of one packet, as tapir decode reads them."""
    path = out("fields.pcap")
    run("craft", "-w", path, text)
    selected = [word for name in names for word in ("-e", name)]
    return run("decode", "-T", "fields", "-E", "aggregator=,", *selected, "-r", path).lines()[0].split("\t")


def out(name):
    directory = os.path.join(harness.SCRATCH, f"craft{len(os.listdir(harness.SCRATCH))}")
    os.mkdir(directory)
    return os.path.join(directory, name)


def data_of(path):
    with open(path, "rb") as handle:
        return handle.read()


def wrong(marked, message, *options):
    """A text with § where the caret has to be: refused with a message that has those words in it."""
    at, text = marked.index("§"), marked.replace("§", "")
    result = run("craft", *options, text, code=2)
    expect(result.out, "", f"output of {text}")
    said, shown, caret = result.err.splitlines()[:3]
    expect_in(message, said, text)
    expect(said.startswith("tapir: "), True, said)
    expect(caret.strip(), "^", text)
    column = caret.index("^")
    before, after = shown[2:column].removeprefix("..."), shown[column:].removesuffix("...")
    expect((text[at - len(before):at], text[at:at + len(after)]), (before, after),
           f"place in {text}: {result.err}")


# Packets against ones put together by hand.


@test
def craft_makes_what_is_made_by_hand():
    for text, packet in [
        (f'{ETH}/{IP}/udp(srcport=40000,dstport=9)/"hello"', ethernet(ipv4(udp(b"hello"), 17))),
        (f"{ETH}/{IP}/tcp(sport=40000,dport=80,flags=syn,seq=1000,window=512,"
         "options=[mss(1460),nop,window_scale(7)])",
         ethernet(ipv4(tcp(flags=2, ack=0, options=MSS_AND_SCALE), 6))),
        (f"{ETH}/{IP}/tcp(sport=40000,flags=push|ack,seq=1000,ack=2000,dport=80,window=512)"
         "/'GET / HTTP/1.1\\r\\n\\r\\n'", harness.HTTP),
    ]:
        expect(one(text).hex(), packet.hex(), text)


@test
def craft_fills_in_lengths_keys_and_checksums():
    names = ("eth.type", "vlan.etype", "ip.len", "ip.proto", "udp.dstport", "udp.length", "vxlan.vni",
             "ipv6.plen", "ipv6.nxt", "icmpv6.type")
    expect(fields('eth/vlan(id=5)/ip/udp/vxlan(vni=42)/eth/ipv6/icmpv6/"12345678"', *names),
           ["0x8100,0x86dd", "0x0800", "106", "17", "4789", "86", "42", "16", "58", "128"])


@test
def craft_of_empty_layers_is_a_packet():
    expect(one("ip/tcp").hex(), one("IP()/TCP()").hex())
    made = one("eth/ip/icmp")
    expect(len(made), 42)
    expect(checksum(made[14:34]), 0)
    expect(checksum(made[34:]), 0)


# Names.

NAMES = [  # text with NAME in it, the value, names: Wireshark's in full, its last part, member, scapy's
    ("eth(NAME=02:00:00:00:00:09)", ["eth.dst", "dst", "DST"]),
    ("Ether(NAME=02:00:00:00:00:09)", ["eth.src", "src"]),
    ("eth(NAME=0x88b5)", ["eth.type", "type"]),
    ("sll(NAME=3)", ["sll.pkttype", "pkttype", "packet_type"]),
    ("sll(NAME=772)", ["sll.hatype", "hatype", "hardware_type", "lladdrtype"]),
    ("sll2(NAME=9)", ["sll.ifindex", "interface", "ifindex"]),
    ("null(NAME=2)", ["null.family", "family", "null.type"]),
    ("vlan(NAME=7)", ["vlan.id", "id", "vlan"]),
    ("Dot1Q(NAME=5)", ["vlan.priority", "priority", "prio"]),
    ("ieee8021ad(NAME=7)", ["ieee8021ad.id", "id", "vlan"]),
    ("pppoed(NAME=7)", ["pppoe.code", "code"]),
    ("pppoes(NAME=0x1122)", ["pppoe.session_id", "session_id", "sessionid"]),
    ("ppp(NAME=0x57)", ["ppp.protocol", "protocol", "proto"]),
    ("mpls(NAME=16)", ["mpls.label", "label"]),
    ("mpls(NAME=3)", ["mpls.exp", "exp", "traffic_class", "cos"]),
    ("pwethcw(NAME=5)/eth", ["pweth.cw.sequence_number", "sequence", "sequence_number"]),
    ("arp(NAME=reply)", ["arp.opcode", "opcode", "operation", "op"]),
    ("arp(NAME=10.0.0.9)", ["arp.dst.proto_ipv4", "arp.dst.proto", "dst_protocol", "pdst"]),
    ("arp(NAME=02:00:00:00:00:09)", ["arp.src.hw_mac", "arp.src.hw", "src_hardware", "hwsrc"]),
    ("ip(NAME=9)", ["ip.ttl", "ttl"]),
    ("ip(NAME=0xb8)", ["ip.dsfield", "dsfield", "ds_field", "tos"]),
    ("ip(NAME=46)", ["ip.dsfield.dscp", "dscp"]),
    ("ipv4(NAME=10.0.0.9)", ["ip.src", "src"]),
    ("ip(NAME=0x4321)", ["ip.checksum", "checksum", "chksum"]),
    ("ipv6(NAME=9)", ["ipv6.hlim", "hlim", "hop_limit"]),
    ("ipv6(NAME=0xfffff)", ["ipv6.flow", "flow", "flow_label", "fl"]),
    ("IPv6(NAME=0xb8)", ["ipv6.tclass", "tclass", "traffic_class", "tc"]),
    ("ipv6/hopopts(NAME=59)", ["ipv6.hopopts.nxt", "nxt", "next_header", "nh"]),
    ("ipv6/ipv6.routing(NAME=7)", ["ipv6.routing.type", "type"]),
    ("ipv6/fraghdr(NAME=9)/0x00", ["ipv6.fraghdr.ident", "ident", "id"]),
    ("ipv6/IPv6ExtHdrDestOpt(NAME=59)", ["ipv6.dstopts.nxt", "nh"]),
    ("gre(NAME=7)/ip", ["gre.key", "key"]),
    ("gre(NAME=7)/ip", ["gre.sequence_number", "sequence", "sequence_number", "seqence_number"]),
    ("icmp(NAME=9)", ["icmp.seq", "seq"]),
    ("icmp(NAME=9)", ["icmp.ident", "ident", "id"]),
    ("icmp(type=3,code=4,NAME=1400)", ["icmp.mtu", "mtu", "nexthopmtu"]),
    ("icmp(type=redirect,NAME=10.0.0.9)", ["icmp.redir_gw", "gw", "redir_gw"]),
    ("ipv6/icmpv6(NAME=9)", ["icmpv6.echo.identifier", "identifier", "ident", "id"]),
    ("ipv6/icmpv6(type=135,NAME=fe80::9)", ["icmpv6.nd.ns.target_address", "target", "tgt"]),
    ("ipv6/icmpv6(type=2,NAME=1400)", ["icmpv6.mtu", "mtu"]),
    ("ip/tcp(NAME=443)", ["tcp.dstport", "dstport", "dst_port", "dport"]),
    ("ip/tcp(NAME=9)", ["tcp.urgent_pointer", "urgent_pointer", "urgent", "urgptr"]),
    ("ip/tcp(NAME=9)", ["tcp.window_size_value", "window_size_value", "window"]),
    ("ip/udp(NAME=443)", ["udp.srcport", "srcport", "src_port", "sport"]),
    ("ip/udp(NAME=9)", ["udp.length", "length", "len"]),
    ("ip/sctp(NAME=9)", ["sctp.verification_tag", "verification_tag", "tag"]),
    ("vxlan(NAME=42)", ["vxlan.vni", "vni", "VNI"]),
    ("vxlan(NAME=42)", ["vxlan.gbp", "group_policy", "gpid"]),
    ("dns(NAME=42)", ["dns.id", "id"]),
    ("dns(NAME=1)", ["dns.flags.response", "response", "qr"]),
    ("mdns(NAME=1)", ["dns.flags.response", "response", "qr"]),
    ("llmnr(NAME=question(x,A))", ["dns.questions", "questions", "qd"]),
    ("dhcp(NAME=7)", ["dhcp.id", "id", "transaction_id", "xid"]),
    ("BOOTP(NAME=10.0.0.9)", ["dhcp.ip.your", "your_address", "yiaddr"]),
    ('dhcp(NAME="boot.img")', ["dhcp.file", "boot_file", "file"]),
    ('data(NAME="x")', ["bytes", "load"]),
]


@test
def craft_knows_fields_by_every_name():
    for text, names in NAMES:
        made = {name: run("craft", text.replace("NAME", name), code=None) for name in names}
        for name, result in made.items():
            expect(result.code, 0, f"{text} with {name}: {result.err}")
        expect(len({result.out for result in made.values()}), 1, f"{text} with {names}")
        without = run("craft", re.sub(r",?NAME=[^)]*\)?\)", ")", text), code=None)
        expect(without.out != made[names[0]].out, True, f"{text}: has no effect")


VALUES = {"number": "1", "signed": "1", "flag": "1", "bytes": "0x01", "MAC": "02:00:00:00:00:01",
          "IPv4": "10.0.0.1", "IPv6": "2001:db8::1", "list": "[]"}


def fields_of(layer):
    """(name, a value for it) of every field of a protocol."""
    for line in run("protocols", layer).lines():
        row = re.match(r"  ([a-z]\S*\.\S+)  +(\w+)(?: number)?(?:, (\d+) bit)?", line)
        if row and row[2] in VALUES:
            # Some lengths are counted in 4 bytes.
            yield row[1], "4" if row[1].endswith(("hdr_len", "offset")) else VALUES[row[2]]


@test
def craft_makes_every_layer_with_every_field():
    for line in run("protocols").lines():
        layer = line.split()[0]
        given = list(fields_of(layer))
        texts = [f"{layer}({word}={value})" for name, value in given
                 for word in (name, name.split(".", 1)[1])]
        expect(bool(texts) or layer == "raw", True, f"fields of {layer}")
        for text in texts:
            result = run("craft", "--keep", "all", text, code=None)
            expect(result.code, 0, f"{text}: {result.err}")


@test
def craft_knows_layers_in_any_case_and_by_other_words():
    same("eth/ip/tcp", "ETH/IP/TCP", "Ether()/IP()/TCP()", "ethernet / ipv4 / Tcp( )")
    same("eth/vlan/ip", "Ether/Dot1Q/IP", "eth()/VLAN()/ip()")
    same("ipv6/ipv6.hopopts/icmpv6", "IPv6/IPv6ExtHdrHopByHop/icmp6")
    same('"x"', 'Raw(load="x")', 'data(bytes="x")', 'data("x")', 'b"x"', "0x78", "payload(0x78)")
    same("ipv6/icmpv6(type=136)", "IPv6()/ICMPv6ND_NA()")
    same("ipv6/icmpv6(type=128,id=1,seq=2)", "IPv6()/ICMPv6EchoRequest(id=1, seq=2)")


# Values.


@test
def craft_reads_numbers_and_names_of_values():
    same("ip(ttl=64)", "ip(ttl=0x40)", 'ip(ttl="64")', "ip( ttl = 064 )", "ip(ttl=None)")
    same("icmp(type=8)", "icmp(type=echo-request)", 'ICMP(type="echo-request")',
         "icmp(type='Echo request')")
    same("ip(ihl=6)", "ip(ip.hdr_len=24)", "ip(hdr_len=24)", "ip(header_words=6)")
    same("ip/tcp(dataofs=6)", "ip/tcp(tcp.hdr_len=24)", "ip/tcp(header_words=6)")
    same("icmp(type=3,code=3)", "icmp(type=3,code=port-unreachable)",
         'ICMP(type="dest-unreach",code="port-unreachable")')
    same("icmp(type=3)", "icmp(type=dest-unreach)", "icmp(type=unreachable)")
    same("ip(proto=6)", "ip(proto=tcp)", "ip(proto=TCP)")
    same("eth(type=0x806)", "eth(type=ARP)")
    same("arp(op=1)", "arp(op=who-has)", "arp(op=request)")
    same("arp(op=2)", 'ARP(op="is-at")')
    same("eth/mpls(bottom=1)", "eth/mpls(s=true)", "eth/mpls(mpls.bottom=True)")
    same("mpls(s=0)", "mpls(s=false)")


@test
def craft_reads_bits_by_names_and_letters():
    same("ip/tcp(flags=2)", "ip/tcp(flags=syn)", 'ip/tcp(flags="S")', "ip/tcp(flags=S)", "ip/tcp(syn=1)",
         "ip/tcp(tcp.flags.syn=1)")
    same("ip/tcp(flags=0x12)", "ip/tcp(flags=syn|ack)", "ip/tcp(flags=SA)", "ip/tcp(flags=ack+syn)",
         "ip/tcp(flags.syn=1,flags.ack=1)", 'ip/tcp(flags="syn ack")')
    same("ip/tcp(flags=0x1ff)", "ip/tcp(flags=FSRPAUECN)",
         "ip/tcp(flags=fin|syn|rst|psh|ack|urg|ece|cwr|ns)")
    same("ip(flags=2)", "ip(flags=df)", 'ip(flags="DF")', "ip(df=1)")
    same("ip(flags=3)", "ip(flags=MF+DF)")


@test
def craft_reads_addresses():
    same("ip(src=10.0.0.1)", 'ip(src="10.0.0.1")', "ip(src='10.0.0.1')")
    same("eth(src=02:00:00:00:00:01)", "eth(src=02-00-00-00-00-01)", "eth(src=0200.0000.0001)",
         'eth(src="020000000001")')
    same("ipv6(src=2001:db8::1)", "ipv6(src=2001:0db8:0:0:0:0:0:1)", 'ipv6(src="2001:DB8::1")')
    same("ipv6(dst=::ffff:1.2.3.4)", "ipv6(dst=::ffff:102:304)")
    same("arp(psrc=10.0.0.1)", 'arp(psrc="10.0.0.1")', "arp(psrc=0x0a000001)", "arp(psrc=0a:00:00:01)")
    expect(craft("arp(psrc=10.0.0.8/31,pdst=[10.0.0.1-2,10.0.1.0])"),
           [one(f"arp(psrc={src},pdst={dst})") for src in ("10.0.0.8", "10.0.0.9")
            for dst in ("10.0.0.1", "10.0.0.2", "10.0.1.0")])


@test
def craft_reads_bytes_and_text():
    expect(one(r'"a\n\r\t\0\\\"\'\x41"'), b"a\n\r\t\0\\\"'A")
    expect(one("'it is \"so\"'"), b'it is "so"')
    expect(one("0x001122"), b"\x00\x11\x22")
    expect(one("0x00:11:Aa"), b"\x00\x11\xaa")
    expect(one('""'), b"")
    expect(one('"10.0.0.1"'), b"10.0.0.1")
    expect(one('"ab"*3'), b"ababab")
    expect(one("0x00ff * 2/'x'"), b"\x00\xff\x00\xffx")
    expect(one('"x"*0'), b"")
    expect(one('Raw(load="ab"*3)'), b"ababab")
    expect(one('Raw("ab" * 2)'), b"abab")
    expect(len(one('"x"*65536')), 65536)


@test
def craft_makes_a_packet_of_each_value():
    ports = [packet[22:24] for packet in craft("ip/udp(dport=[53,80-82,(443,444)])")]
    expect(ports, [struct.pack(">H", port) for port in (53, 80, 81, 82, 443, 444)])
    expect([packet[12:16] for packet in craft("ip(src=10.0.0.254-10.0.1.1)")],
           [harness.address(text) for text in ("10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1")])
    expect([packet[16:20] for packet in craft("ip(dst=[10.0.0.7/31,10.0.0.1-2,10.9.9.9])")],
           [harness.address(text)
            for text in ("10.0.0.6", "10.0.0.7", "10.0.0.1", "10.0.0.2", "10.9.9.9")])
    expect([packet[6:12].hex() for packet in craft("eth(src=02:00:00:00:00:ff-02:00:00:00:01:01)")],
           ["0200000000ff", "020000000100", "020000000101"])
    expect([packet[8:24].hex()[-4:] for packet in craft("ipv6(src=2001:db8::fffe/127)")], ["fffe", "ffff"])
    expect(len(craft("ipv6(src=::/0)", "-c", "3")), 3)
    expect([packet[-1:] for packet in craft('data(load=["a","b",0x63])')], [b"a", b"b", b"c"])
    expect([packet[0] for packet in craft("icmp(type=[echo-request,0])")], [8, 0])


@test
def craft_changes_the_last_value_fastest():
    packets = craft("ip/udp(sport=[1,2],dport=[3,4])/data(load=['a','b'])")
    expect([(packet[21], packet[23], packet[28:]) for packet in packets],
           [(source, target, load) for source in (1, 2) for target in (3, 4) for load in (b"a", b"b")])
    texts = craft("ip/udp(sport=[1,2])", "ip/udp(sport=3)")
    expect([packet[21] for packet in texts], [1, 2, 3])


@test
def craft_counts_without_end():
    expect(len(craft("ip(src=0.0.0.0/0,dst=0.0.0.0/0,id=0-65535)", "-c", "5")), 5)
    expect(len(craft("ip/udp(sport=[1,2])", "-n", "3")), 6)
    expect(len(craft("ip/udp(sport=[1,2])", "-n", "3", "-c", "4")), 4)


# Lists.


@test
def craft_makes_options_in_both_spellings():
    expected = bytes.fromhex("020405b4 01 030307 0402 080a0000000100000002")
    made = one("ip/tcp(options=[mss(1460),nop,window_scale(7),sack_permitted,timestamps(1,2)])")
    expect(made[40:].hex(), expected.hex())
    same("ip/tcp(options=[mss(1460),nop,window_scale(7),sack_permitted,timestamps(1,2)])",
         "IP()/TCP(options=[('MSS',1460),('NOP',None),('WScale',7),('SAckOK',b''),('Timestamp',(1,2))])",
         "ip/tcp(options=[MSS(mss=1460),NOP,wscale(shift=7),SACKOK,Timestamp(value=1,echo=2)])",
         "ip/tcp(options=0x020405b4010303070402080a0000000100000002)")
    same("ip/tcp(options=[option(254,0x0102),nop])", "IP()/TCP(options=[(254,b'\\x01\\x02'),('NOP',None)])")
    same("ip/tcp(options=nop)", "ip/tcp(options=[nop])", "ip/tcp(options=[('NOP',None)])")
    same("ip/tcp", "ip/tcp(options=[])")
    expect(one("ip/tcp(options=[sack(1,2,3,4)])")[40:58].hex(), "051200000001000000020000000300000004")


@test
def craft_makes_lists_of_other_layers():
    expect(one("ip(options=[router_alert(0),nop])")[20:24].hex(), "94040000")
    expect(one("ipv6/hopopts(nh=59,options=[router_alert(0)])")[40:48].hex(), "3b00050200000100")
    expect(fields("eth/ipv6/icmpv6(type=134,options=[source_link_address(02:00:00:00:00:01),mtu(1400),"
                  "prefix(2001:db8::,64)])", "icmpv6.opt.linkaddr", "icmpv6.opt.mtu", "icmpv6.opt.prefix"),
           ["020000000001", "1400", "2001:db8::"])
    same("ipv6/icmpv6(type=135,target=fe80::1,options=[source_link_address(02:00:00:00:00:01)])",
         "IPv6()/ICMPv6ND_NS(tgt='fe80::1',options=[('SrcLLAddr','02:00:00:00:00:01')])")
    same("ipv6/icmpv6(type=134,options=[source_link_address(02:00:00:00:00:01),mtu(1400)])",
         "IPv6()/ICMPv6ND_RA()/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')/ICMPv6NDOptMTU(mtu=1400)",
         "ipv6/icmpv6(type=134,options=source_link_address(02:00:00:00:00:01))/ICMPv6NDOptMTU(1400)")
    expect(fields("eth/ip/udp/dhcp(chaddr=02:00:00:00:00:01,options=[message_type(discover),"
                  "host_name(lamp),parameter_list(1,3,6),requested_address(10.0.0.9),end])",
                  "udp.srcport", "udp.dstport", "dhcp.option.dhcp", "dhcp.option.hostname",
                  "dhcp.option.request_list_item", "dhcp.option.requested_ip_address", "dhcp.hw.mac_addr"),
           ["68", "67", "1", "lamp", "1,3,6", "10.0.0.9", "02:00:00:00:00:01"])
    same("dhcp(options=[message_type(discover),host_name(lamp),routers(10.0.0.1),end])",
         "BOOTP(options=[('message-type','discover'),('hostname','lamp'),('router','10.0.0.1'),'end'])",
         "BOOTP()/DHCP(options=[('message-type','discover'),('hostname','lamp'),('router','10.0.0.1'),'end'])")


DHCP_OPTIONS = [
    ("subnet_mask(255.255.255.0)", "0104ffffff00"), ("routers(10.0.0.1,10.0.0.2)", "03080a0000010a000002"),
    ("dns_servers(10.0.0.1)", "06040a000001"), ("ntp_servers(10.0.0.1)", "2a040a000001"),
    ("domain_name(x)", "0f0178"), ("broadcast(10.0.0.255)", "1c040a0000ff"), ("mtu(1500)", "1a0205dc"),
    ("lease_time(60)", "33040000003c"), ("overload(1)", "340101"), ("server_id(10.0.0.1)", "36040a000001"),
    ("message(no)", "38026e6f"), ("max_size(576)", "39020240"), ("renewal_time(1)", "3a0400000001"),
    ("rebinding_time(1)", "3b0400000001"), ("vendor_class(x)", "3c0178"),
    ("client_id(02:00:00:00:00:01)", "3d0701020000000001"), ("client_id(0xaabb,0)", "3d0300aabb"),
    ("full_name(a.b)", "5108040000016101620" "0"), ("relay_agent(0x0101aa)", "52030101aa"),
    ("captive_portal('u')", "720175"), ("domain_search(a.b,c)", "770801610162000163" "00"),
    ("route(10.1.0.0,16,10.0.0.1)", "7907100a010a000001"), ("pad(2)", "0000"), ("pad", "00"),
    ("option(77,0xaa)", "4d01aa"), ("end", "ff"),
]


@test
def craft_makes_options_of_dhcp():
    for text, expected in DHCP_OPTIONS:
        expect(one(f"dhcp(options=[{text}])")[240:].hex(), expected, text)


SCTP_CHUNKS = [
    ("data('hello')", "0003001500000000000000000000000068656c6c6f000000"),
    ("data('four',7,1,2,diameter,first)", "0002001400000007000100020000002e666f7572"),
    ("i_data('x',tsn=7,message=9,flags=middle)", "400000150000000700000000000000090000000078000000"),
    ("init(0x1234)", "01000014000012340000ffff0001000100000000"),
    ("init(1,2,3,4,5,[ipv4(10.0.0.1),ecn])", "0100002000000001000000020003000400000005000500080a00000180000004"),
    ("init(1,2,3,4,5,parameters=0x80000004)", "010000180000000100000002000300040000000580000004"),
    ("init_ack(1,2,3,4,5,cookie(0x616263))", "0200001b000000010000000200030004000000050007000761626300"),
    ("sack(9)", "03000010000000090000ffff00000000"),
    ("sack(9,1,[gap(2,3),gap(5,5)],[duplicate(8)])", "0300001c000000090000000100020001000200030005000500000008"),
    ("heartbeat('abc')", "0400000b0001000761626300"), ("heartbeat_ack(0x01020304)", "0500000c0001000801020304"),
    ("abort", "06000004"), ("abort(reflected=1)", "06010004"),
    ("abort([user_abort('bye')],1)", "0601000b000c000762796500"), ("shutdown(1234)", "07000008000004d2"),
    ("shutdown_ack", "08000004"), ("cookie_echo('abc')", "0a00000761626300"),
    ("error([stream(7),missing_parameter(state-cookie)])", "0900001600010008000700000002000a0000000100070000"),
    ("error(parameters([ipv4(10.0.0.1),hostname(a)]))", "0900001600080012000500080a000001000b000661000000"),
    ("cookie_ack", "0b000004"), ("ecne(9)", "0c00000800000009"), ("cwr(9)", "0d00000800000009"),
    ("shutdown_complete(1)", "0e010004"), ("chunk(pad,0x80,0x78)", "8480000578000000"),
]

SCTP_PARAMETERS = [
    ("ipv4(10.0.0.1)", "000500080a000001"), ("ipv6(2001:db8::1)", "0006001420010db8000000000000000000000001"),
    ("cookie('four')", "00070008666f7572"), ("unrecognized(0xc0ff0004)", "00080008c0ff0004"),
    ("cookie_preservative(30000)", "0009000800007530"), ("hostname(abc)", "000b000861626300"),
    ("address_types(ipv4,ipv6)", "000c000800050006"), ("ecn", "80000004"), ("forward_tsn", "c0000004"),
    ("random('four')", "80020008666f7572"), ("chunks(asconf,asconf-ack,0,1)", "80030008c1800001"),
    ("hmacs(sha-256,sha-1)", "8004000800030001"), ("extensions(192,193,130,64)", "80080008c0c18240"),
    ("adaptation(7)", "c006000800000007"), ("parameter(0x8001)", "80010004"),
    ("parameter(9,0x00000001)", "0009000800000001"),
]

SCTP_CAUSES = [
    ("stream(7)", "0001000800070000"), ("missing_parameter(7,5)", "0002000c0000000200070005"),
    ("stale_cookie(123456)", "000300080001e240"), ("resources", "00040004"),
    ("address(ipv4(10.0.0.1))", "0005000c000500080a000001"), ("chunk(0x3f000004)", "000600083f000004"),
    ("invalid_parameter", "00070004"), ("parameters(parameter(0xc0ff))", "00080008c0ff0004"),
    ("no_data(77)", "000900080000004d"), ("shutting_down", "000a0004"),
    ("restart([ipv4(10.0.0.1)])", "000b000c000500080a000001"), ("user_abort('four')", "000c0008666f7572"),
    ("violation", "000d0004"), ("cause(0x105,0x00010003)", "0105000800010003"),
]


@test
def craft_makes_chunks_of_sctp():
    for text, expected in SCTP_CHUNKS:
        expect(one(f"sctp(chunks=[{text}])")[12:].hex(), expected, text)
    for text, expected in SCTP_PARAMETERS:
        expect(one(f"sctp(chunks=init(1,2,3,4,5,[{text}]))")[32:].hex(), expected, text)
    for text, expected in SCTP_CAUSES:
        expect(one(f"sctp(chunks=abort([{text}]))")[16:].hex(), expected, text)
    same("ip/sctp(chunks=[init(1,parameters=[ipv4(10.0.0.1),ecn]),cookie_ack])",
         "ip/sctp(chunks=[INIT(tag=1,parameters=ipv4(10.0.0.1)/ecn),CookieAck()])",
         "IP()/SCTP()/SCTPChunkInit(init_tag=1,params=[SCTPChunkParamIPv4Addr(addr='10.0.0.1'),"
         "SCTPChunkParamECNCapable()])/SCTPChunkCookieAck()")
    # A list among the arguments leaves what stands in front of it alone.
    expect(one("sctp(chunks=[data('12345678'),init(1,2,3,4,5,[cookie('1234'),ecn]),abort([stream(1)])])")[12:].hex(),
           "000300180000000000000000000000003132333435363738"
           "0100002000000001000000020003000400000005000700083132333480000004"
           "0600000c0001000800010000")
    expect(fields("eth/ip/sctp(chunks=[data('x',tsn=7,stream=3,protocol=ngap),sack(1,gaps=gap(2,4))])",
                  "sctp.data_tsn_raw", "sctp.data_sid", "sctp.data_payload_proto_id",
                  "sctp.sack_gap_block_start_tsn"), ["7", "0x0003", "60", "3"])


PPPOE_TAGS = [
    ("service_name", "01010000"), ("service_name(isp)", "01010003697370"), ("ac_name(ac-1)", "0102000461632d31"),
    ("host_uniq(0x0102)", "010300020102"), ("ac_cookie('abc')", "01040003616263"),
    ("vendor(3561,0x0101aa)", "0105000700000de90101aa"), ("vendor(9)", "0105000400000009"),
    ("relay_session(0xaa)", "01100001aa"), ("max_payload(1500)", "0120000205dc"), ("service_error(no)", "020100026e6f"),
    ("ac_error", "02020000"), ("generic_error('a b')", "02030003612062"), ("end", "00000000"),
    ("tag(0x777,0x01)", "0777000101"), ("tag(maximum-payload,0x05d4)", "0120000205d4"),
]


@test
def craft_makes_tags_of_pppoe():
    for text, expected in PPPOE_TAGS:
        made = one(f"eth/pppoed(code=9,tags=[{text}])")
        expect(made[14:20 + len(expected) // 2].hex(), f"11090000{len(expected) // 2:04x}{expected}", text)
    same("eth/pppoed(tags=[service_name(isp),host_uniq(0x01),relay_session(0x02),ac_error(x),end])",
         "eth/pppoed(tags=[Service-Name(isp),Host-Uniq(0x01),Relay-Session-Id(0x02),AC-System-Error(x),End-Of-List])",
         "Ether()/PPPoED(tags=[('Service-Name','isp'),('Host-Uniq',b'\\x01'),('Relay-Session-Id',b'\\x02'),"
         "PPPoETag(tag_type=0x202,tag_value=b'x'),('End-Of-List')])")
    expect(fields("eth/pppoed(code=7,tags=[ac_name(ac-1),ac_cookie(0xbeef)])", "pppoe.code", "pppoed.tags.ac_name",
                  "pppoed.tags.ac_cookie"), ["0x07", "ac-1", "beef"])


@test
def craft_makes_messages_of_dns():
    names = ("dns.flags.response", "dns.qry.name", "dns.qry.type", "dns.a", "dns.aaaa", "dns.count.answers",
             "udp.srcport", "udp.dstport")
    expect(fields("eth/ip/udp/dns(id=1,rd=1,qd=question(example.com,AAAA))", *names),
           ["0", "example.com", "28", "", "", "0", "49152", "53"])
    expect(fields("eth/ip/udp(sport=53)/dns(id=1,qr=1,qd=question(example.com),an=[a(example.com,10.0.0.1,60),"
                  "aaaa(example.com,2001:db8::1)],ar=opt(1232,do))", *names),
           ["1", "example.com", "1", "10.0.0.1", "2001:db8::1", "2", "53", "49152"])
    same("dns(rd=1,qd=question(example.com,AAAA))", 'DNS(rd=1,qd=DNSQR(qname="example.com",qtype="AAAA"))',
         "dns(recdesired=1,questions=[question(name=example.com,type=28)])")
    same("dns(an=a(x,10.0.0.1,5))", 'DNS(an=DNSRR(rrname="x",type="A",rdata="10.0.0.1",ttl=5))')
    same("dns(an=[a(x,10.0.0.1,5),a(y,10.0.0.2,6)])", "dns(an=a(x,10.0.0.1,5)/a(y,10.0.0.2,6))",
         "DNS(an=DNSRR(rrname='x',type='A',rdata='10.0.0.1',ttl=5)/"
         "DNSRR(rrname='y',type='A',rdata='10.0.0.2',ttl=6))")
    made = one("eth/ip/tcp/dns(id=3,qd=question(x,A))")
    expect(made[54:58].hex(), "00130003", "length before a message over TCP")
    expect(len(made), 54 + 2 + 0x13)


@test
def craft_stacks_tags_labels_and_tunnels():
    expect(fields("eth/ieee8021ad(id=1)/vlan(id=2)/vlan(id=3)/ip", "frame.protocols", "vlan.id"),
           ["eth:ieee8021ad:vlan:vlan:ip", "1,2,3"])
    made = one("eth/mpls(label=16)/mpls(label=17)/ip")
    expect([made[14:18].hex(), made[18:22].hex()], ["00010040", "00011140"])
    expect(one("eth/pppoes(session_id=1)/ppp/ip")[14:22].hex(), "1100000100160021")
    inner = "ip/gre/ip/udp/vxlan(vni=1)/eth/ipv6/gre(key=3)/ipv6/ip/tcp"
    expect(fields(f"eth/{inner}", "frame.protocols"), [re.sub(r"\(.*?\)", "", f"eth/{inner}").replace("/", ":")])
    expect_in("tcp", fields("/".join(["eth"] + ["ip"] * 40 + ["tcp"]), "frame.protocols")[0])


# Wrong on purpose.


@test
def craft_keeps_wrong_values_and_fills_in_the_rest():
    made = one(f"{IP}/udp(sport=40000,dport=9,len=3)/'hello'")
    right = ipv4(udp(b"hello"), 17)
    expect(made[:24].hex() + made[28:].hex(), right[:24].hex() + right[28:].hex())
    expect(made[24:26].hex(), "0003")
    expect(checksum(pseudo(17, 13) + made[20:]) in (0, 10), True, "UDP checksum covers the wrong length")
    for text, at, value in [("ip(len=5)/udp", 2, "0005"), ("ip(chksum=0x1234)/udp", 10, "1234"),
                            ("ip(proto=99)/udp", 9, "63"), ("ip(ihl=15)/udp", 0, "4f"),
                            ("ip(version=6)/udp", 0, "65"), ("ip/udp(chksum=0)", 26, "0000"),
                            ("ip/tcp(dataofs=9)", 32, "9000"), ("ip/icmp(chksum=1)", 22, "0001"),
                            ("eth(type=0x1234)/ip", 12, "1234"), ("ipv6(plen=7)/udp", 4, "0007"),
                            ("ipv6(nh=99)/udp", 6, "63"), ("ipv6(version=4)/udp", 0, "40"),
                            ("eth/vlan(type=0x1234)/ip", 16, "1234"), ("gre(proto=0x1234)/ip", 2, "1234"),
                            ("mpls(s=0)/ip", 2, "00"), ("dns(qdcount=9)", 4, "0009"),
                            ("pppoes(len=9)/ppp/ip", 4, "0009"), ("arp(hwlen=9)", 4, "09")]:
        expect(one(text)[at:at + len(value) // 2].hex(), value, text)
        if text.startswith("ip(") and "chksum" not in text:
            expect(checksum(one(text)[:20]), 0, f"{text}: IP checksum is right beside it")


@test
def craft_keeps_wrong_values_beside_long_variable_parts():
    """What was built first is read from a copy: the second build must not be over its own input."""
    made = one("ip/tcp(sport=26)/dns(id=1,qdcount=9,qd=question(example.com),an=[a(example.com,10.0.0.1,60),"
               "txt(x,1,'abc'),https(x,1,1,y,'alpn=h2')])")
    expect(made[46:48].hex(), "0009")
    right = one("ip/tcp(sport=26)/dns(id=1,qd=question(example.com),an=[a(example.com,10.0.0.1,60),"
                "txt(x,1,'abc'),https(x,1,1,y,'alpn=h2')])")
    expect(made[48:].hex(), right[48:].hex())
    expect(checksum(pseudo(6, len(made) - 20, "0.0.0.0", "0.0.0.0") + made[20:]), 0)


@test
def craft_keeps_what_it_is_told():
    expect(one("ip(keep=checksums)/udp")[10:12].hex(), "0000")
    expect(one("ip(keep=lengths)/udp")[2:4].hex(), "0000")
    expect(one("ip(keep=keys)/udp")[9], 0)
    expect(one("ip(keep=lengths|checksums)/udp")[2:12:8].hex(), "0000")
    expect(one("ip/tcp(keep=all)")[36:38].hex(), "0000")
    expect(one("ip/tcp(keep=checksums)")[10:12] != b"\0\0", True, "other layers")
    for what in ("checksums", "lengths,checksums", "all"):
        expect(one("ip/udp", "--keep", what)[10:12].hex(), "0000", what)


# Where packets go.


@test
def craft_writes_files_of_every_format():
    for name, magic in [("a.pcap", b"\x4d\x3c\xb2\xa1"), ("a.pcapng", b"\x0a\x0d\x0d\x0a"),
                        ("a.pcap.gz", b"\x1f\x8b"), ("a.pcapng.zst", b"\x28\xb5\x2f\xfd")]:
        path = out(name)
        run("craft", "-w", path, "eth/ip(id=1-3)/udp")
        data = data_of(path)
        expect(data[:len(magic)] in (magic, b"\xd4\xc3\xb2\xa1"), True, f"{name}: {data[:4].hex()}")
        expect(run("decode", "-e", "ip.id", "-T", "fields", "-r", path).lines(),
               ["0x0001", "0x0002", "0x0003"], name)
    path = out("b.pcap.gz")
    run("craft", "-w", path, "eth/ip")
    expect(len(gzip.decompress(data_of(path))) > 24, True)


@test
def craft_appends():
    for name in ("a.pcap", "a.pcapng"):
        path = out(name)
        run("craft", "-w", path, "--append", "eth/ip(id=1)")
        run("craft", "-w", path, "--append", "eth/ip(id=2)")
        expect(run("decode", "-e", "ip.id", "-T", "fields", "-r", path).lines(), ["0x0001", "0x0002"])
        if name == "a.pcap":
            expect_in("type 101", run("craft", "-w", path, "--append", "ip", code=1).err)
            expect(len(run("decode", "-T", "hex", "-r", path).lines()), 2)


@test
def craft_writes_several_link_types_to_pcapng():
    path = out("a.pcapng")
    for _ in range(2):
        run("craft", "-w", path, "--append", "eth/ip", "ip", "ipv6", "sll/ip", "eth/arp")
    expect(run("decode", "-T", "fields", "-e", "frame.protocols", "-r", path).lines(),
           ["eth:ip", "raw:ip", "raw:ipv6", "sll:ip", "eth:arp"] * 2)
    expect(len(re.findall(r"^Interface:", run("info", path).out, re.M)), 3)
    expect_in("link type 101", run("craft", "-w", out("a.pcap"), "eth/ip", "ip", code=1).err)


@test
def craft_keeps_nanoseconds_where_there_are_any():
    for name in ("a.pcap", "a.pcapng"):
        path = out(name)
        run("craft", "-w", path, "--time", "1.000000001", "--interval", "3ns", "eth/ip", "eth/ip")
        expect(run("decode", "-T", "fields", "-e", "frame.time_epoch", "-r", path).lines(),
               ["1.000000001", "1.000000004"], name)


@test
def craft_refuses_to_append_without_a_file():
    expect_in("--append needs -w", run("craft", "--append", "ip", code=2).err)


@test
def craft_says_link_types_and_times():
    path = out("a.pcap")
    run("craft", "-w", path, "--time", "2026-01-02T03:04:05Z", "--interval", "1ms", "ip", "ipv6")
    info = run("info", path).out
    expect_in("101", info)
    expect(run("decode", "-T", "fields", "-e", "frame.time_epoch", "-r", path).lines(),
           ["1767323045.000000000", "1767323045.001000000"])
    run("craft", "-w", path, "-L", "147", "'x'")
    expect_in("147", run("info", path).out)
    expect(len(one("eth/ip", "--pad")), 60)
    expect(len(one("eth/ip", "--pad", "--fcs")), 64)


@test
def craft_prints_in_every_form():
    text = ["--time", "0", "eth/ip(src=10.0.0.1,dst=10.0.0.2)/udp(sport=1,dport=9)/'hi'"]
    raw = one(*reversed(text[2:]))
    expect_in("IP 10.0.0.1.1 > 10.0.0.2.9: UDP, length 2", run("craft", "-T", "dump", *text).out)
    expect_in("udp.dstport", run("craft", "-T", "tree", *text).out)
    expect_in("\x1b[", run("craft", "-T", "tree", "--color", "always", *text).out)
    expect_in('"udp.dstport":9', run("craft", "-T", "json", *text).out)
    expect_in("0x45", run("craft", "-T", "c", *text).out)
    for form in ("go", "python"):
        expect_in("45", run("craft", "-T", form, *text).out)
    expect(run("craft", "-T", "hex", *text).out, raw.hex() + "\n")
    expect_in("0000", run("craft", "-x", *text).out)
    expect(run("craft", "-x", *text).out.count("\n") >= 3, True)
    lines = run("craft", "-T", "text2pcap", *text).out
    expect(craft("--from", "text2pcap", stdin=lines.encode()), [raw])


@test
def craft_reads_texts_from_a_file():
    path = file(b"# a comment\n\neth/ip(id=1)\r\n  \t eth/ip(id=2)\n\t# another\neth/ip(id=3)", "texts")
    packets = craft("-f", path)
    expect([packet[19] for packet in packets], [1, 2, 3])
    expect(craft("-f", "-", stdin=data_of(path)), packets)
    bad = file(b"eth/ip\n\n  eth/ip(ttl=300)\neth\n", "texts")
    result = run("craft", "-f", bad, code=2)
    expect(len(result.lines()), 1)
    lines = result.err.splitlines()
    expect_in("300 does not fit in 8 bits", lines[0])
    expect(lines[2].index("^"), lines[1].index("300"))
    expect_in(f"{bad}: in line 3", lines[3])
    expect(run("craft", "-f", "no-such-file", code=1).err, "tapir: no-such-file: No such file or directory\n")


@test
def craft_makes_again_what_decode_prints():
    demo = os.path.join(harness.ROOT, "examples/demo.pcap")
    plain = run("decode", "-T", "hex", "-r", demo)
    for form, word in (("hex", "hex"), ("text2pcap", "text2pcap")):
        text = run("decode", "-T", form, "-r", demo)
        expect(run("craft", "--from", word, "-", stdin=text.out.encode()).out, plain.out, form)
        path, written = file(text.out.encode(), f"demo.{form}"), out("again.pcap")
        run("craft", "--from", word, "-w", written, path)
        expect(run("decode", "-T", "hex", "-r", written).out, plain.out, form)


@test
def craft_takes_hexadecimal_of_any_link_type():
    bare = one("ip(src=10.0.0.1)/udp")
    text = f"# a comment\n{bare.hex(' ')}\n\n{bare.hex(':')}\n".encode()
    expect(craft("--from", "hex", stdin=text), [bare, bare])
    expect(craft("--from", "hex", "-c", "1", stdin=text), [bare])
    expect(craft("--from", "hex", "-n", "2", file(text, "bare.hex")), [bare] * 4)
    expect_in("IP 10.0.0.1.49152 > 0.0.0.0.0: UDP",
              run("craft", "--from", "hex", "-L", "101", "-T", "dump", "-c", "1", stdin=text).out)
    path = out("bare.pcap")
    run("craft", "--from", "hex", "-L", "101", "-w", path, stdin=text)
    expect(run("decode", "-T", "fields", "-e", "ip.src", "-r", path).lines(), ["10.0.0.1"] * 2)


# Mistakes.


@test
def craft_points_at_mistakes_in_text():
    for marked, message in [
        ("§", "a layer or a payload is missing here"), ("eth/§", "a layer or a payload is missing here"),
        ("§/ip", "a layer or a payload is missing here"), ("eth/ip§)", "layers are separated by '/'"),
        ("ip §tcp", "layers are separated by '/'"), ("eth/§tcx", "no layer 'tcx'; did you mean tcp"),
        ("§Ethr", "did you mean eth or Ether?"), ("ip/tcp(§sprt=3)", "tcp has no field 'sprt'; did you mean sport?"),
        ("ip(§dst.port=3)", "ip has no field 'dst.port'"), ("raw(§ttl)", "what is given is field=value"), ("ip(§ttl)", "what is given is field=value"),
        ("ip(§,ttl=3)", "what is given is field=value"), ("ip(ttl=3,§)", "what is given is field=value"),
        ("ip(ttl=§)", "a value is missing here"), ("ip(ttl=3§", "a ',' or ')' is missing"),
        ("ip(ttl=3 §id=4)", "a ',' or ')' is missing"), ("ip/§\"abc", "the quote that begins here does not end"),
        ("ip/§'ab\\'", "the quote that begins here does not end"), ('"a§\\q"', "no such escape"),
        ('"a§\\x4"', "no such escape"), ("ip/§0x1", "a digit is missing"),
        ("ip/§0x", "no pairs of hexadecimal digits"), ('"x"*§', "how often?"),
        ('"x"*§65537', "a payload has 65536 bytes at most"), ('"xy"*§40000', "65536 bytes at most"),
    ]:
        wrong(marked, message)


@test
def craft_points_at_mistakes_in_values():
    for marked, message in [
        ("ip(ttl=§256)", "256 does not fit in 8 bits; 255 is the most"),
        ("ip(ttl=§-1)", "'-1' is no number"), ("ip(ttl=§99999999999999999999)", "is no number"),
        ("ip(df=§2)", "2 does not fit in 1 bit; 1 is the most"), ("ip(ihl=§16)", "does not fit in 4 bits"),
        ("ip(ip.hdr_len=§21)", "ip.hdr_len is a multiple of 4"),
        ("ip(ttl=§many)", "'many' is no number"), ("tcp(flags=§sin)", "did you mean syn"),
        ("icmp(type=§ecko)", "no name of a value"), ("tcp(flags=§XY)", "no name of a value"),
        ("ip(src=§10.0.0)", "'10.0.0' is no IPv4 address"), ("ip(src=§fe80::1)", "is no IPv4 address"),
        ("ipv6(src=§10.0.0.1)", "is no IPv6 address"), ("eth(src=§00:11)", "is no MAC address"),
        ("ip(src=10.0.0.0/§33)", "a prefix here has 32 bits at most"),
        ("ip(src=10.0.0.9-§10.0.0.1)", "the range ends before it begins"),
        ("ip(src=10.0.0.9-§999)", "does not fit in 8 bits"),
        ("ip(ttl=§9-3)", "the range ends before it begins"), ("ip(ttl=1-§300)", "does not fit in 8 bits"),
        ("ip(ttl=(1§))", "a range is two numbers"), ("ip(ttl=(1,2§,3))", "a ')' is missing"),
        ("ip(ttl=(§x,2))", "'x' is no number"), ("ip(ttl=[1,2§)", "a ',' or ']' is missing"),
        ("ip(ttl=[§])", "a value is missing here"), ("arp(psrc=§zz)", "neither text in quotes nor pairs"),
        ("dhcp(chaddr=§0x0011223344556677889900112233445566)", "17 bytes do not fit, 16 are the most"),
        ("ip(keep=§len)", "what can be kept is"), ("ip(keep=lengths|§all2)", "what can be kept is"),
        ("udp(sport=[" + "1," * 4096 + "2§])", "4096 values at most"),
    ]:
        wrong(marked, message)


@test
def craft_points_at_mistakes_in_lists():
    for marked, message in [
        ("ip/tcp(options=[§mms(3)])", "nothing called 'mms' goes into this list; did you mean mss?"),
        ("ip/tcp(options=[§xyzzy])", "goes into this list; there are end, nop, mss, window_scale"),
        ("ip/tcp(options=[mss(§70000)])", "70000 does not fit in 16 bits"),
        ("ip/tcp(options=[§mss()])", "mss is missing"), ("ip/tcp(options=[mss(1,§2)])", "mss takes 1 value"),
        ("ip/tcp(options=[mss(§size=3)])", "mss has no 'size'"), ("ip/tcp(options=[mss(3§", "a ')' is missing"),
        ("ip/tcp(options=[mss(3§]", "a ')' is missing"), ("ip/tcp(options=[mss(3)§", "a ',' or ']' is missing"),
        ("ip/tcp(options=[('MSS',§x)])", "'x' is no number"), ("ip/tcp(options=[nop(§3)])", "nop takes 0 values"),
        ("ipv6/ICMPv6ND_NS/ICMPv6NDOpt§Xyzzy()", "goes into this list"),
        ("ipv6/icmpv6/ICMPv6NDOpt§MTU(1)", "there are no options in this message"),
        ("ipv6/§ICMPv6NDOptMTU(1)", "no layer 'ICMPv6NDOptMTU'"),
        ("ip/tcp(options=[(§256,'')])", "256 does not fit in 8 bits"),
        ("ip/udp/dns(an=[(§1,2)])", "nothing called 'option' goes into this list"),
        ("data(load='ab'*§40000)", "65536 bytes at most"), ("ip/tcp(options=[mss((((((((§(1", "a ')' is missing"),
        ("ip/tcp(options=§0x0)", "pairs of hexadecimal digits"),
        ("ip/udp/dns(an=a(x,§10.0.0))", "'10.0.0' is no IPv4 address"),
        ("ip/udp/dns(qd=question(§a..b,A))", "name"), ("ip/udp/dns(qd=question(x,§AAAAA))", "no name of a value"),
        ("ip/sctp(chunks=[§dada('x')])", "nothing called 'dada' goes into this list; did you mean data"),
        ("ip/sctp(chunks=[init(1,parameters=[§ipv5(1)])])", "did you mean ipv4"),
        ("ip/sctp(chunks=[init(1,2,3,4,5,[ipv4(§10.0.0)])])", "'10.0.0' is no IPv4 address"),
        ("ip/sctp(chunks=[init(1,2,3,4,5,[ecn§)])", "a ',' or ']' is missing"),
        ("ip/sctp(chunks=[abort([restart([§stream(1)])])])", "nothing called 'stream' goes into this list"),
        ("ip/sctp(chunks=[§sack(1,2,0x00)])", "the values are too long or make no sense together"),
        ("ppp/lcp(options=§[mru(1)])", "there are no words for what is in this list"),
        ("ip/sctp/SCTPChunk§Xyzzy()", "goes into this list"), ("ip/udp/§SCTPChunkData()", "no layer 'SCTPChunkData'"),
        ("eth/pppoed(tags=[max_payload(§65536)])", "65536 does not fit in 16 bits"),
    ]:
        wrong(marked, message)


@test
def craft_points_at_layers_that_do_not_go_together():
    wrong("ip/§icmpv6", "icmpv6 does not go inside ip")
    wrong("§eth/vxlan", "vxlan has no value here")
    wrong("eth/ip/§udp/'x'*65536", "udp.length: 65544 does not fit")
    wrong("§'x'", "nothing says what the outermost layer is", "-T", "dump")
    wrong("§icmpv6", "there is no IP outside")
    one("ip(keep=keys)/icmpv6(keep=all)")
    wrong("/".join(["ip"] * 128 + ["§ip"]), "a packet has 128 layers at most")


@test
def craft_points_at_mistakes_in_hexadecimal():
    for word, text, line, column in [("hex", b"001122\n00 1z 22\n", "00 1z 22", 3),
                                     ("text2pcap", b"000000 00 11 22\n000003 00 zz 11\n", "000003 00 zz 11", 10)]:
        for arguments, stdin in (((), text), (("-",), text), ((file(text, f"bad.{word}"),), b"")):
            result = run("craft", "--from", word, *arguments, stdin=stdin, code=2)
            said, shown, caret = result.err.splitlines()
            expect_in(f"line 2, column {column + 1}: ", said)
            expect((shown, caret), (f"  {line}", " " * (column + 2) + "^"))
    packed = file(gzip.compress(b"00 1z\n"), "bad.gz")
    expect(len(run("craft", "--from", "hex", packed, code=2).err.splitlines()), 1)
    expect_in("cannot open", run("craft", "--from", "hex", "no-such-file", code=1).err)


@test
def craft_refuses_wrong_options():
    for arguments, message in [
        ((), "what is to be made?"), (("-T", "jso", "ip"), "no format 'jso'; did you mean json"),
        (("--from", "xml"), "--from 'xml' is neither hex nor text2pcap"), (("-L", "x", "ip"), "-L 'x' is no link type"),
        (("-c", "0", "ip"), "-c '0' is no number from 1 on"), (("-n", "x", "ip"), "-n 'x' is no number from 1 on"),
        (("--keep", "len", "ip"), "--keep 'len' is none of"), (("--time", "x", "ip"), "--time 'x' is no time"),
        (("--color", "x", "ip"), "--color is auto, always or never"), (("--interval", "x", "ip"), "--interval 'x' is no duration"), (("--pat", "ip"), "no option --pat"),
    ]:
        expect_in(message, run("craft", *arguments, code=2).err, str(arguments))


@test
def craft_stays_within_bounds():
    """Texts that want very much are refused soon."""
    for text, message in [("'" + "x" * 200 + "'*400", "65536 bytes at most"),
                          ("/".join(["'x'*65536"] * 128), None), ("(" * 100000, "a layer or a payload"),
                          ("ip/tcp(options=[mss(" + "(" * 50000, "is missing"),
                          ("/".join(["ip"] * 20000), "128 layers at most"),
                          ("ip(ttl=[" + "1," * 30000, "4096 values at most")]:
        result = run("craft", text, code=None)
        expect(result.code, 2, result.err[:200])
        expect_in(message or "", result.err)
