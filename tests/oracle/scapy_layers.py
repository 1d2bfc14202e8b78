"""What scapy makes of a packet: its layers by our names, and their values beside ours."""

import logging

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.config import conf  # noqa: E402
from scapy.layers import dns, inet, vxlan  # noqa: E402,F401
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import Loopback  # noqa: E402
from scapy.packet import Padding, Raw, bind_layers  # noqa: E402
from scapy.utils import RawPcapReader  # noqa: E402

# The numbers that IPv6 has on other systems' loopback.
for number in (24, 28, 30):
    bind_layers(Loopback, IPv6, type=number)

# What scapy calls our layers, and the fields that it is to fill in.
SCAPY = {
    "Ether": ("eth", []),
    "Dot1Q": ("vlan", []),
    "Dot1AD": ("ieee8021ad", []),
    "CookedLinux": ("sll", []),
    "CookedLinuxV2": ("sll2", []),
    "Loopback": ("null", []),
    "IP": ("ip", ["ihl", "len", "chksum"]),
    "IPerror": ("ip", []),
    "IPv6": ("ipv6", ["plen"]),
    "IPerror6": ("ipv6", []),
    "IPv6ExtHdrHopByHop": ("ipv6.hopopts", ["len"]),
    "IPv6ExtHdrDestOpt": ("ipv6.dstopts", ["len"]),
    "IPv6ExtHdrRouting": ("ipv6.routing", ["len"]),
    "IPv6ExtHdrSegmentRouting": ("ipv6.routing", ["len"]),
    "IPv6ExtHdrFragment": ("ipv6.fraghdr", []),
    "GRE": ("gre", ["chksum"]),
    "VXLAN": ("vxlan", []),
    "TCP": ("tcp", ["dataofs", "chksum"]),
    "UDP": ("udp", ["len", "chksum"]),
    "UDPerror": ("udp", []),
    "ICMP": ("icmp", ["chksum"]),
    "ICMPv6EchoRequest": ("icmpv6", ["cksum"]),
    "ICMPv6TimeExceeded": ("icmpv6", ["cksum"]),
    "DNS": ("dns", ["length"]),
    "Raw": ("data", []),
}

# Values that both have, by scapy's names.
SAME_VALUES = {
    "Ether": {"dst": "eth.dst", "src": "eth.src", "type": "eth.type"},
    "Dot1Q": {"prio": "vlan.priority", "vlan": "vlan.id", "type": "vlan.etype"},
    "IP": {
        "version": "ip.version",
        "tos": "ip.dsfield",
        "len": "ip.len",
        "id": "ip.id",
        "frag": "ip.frag_offset",
        "ttl": "ip.ttl",
        "proto": "ip.proto",
        "chksum": "ip.checksum",
        "src": "ip.src",
        "dst": "ip.dst",
    },
    "IPv6": {
        "version": "ipv6.version",
        "tc": "ipv6.tclass",
        "fl": "ipv6.flow",
        "plen": "ipv6.plen",
        "nh": "ipv6.nxt",
        "hlim": "ipv6.hlim",
        "src": "ipv6.src",
        "dst": "ipv6.dst",
    },
    "TCP": {
        "sport": "tcp.srcport",
        "dport": "tcp.dstport",
        "seq": "tcp.seq",
        "ack": "tcp.ack",
        "window": "tcp.window_size_value",
        "chksum": "tcp.checksum",
        "urgptr": "tcp.urgent_pointer",
    },
    "UDP": {
        "sport": "udp.srcport",
        "dport": "udp.dstport",
        "len": "udp.length",
        "chksum": "udp.checksum",
    },
    "ICMP": {"type": "icmp.type", "code": "icmp.code", "chksum": "icmp.checksum"},
    "ICMPv6EchoRequest": {
        "type": "icmpv6.type",
        "cksum": "icmpv6.checksum",
        "seq": "icmpv6.echo.sequence_number",
    },
    "GRE": {"proto": "gre.proto", "chksum": "gre.checksum", "key": "gre.key"},
    "VXLAN": {"vni": "vxlan.vni"},
    "DNS": {"id": "dns.id", "qdcount": "dns.count.queries", "ancount": "dns.count.answers"},
}

LINK_TYPE = 0xFFFF  # what is above says how long a check sequence is


def read(path):
    """The packets of a capture, one after the other, with their bytes."""
    reader = RawPcapReader(path)
    first = conf.l2types[reader.linktype & LINK_TYPE]
    for data, _ in reader:
        yield first(data), data
    reader.close()


def layers_of(packet):
    """The packet's layers from the outermost to the payload, padding excepted."""
    while packet and packet.name not in ("NoPayload", "Padding"):
        yield packet
        packet = packet.payload


def name_of(layer):
    """Our name of a layer; scapy's where there is none."""
    return SCAPY.get(type(layer).__name__, (type(layer).__name__,))[0]


def count_extensions(packet):
    """Makes what follows a quoted datagram a part of its message: it is padding to scapy, which
    lengths and checksums leave out."""
    quoted = packet.getlayer("UDP in ICMP")
    last = quoted and list(layers_of(quoted))[-1]
    if last and isinstance(last.payload, Padding):
        extensions = last.payload
        last.remove_payload()
        last.add_payload(Raw(extensions.load))
        last.payload.add_payload(extensions.payload)


def rebuilt(packet):
    """The bytes scapy makes of the packet when it fills in what can be, which changes the packet."""
    count_extensions(packet)
    for layer in layers_of(packet):
        for field in SCAPY[type(layer).__name__][1]:
            layer.fields.pop(field, None)
        layer.raw_packet_cache = None
    return bytes(packet)


def values_differ(layer, values):
    """The values of one layer that tapir reads otherwise than scapy."""
    for theirs, ours in SAME_VALUES.get(type(layer).__name__, {}).items():
        expected, found = layer.getfieldval(theirs), values.get(ours)
        # As for Wireshark the destination is where a source route ends.
        if ours == "ip.dst" and layer.getfieldval("options"):
            continue
        if expected is not None and str(expected) != str(found):
            yield f"{ours} {found}, not {expected}"
