"""Compares the values that scapy reads in a packet with ours."""

import collections
import ipaddress
import re

import scapy_layers
from scapy.fields import ConditionalField
from scapy.layers.ppp import HDLC, PPP
from scapy.packet import NoPayload, Packet
from scapy_fields import LAYERS
from scapy_special import SPECIAL


# Behind the end of the options there may be more of these to us.
PADDED = {"tcp.option_kind"}


# The same format is another protocol to us elsewhere.
OTHER_PORTS = {"dns": ("mdns", "llmnr")}


class Values:
    """What scapy reads in one of our layers: by our name of it every value, in order."""

    def __init__(self, name):
        self.name = name
        self.values = collections.defaultdict(list)
        self.fields = set()
        self.unknown = []

    def add(self, layer):
        """Adds the fields of one of scapy's layers, and of what is inside them."""
        kind = type(layer).__name__
        names = LAYERS.get(kind, ("", {}))[1]
        for field in fields_of(layer):
            value = layer.getfieldval(field)
            name = names.get(field)
            if name == "*":
                self.put(kind, field, SPECIAL[f"{kind.removesuffix('error')}.{field}"](layer))
            elif name and name != "-":
                self.put(kind, field, [(name, one) for one in listed(value)])
            elif not name and is_packets(value):
                for item in up_to_end(listed(value)):
                    self.add_chain(item)
            elif not name and value not in (None, [], b""):
                self.unknown.append(f"{kind}.{field}")

    def add_chain(self, item):
        """Adds a packet inside a field with those that follow it."""
        while isinstance(item, Packet) and not isinstance(item, NoPayload):
            self.add(item)
            item = item.payload

    def put(self, kind, field, values):
        """Adds values by our names."""
        for name, value in values:
            if value is not None:
                self.values[name].append(value)
                self.fields.add((kind, field, name))

    def differences(self, ours):
        """What we read otherwise."""
        yield from (f"{field} is not in the table" for field in self.unknown)
        for name, expected in self.values.items():
            found = listed(ours.get(name))
            expected, found = shown(expected), shown(found)
            if name in PADDED:
                found = found[: len(expected)] + [one for one in found[len(expected) :] if one]
            if len(found) != len(expected) or not all(map(same, expected, found)):
                yield f"{name} {found}, not {expected}"


def fields_of(layer):
    """The names of a layer's fields, of those that are there."""
    for field in layer.fields_desc:
        if not isinstance(field, ConditionalField) or field._evalcond(layer):
            yield field.name


def listed(value):
    """A value as a list of values."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def up_to_end(items):
    """Options up to the one that ends them: padding is more of these to scapy."""
    for item in items:
        yield item
        if type(item).__name__ == "IPOption_EOL":
            break


def shown(values):
    """Values but for data of no bytes, which need not be shown."""
    return [one for one in values if one or not isinstance(one, (bytes, str))]


def is_packets(value):
    """Whether a value is a packet, or some."""
    values = listed(value)
    return bool(values) and all(isinstance(one, Packet) for one in values)


def address(text):
    """An address, or None."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def same_text(expected, found):
    """Whether text is the same; addresses and names have several forms."""
    if expected.lower().rstrip(".") == ("" if found == "<Root>" else found.lower()):
        return True
    return address(expected) is not None and address(expected) == address(found)


def same(expected, found):
    """Whether a value of scapy's is the same as ours."""
    if not isinstance(found, str):
        return (int.from_bytes(expected, "big") if isinstance(expected, bytes) else int(expected)) == found
    if isinstance(expected, str):
        return same_text(expected, found)
    octets = None
    if re.fullmatch(r"([0-9a-f]{2}(:[0-9a-f]{2})*)?", found):
        octets = bytes.fromhex(found.replace(":", ""))
    if not isinstance(expected, bytes):
        return octets is not None and int.from_bytes(octets, "big") == int(expected)
    return octets == expected or same_text(expected.decode(errors="replace"), found)


def groups(packet):
    """What scapy reads, by our layers, up to the first that the table does not know."""
    group = None
    for layer in scapy_layers.layers_of(packet):
        name = scapy_layers.name_of(layer)
        if type(layer).__name__ not in LAYERS:
            break
        # HDLC's address is a part of PPP to us.
        goes_on = name.startswith("+") or isinstance(layer, PPP) and isinstance(layer.underlayer, HDLC)
        if not goes_on:
            if group:
                yield group
            group = Values(name)
        group.add(layer)
    if group:
        yield group


def compared(packet, layers):
    """For each layer that scapy knows: its values, and how ours differ."""
    layers = [layer for layer in layers if layer["name"] != "raw"]
    for place, values in enumerate(groups(packet)):
        ours = layers[place] if place < len(layers) else {"name": "nothing", "fields": {}}
        if ours["name"] in OTHER_PORTS.get(values.name, ()):
            values.name = ours["name"]
        if ours["name"] != values.name:
            yield values, [f"{values.name} is {ours['name']} to us"]
            return
        yield values, list(values.differences(ours["fields"]))
