"""Gives scapy's layers values in all fields that nothing else depends on; `fuzz` of scapy's gives new
ones whenever it is asked, and some that make a packet something else."""

import ipaddress

from scapy.fields import (
    BitField,
    ConditionalField,
    Emph,
    Field,
    IP6Field,
    IPField,
    MACField,
    PadField,
    StrField,
    StrFixedLenField,
)
from scapy.layers.dns import DNSStrField
from scapy.packet import Packet

# Fields that decide what a layer is, or how long.
DECIDING = {
    "ARP": {"hwtype", "ptype", "hwlen", "plen"},
    "BOOTP": {"htype", "hlen", "options", "sname", "file", "chaddr"},
    "CookedLinux": {"lladdrlen", "lladdrtype"},
    "CookedLinuxV2": {"lladdrlen", "lladdrtype"},
    "GRE": {"chksum_present", "routing_present", "key_present", "seqnum_present", "version"},
    "GRE_PPTP": {"chksum_present", "routing_present", "key_present", "version", "proto"},
    "GRErouting": {"address_family", "SRE_offset"},
    "HDLC": {"address", "control"},
    "Dot3": {"len"},
    "LLC": {"dsap", "ssap", "ctrl"},
    "ICMP": {"type", "unused"},
    "IP": {"version", "frag", "proto"},
    "IPv6": {"version", "nh"},
    "IPv6ExtHdrDestOpt": {"autopad", "nh"},
    "IPv6ExtHdrFragment": {"nh", "offset"},
    "IPv6ExtHdrHopByHop": {"autopad", "nh"},
    "IPv6ExtHdrRouting": {"nh", "type"},
    "IPv6ExtHdrSegmentRouting": {"nh", "type"},
    "MPLS": {"s", "label"},
    "EoMCW": {"zero"},
    "PPPoE": {"code", "version", "type"},
    "PPPoETag": {"tag_type"},
    "PPP_IPCP_Option": {"type"},
    "SCTPChunkData": {"reserved"},
    "TCP": {"sport", "dport", "options"},
    "UDP": {"sport", "dport"},
    "VXLAN": {"flags"},
}
# So do these of any layer.
DECIDING_ANYWHERE = {"type", "option", "otype", "copy_flag", "optclass", "addr_type", "optcode", "rtype"}
DECIDING_ANYWHERE |= {"len", "length", "optlen", "addr_len", "garbage", "rclass"}
# Of these scapy would look for values on this machine.
LOOKED_UP = {"src", "dst"}


def mac(rng):
    """A hardware address."""
    return ":".join(f"{octet:02x}" for octet in rng.randbytes(6))


def ip4(rng):
    """An address."""
    return str(ipaddress.IPv4Address(rng.randbytes(4)))


def ip6(rng):
    """An address."""
    return str(ipaddress.IPv6Address(b"\x20" + rng.randbytes(15)))


def name(rng):
    """A domain name."""
    labels = ("".join(rng.choices("abcdefghijk-0123", k=rng.randint(2, 9))) for _ in range(rng.randint(1, 4)))
    return ".".join(f"x{label}" for label in labels) + "."


def value_of(field, rng):
    """A value for a field, or None."""
    while isinstance(field, (ConditionalField, Emph, PadField)):
        field = field.fld
    makers = ((DNSStrField, name), (IPField, ip4), (IP6Field, ip6), (MACField, mac))
    for kind, make in makers:
        if isinstance(field, kind):
            return make(rng)
    if isinstance(field, StrFixedLenField):
        length = field.length_from(None) if field.length_from.__name__ == "<lambda>" and field.sz else 0
        return rng.randbytes(length) if length else None
    if isinstance(field, StrField) and isinstance(field.default, (str, bytes)):
        return rng.randbytes(rng.randint(1, 12))
    if isinstance(field, BitField):
        return rng.getrandbits(abs(field.size))
    if type(field).__module__.startswith("scapy") and isinstance(field.default, int):
        return rng.getrandbits(int(8 * field.sz))
    return None


def fill(layer, rng):
    """Fills one layer, but for what was given or comes of what follows."""
    kind = type(layer).__name__
    kept = DECIDING.get(kind, set()) | DECIDING_ANYWHERE | set(layer.overloaded_fields)
    if not kind.startswith("ICMPv6") or kind.startswith("ICMPv6NI"):
        kept |= {"code"}
    for field in layer.fields_desc:
        given = layer.fields.get(field.name)
        for item in given if isinstance(given, list) else [given]:
            if isinstance(item, Packet):
                filled(item, rng)
        if field.name in layer.fields or field.name in kept:
            continue
        if layer.default_fields.get(field.name) is None and field.name not in LOOKED_UP:
            continue
        value = value_of(field, rng)
        if value is not None:
            layer.setfieldval(field.name, value)


def filled(packet, rng):
    """The packet with all its layers filled."""
    layer = packet
    while layer:
        fill(layer, rng)
        layer = layer.payload
    return packet
