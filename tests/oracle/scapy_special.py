"""Fields of scapy's that are more than one of ours, or whose name depends on others: for each class and
field a function that gives our names and the values."""

import base64
import ipaddress

from scapy.layers.dhcp import DHCPRevOptions
from scapy.layers.dns import bitmap2RRlist
from scapy.layers.inet import TCPOptions

DATA_OF_RECORD = {
    1: "dns.a", 2: "dns.ns", 5: "dns.cname", 12: "dns.ptr.domain_name", 16: "dns.txt", 28: "dns.aaaa",
}
TAGS = {
    0x0101: "service_name", 0x0102: "ac_name", 0x0103: "host_uniq", 0x0104: "ac_cookie",
    0x0110: "relay_session_id", 0x0201: "service_name_error", 0x0202: "ac_system_error",
    0x0203: "generic_error",
}  # fmt: skip
TCP_VALUES = {
    "MSS": ["mss_val"], "WScale": ["wscale.shift"], "Timestamp": ["timestamp.tsval", "timestamp.tsecr"],
}  # fmt: skip
DHCP_VALUES = {
    "message-type": "dhcp", "subnet_mask": "subnet_mask", "router": "router",
    "time_server": "time_server", "name_server": "domain_name_server", "log_server": "log_server",
    "hostname": "hostname", "domain": "domain_name", "broadcast_address": "broadcast_address",
    "NTP_server": "ntp_server", "requested_addr": "requested_ip_address",
    "lease_time": "ip_address_lease_time", "server_id": "dhcp_server_id",
    "renewal_time": "renewal_time_value", "rebinding_time": "rebinding_time_value",
    "max_dhcp_size": "dhcp_max_message_size", "vendor_class_id": "vendor_class_id",
    "param_req_list": "request_list_item", "error_message": "message", "default_ttl": "default_ip_ttl",
    "interface-mtu": "interface_mtu", "static-routes": "", "NetBIOS_server": "netbios_over_tcpip_name_server",
    "nis-domain": "nis_domain", "nis-server": "nis_server", "boot-size": "boot_file_size",
}  # fmt: skip


def link_address(layer):
    """The sender in a cooked capture, by what it is."""
    length = min(layer.lladdrlen, len(layer.src))
    address = layer.src[:length]
    yield ("sll.src.eth" if length == 6 else "sll.src.ipv4" if length == 4 else "sll.src.other"), address


def route(layer):
    """Addresses on a recorded or prescribed route: the next one, those behind, those before."""
    passed = max(layer.pointer - 4, 0) // 4
    for place, address in enumerate(layer.routers):
        if layer.option == 7:
            yield ("ip.rec_rt" if place < passed else "ip.empty_rt"), address
        elif place < passed:
            yield "ip.rec_rt", address
        elif place < len(layer.routers) - 1:
            yield "ip.src_rt", address


def destination(layer):
    """Where a source route ends."""
    for option in layer.options:
        if option.option in (3, 9) and option.pointer < option.length:
            return [("ip.dst", option.routers[-1]), ("ip.cur_rt", layer.dst)]
    return [("ip.dst", layer.dst)]


def tcp_options(layer):
    """Kinds, lengths and values."""
    for name, value in layer.options:
        kind = name if isinstance(name, int) else TCPOptions[1][name]
        yield "tcp.option_kind", kind
        if name == "SAck":
            for place, edge in enumerate(value):
                yield ("tcp.options.sack_re" if place % 2 else "tcp.options.sack_le"), edge
        elif name == "AO":
            yield "tcp.options.ao.keyid", value.keyid
            yield "tcp.options.ao.rnextkeyid", value.rnextkeyid
            yield "tcp.options.ao.mac", value.mac
        elif name == "UTO":
            yield "tcp.options.user_to_granularity", value >> 15
            yield "tcp.options.user_to_val", value & 0x7FFF
        elif name == "TFO":
            yield "tcp.options.tfo.cookie", value[0] << 32 | value[1]
        elif name in TCP_VALUES:
            values = value if isinstance(value, tuple) else (value,)
            for ours, one in zip(TCP_VALUES[name], values):
                yield f"tcp.options.{ours}", one
        elif isinstance(name, int):
            yield "tcp.options.unknown.payload", value


def dhcp_options(layer):
    """Codes and values."""
    for option in layer.options:
        name, values = (option, ()) if isinstance(option, str) else (option[0], option[1:])
        if name != "pad":
            code = {"end": 255}.get(name, name if isinstance(name, int) else None)
            yield "dhcp.option.type", DHCPRevOptions[name][0] if code is None else code
        if DHCP_VALUES.get(name):
            for value in values[0] if isinstance(values[0], list) else values:
                yield f"dhcp.option.{DHCP_VALUES[name]}", value


def record_data(layer):
    """Data of the records that have no class of their own."""
    if layer.type in DATA_OF_RECORD:
        data = layer.rdata if isinstance(layer.rdata, list) else [layer.rdata]
        for one in data:
            yield DATA_OF_RECORD[layer.type], one


def types_of(layer):
    """The types a name has records of."""
    return [("dns.resp.type", kind) for kind in bitmap2RRlist(layer.typebitmaps)]


def segment_node(field):
    """The value of an item that we show as it is."""
    def whole(layer):
        address = ipaddress.ip_address(layer.getfieldval(field)).packed
        yield "ipv6.routing.srh.tlv.value", bytes([layer.reserved, layer.flags]) + address
    return whole


def link_local_flags(layer):
    """Two flags that scapy has as one field, and what only a response says."""
    yield "dns.flags.truncated", layer.tc >> 1
    yield "dns.flags.tentative", layer.tc & 1
    if layer.qr:
        yield "dns.flags.rcode", layer.rcode


def icmp_rest(layer):
    """What is behind type and code of an error, when there is no length in it."""
    if layer.type in (3, 11) and not layer.length:
        if layer.type == 3 and layer.code == 4:
            yield "icmp.unused", bytes([layer.reserved, layer.length])
            yield "icmp.mtu", layer.nexthopmtu
        else:
            rest = layer.nexthopmtu if layer.type == 3 else layer.unused
            yield "icmp.unused", layer.reserved << 24 | rest
    elif layer.type == 12 and not layer.length:
        yield "icmp.unused", layer.unused


def gap_blocks(layer):
    """Blocks that scapy writes as text."""
    for block in layer.gap_ack_list:
        start, end = block.split(":")
        yield "sctp.sack_gap_block_start", int(start)
        yield "sctp.sack_gap_block_end", int(end)


def addresses_of(layer):
    """Addresses of the types of routing headers that scapy reads as one."""
    name = {0: "ipv6.routing.src.addr", 2: "ipv6.routing.mipv6.home_address"}.get(layer.type)
    return [(name, address) for address in layer.addresses] if name else []


def address_parameter(layer):
    """An address of either version."""
    yield ("sctp.parameter_ipv4_address" if layer.addr_type == 5 else "sctp.parameter_ipv6_address"), layer.addr


def ni_subject(layer):
    """The address or name that is asked about."""
    kind = ("ipv6", "fqdn", "ipv4")[layer.code]
    yield f"icmpv6.ni.query.subject_{kind}", layer.data[1] if kind == "fqdn" else layer.data


def ni_answer(layer):
    """Addresses with their times."""
    name = "node_address" if layer.qtype == 3 else "ipv4_address"
    for ttl, address in zip(layer.data[::2], layer.data[1::2]):
        yield "icmpv6.ni.reply.node_ttl", ttl
        yield f"icmpv6.ni.reply.{name}", address


def ni_flags(layer):
    """Six flags, and the bits before them."""
    yield "icmpv6.ni.flag", layer.unused << 6 | int(layer.flags)


def error_length(layer):
    """The length of a quoted datagram; without one it is a part of what is not used."""
    if layer.length:
        yield "icmpv6.length", layer.length
        yield "icmpv6.reserved", layer.unused
    else:
        yield "icmpv6.reserved", layer.unused


def with_exponent(code, bits):
    """A number of so many bits, that from half of them on has an exponent (RFC 3810 5.1.3, 5.1.9)."""
    if not code >> bits - 1:
        return code
    mantissa = bits - 4
    return (1 << mantissa | code & (1 << mantissa) - 1) << (code >> mantissa & 7) + 3


def of_response(field, ours):
    """A field of DNS that means something in a response only."""
    return lambda layer: [(f"dns.flags.{ours}", layer.getfieldval(field))] if layer.qr else []


def unknown_tag(field, ours):
    """A field of a tag whose type we show as a number."""
    return lambda layer: [] if layer.tag_type in TAGS else [(ours, layer.getfieldval(field))]


def vxlan_group(layer):
    """Flags and group, also of what scapy takes for another format or for reserved."""
    if layer.flags.G:
        word = int(layer.gpflags) << 16 | layer.gpid
    elif layer.flags.NextProtocol:
        word = layer.reserved0 << 8 | layer.NextProtocol
    else:
        word = layer.reserved1
    yield "vxlan.flags", int(layer.flags) << 8 | word >> 16
    yield "vxlan.gbp", word & 0xFFFF


def text_field(name, value):
    """Text that ends at the first byte of zero."""
    return [(name, value.split(b"\0")[0])]


def hardware(layer):
    """The client's address, as long as it is said to be."""
    length = min(layer.hlen, 16)
    if layer.htype == 1 and length == 6:
        yield "dhcp.hw.mac_addr", layer.chaddr[:6]
    elif length:
        yield "dhcp.hw.addr", layer.chaddr[:length]


NODE_QUERIES = ("Name", "IPv6", "IPv4")
NODE_MESSAGES = [f"ICMPv6NIQuery{kind}" for kind in ("NOOP", *NODE_QUERIES)]
NODE_MESSAGES += [f"ICMPv6NIReply{kind}" for kind in ("NOOP", "Refuse", "Unknown", *NODE_QUERIES)]

SPECIAL = {
    "CookedLinux.src": link_address,
    "CookedLinuxV2.src": link_address,
    "PPPoETag.tag_type": unknown_tag("tag_type", "pppoed.tag"),
    "PPPoETag.tag_len": unknown_tag("tag_len", "pppoed.tag_length"),
    "PPPoETag.tag_value": lambda layer: [
        (f"pppoed.tags.{TAGS[layer.tag_type]}" if layer.tag_type in TAGS else "pppoed.tag.unknown_data",
         layer.tag_value)],
    "PPP_LCP_Protocol_Reject.rejected_information": lambda layer: [
        ("lcp.data", bytes(layer.rejected_information))],
    "PPP_LCP_Code_Reject.rejected_packet": lambda layer: [("lcp.data", bytes(layer.rejected_packet))],
    "IP.ihl": lambda layer: [("ip.hdr_len", layer.ihl * 4)],
    "IP.dst": destination,
    "IPOption_RR.routers": route,
    "IPOption_LSRR.routers": route,
    "IPOption_SSRR.routers": route,
    "IPOption_Security.handling_restrictions": lambda layer: [
        ("ip.opt.sec_rfc791_hr", layer.handling_restrictions.to_bytes(2, "big"))],
    "ICMP.reserved": icmp_rest,
    "ICMP.length": lambda layer: [("icmp.length", layer.length)] if layer.length else [],
    "ICMP.nexthopmtu": lambda layer: [],  # see icmp_rest
    "ICMP.unused": lambda layer: [],
    "IPv6ExtHdrRouting.reserved": lambda layer: [
        ({0: "ipv6.routing.src.reserved", 2: "ipv6.routing.mipv6.reserved"}[layer.type], layer.reserved)]
        if layer.type in (0, 2) else [],
    "IPv6ExtHdrRouting.addresses": addresses_of,
    "IPv6ExtHdrSegmentRouting.unused1": lambda layer: [
        ("ipv6.routing.srh.flags", layer.unused1 << 7 | layer.protected << 6 | layer.oam << 5
         | layer.alert << 4 | layer.hmac << 3 | layer.unused2)],
    "IPv6ExtHdrSegmentRoutingTLVIngressNode.reserved": segment_node("ingress_node"),
    "IPv6ExtHdrSegmentRoutingTLVEgressNode.reserved": segment_node("egress_node"),
    "IPv6ExtHdrSegmentRoutingTLVPadN.padding": lambda layer: [
        ("ipv6.routing.srh.tlv.value", layer.padding[: layer.len])],
    "LLMNRQuery.tc": link_local_flags,
    "LLMNRQuery.rcode": lambda layer: [],
    "LLMNRResponse.tc": link_local_flags,
    "LLMNRResponse.rcode": lambda layer: [],
    "ICMPv6DestUnreach.length": error_length,
    "ICMPv6DestUnreach.unused": lambda layer: [],
    "ICMPv6TimeExceeded.length": error_length,
    "ICMPv6TimeExceeded.unused": lambda layer: [],
    "ICMPv6MPSol.res": lambda layer: [("icmpv6.reserved", layer.res)],
    "ICMPv6MPAdv.flags": lambda layer: [
        ("icmpv6.mip6.flag.m", layer.flags >> 1), ("icmpv6.mip6.flag.o", layer.flags & 1)],
    "ICMPv6MPAdv.res": lambda layer: [("icmpv6.mip6.flag.rsv", layer.res)],
    "ICMPv6NDOptRedirectedHdr.pkt": lambda layer: [("icmpv6.opt.redirected", bytes(layer.pkt))],
    "ICMPv6NDOptShortcutLimit.res1": lambda layer: [
        ("icmpv6.opt.nbma.rsv", layer.res1 << 32 | layer.res2)],
    "ICMPv6NDOptRouteInfo.res1": lambda layer: [
        ("icmpv6.opt.route_info.flag.reserved", layer.res1 << 5 | layer.res2)],
    "ICMPv6NDOptEFA.res": lambda layer: [],
    "TCP.dataofs": lambda layer: [("tcp.hdr_len", layer.dataofs * 4)],
    "TCP.flags": lambda layer: [("tcp.flags", layer.reserved << 9 | int(layer.flags))],
    "TCP.options": tcp_options,
    "SCTPChunkData.reserved": lambda layer: [
        ("sctp.chunk_flags", layer.reserved << 4 | layer.delay_sack << 3 | layer.unordered << 2
         | layer.beginning << 1 | layer.ending)],
    "SCTPChunkAbort.reserved": lambda layer: [("sctp.chunk_flags", layer.reserved << 1 | layer.TCB)],
    "SCTPChunkShutdownComplete.reserved": lambda layer: [
        ("sctp.chunk_flags", layer.reserved << 1 | layer.TCB)],
    "SCTPChunkSACK.gap_ack_list": gap_blocks,
    "SCTPChunkParamAddIPAddr.addr": address_parameter,
    "SCTPChunkParamDelIPAddr.addr": address_parameter,
    "SCTPChunkParamSetPrimaryAddr.addr": address_parameter,
    "VXLAN.flags": vxlan_group,
    "DNS.aa": of_response("aa", "authoritative"),
    "DNS.ra": of_response("ra", "recavail"),
    "DNS.ad": of_response("ad", "authenticated"),
    "DNS.rcode": of_response("rcode", "rcode"),
    "ICMPv6MLQuery2.mrd": lambda layer: [
        ("icmpv6.mld.maximum_response_code", with_exponent(layer.mrd, 16))],
    "ICMPv6MLQuery2.QQIC": lambda layer: [("icmpv6.mld.qqi", with_exponent(layer.QQIC, 8))],
    "DNSRR.rdata": record_data,
    "DNSRRNSEC.typebitmaps": types_of,
    "DNSRRNSEC3.typebitmaps": types_of,
    "DNSRRNSEC3.nexthashedownername": lambda layer: [
        ("dns.nsec3.hash_value", base64.b32hexencode(layer.nexthashedownername).rstrip(b"="))],
    "EDNS0TLV.optdata": lambda layer: [],
    "EDNS0ClientSubnet.address": lambda layer: [
        ({1: "dns.opt.client.addr4", 2: "dns.opt.client.addr6"}[layer.family], layer.address)],
    "BOOTP.chaddr": hardware,
    "BOOTP.sname": lambda layer: text_field("dhcp.server", layer.sname),
    "BOOTP.file": lambda layer: text_field("dhcp.file", layer.file),
    "BOOTP.options": lambda layer: [],
    "DHCP.options": dhcp_options,
}
SPECIAL.update((f"{message}.unused", ni_flags) for message in NODE_MESSAGES)
SPECIAL.update((f"ICMPv6NIQuery{kind}.data", ni_subject) for kind in NODE_QUERIES)
SPECIAL.update((f"ICMPv6NIReply{kind}.data", ni_answer) for kind in ("IPv6", "IPv4"))
