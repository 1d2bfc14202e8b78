"""Tunnels and VLANs in user space, for kernels that come without those devices.

A relay owns a TUN or TAP device and an underlay interface. What programs send into the device
leaves the interface inside the headers of the chosen kind, and the other way round.
"""

import fcntl
import os
import select
import socket
import struct

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_TAP, IFF_NO_PI = 0x0001, 0x0002, 0x1000
SOL_PACKET, PACKET_AUXDATA = 263, 8
ETH_P_ALL = 0x0003

# kind -> (device works on Ethernet frames, IP version of the underlay or 0 for none)
KINDS = {
    "vlan": (True, 0),
    "qinq": (True, 0),
    "gre": (False, 4),
    "gre-key-seq-sum": (False, 4),
    "gretap": (True, 4),
    "ipip": (False, 4),
    "sit": (False, 4),
    "ip6gre": (False, 6),
    "ip6gretap": (True, 6),
    "ip6tnl": (False, 6),
    "plain": (False, 4),
}


def open_device(name, ethernet):
    """Attach to a TUN or TAP device, creating it."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    flags = (IFF_TAP if ethernet else IFF_TUN) | IFF_NO_PI
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    return device


def internet_checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def gre_header(protocol, payload, sequence):
    """RFC 2890 header with checksum, key and sequence number when a sequence is given."""
    if sequence is None:
        return struct.pack("!HH", 0, protocol)
    fields = struct.pack("!HHHHII", 0xB000, protocol, 0, 0, 77, sequence)
    checksum = internet_checksum(fields + payload)
    return struct.pack("!HHHHII", 0xB000, protocol, checksum, 0, 77, sequence)


def gre_payload(data):
    flags = struct.unpack_from("!H", data)[0]
    skip = 4 + (4 if flags & 0xC000 else 0) + (4 if flags & 0x2000 else 0)
    return data[skip + (4 if flags & 0x1000 else 0) :]


def inner_protocol(packet):
    return 0x86DD if packet[0] >> 4 == 6 else 0x0800


class TunnelRelay:
    """Carries packets in GRE or directly in IP, through raw sockets."""

    def __init__(self, kind, local, remote):
        self.kind = kind
        self.family = socket.AF_INET6 if KINDS[kind][1] == 6 else socket.AF_INET
        self.remote = remote
        self.sequence = 0 if kind == "gre-key-seq-sum" else None
        numbers = {"ipip": (4,), "sit": (41,), "ip6tnl": (4, 41)}.get(kind, (47,))
        self.sockets = {}
        for number in numbers:
            raw = socket.socket(self.family, socket.SOCK_RAW, number)
            raw.bind((local, 0))
            self.sockets[number] = raw

    def readable(self):
        return list(self.sockets.values())

    def send(self, packet):
        if 47 in self.sockets:
            ethernet = KINDS[self.kind][0]
            protocol = 0x6558 if ethernet else inner_protocol(packet)
            header = gre_header(protocol, packet, self.sequence)
            if self.sequence is not None:
                self.sequence += 1
            self.sockets[47].sendto(header + packet, (self.remote, 0))
            return
        number = 41 if inner_protocol(packet) == 0x86DD else 4
        if number in self.sockets:
            self.sockets[number].sendto(packet, (self.remote, 0))

    def receive(self, raw):
        data = raw.recv(65535)
        if self.family == socket.AF_INET:
            data = data[(data[0] & 15) * 4 :]
        return gre_payload(data) if 47 in self.sockets else data


class VlanRelay:
    """Carries Ethernet frames with one or two tags, through a packet socket."""

    def __init__(self, kind, interface):
        self.tags = [(0x88A8, 100), (0x8100, 0x6000 | 7)] if kind == "qinq" else [(0x8100, 42)]
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((interface, ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)

    def readable(self):
        return [self.socket]

    def send(self, frame):
        tags = b"".join(struct.pack("!HH", kind, control) for kind, control in self.tags)
        self.socket.send(frame[:12] + tags + frame[12:])

    def receive(self, raw):
        # The kernel takes the outer tag out of the frame and hands it over beside it.
        data, ancillary, _, address = raw.recvmsg(65535, 256)
        if address[2] == socket.PACKET_OUTGOING:
            return None
        for level, kind, value in ancillary:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, _, _, _, _, control, protocol = struct.unpack_from("IIIHHHH", value)
                if status & 0x10:
                    data = data[:12] + struct.pack("!HH", protocol, control) + data[12:]
        offset = 12
        for expected, control in self.tags:
            if len(data) < offset + 4:
                return None
            if struct.unpack_from("!HH", data, offset) != (expected, control):
                return None
            offset += 4
        return data[:12] + data[offset:]


class PlainRelay:
    """Carries packets over UDP and loses some of them on purpose."""

    PORT = 7777

    def __init__(self, local, remote):
        self.remote = remote
        self.count = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((local, self.PORT))

    def readable(self):
        return [self.socket]

    def send(self, packet):
        self.count += 1
        if len(packet) > 500 and self.count % 7 == 3:
            return
        self.socket.sendto(packet, (self.remote, self.PORT))

    def receive(self, raw):
        return raw.recv(65535)


def relay(kind, device_name, interface, local, remote):
    """Run one relay until killed."""
    ethernet, _ = KINDS[kind]
    device = open_device(device_name, ethernet)
    if kind in ("vlan", "qinq"):
        carrier = VlanRelay(kind, interface)
    elif kind == "plain":
        carrier = PlainRelay(local, remote)
    else:
        carrier = TunnelRelay(kind, local, remote)
    sources = [device] + carrier.readable()
    while True:
        for ready in select.select(sources, [], [])[0]:
            try:
                if ready is device:
                    carrier.send(os.read(device, 65535))
                else:
                    packet = carrier.receive(ready)
                    if packet:
                        os.write(device, packet)
            except OSError:
                # The device is not up yet, or a packet is too big: lost, as on a real link.
                continue
