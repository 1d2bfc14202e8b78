"""What scapy makes of a packet: its layers by our names, and the bytes it builds of them again."""

import logging

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.config import conf  # noqa: E402
from scapy.contrib import mpls  # noqa: E402,F401
from scapy.layers import dns, inet, sctp, vxlan  # noqa: E402,F401
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import Loopback  # noqa: E402
from scapy.packet import Padding, Raw, bind_layers  # noqa: E402
from scapy.utils import RawPcapReader  # noqa: E402

from scapy_fields import LAYERS  # noqa: E402

# The numbers that IPv6 has on other systems' loopback.
for number in (24, 28, 30):
    bind_layers(Loopback, IPv6, type=number)

# The fields that it is to fill in.
FILLED = {
    "IP": ["ihl", "len", "chksum"],
    "IPv6": ["plen"],
    "IPv6ExtHdrHopByHop": ["len"],
    "IPv6ExtHdrDestOpt": ["len"],
    "IPv6ExtHdrRouting": ["len"],
    "IPv6ExtHdrSegmentRouting": ["len"],
    "GRE": ["chksum"],
    "TCP": ["dataofs", "chksum"],
    "UDP": ["len", "chksum"],
    "SCTP": ["chksum"],
    "SCTPChunkSACK": ["len", "n_gap_ack", "n_dup_tsn"],
    "SCTPChunkData": ["len"],
    "ICMP": ["chksum"],
    "ICMPv6EchoRequest": ["cksum"],
    "ICMPv6TimeExceeded": ["cksum"],
    "DNS": ["length"],
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
    kind = type(layer).__name__
    return "data" if kind == "Raw" else LAYERS.get(kind, (kind,))[0]


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
        for field in FILLED.get(type(layer).__name__, []):
            layer.fields.pop(field, None)
        layer.raw_packet_cache = None
    return bytes(packet)
