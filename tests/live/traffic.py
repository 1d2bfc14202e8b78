"""Real traffic between two network namespaces, and what captures it: the program under test and tcpdump.
The program is the first word of the command line of the test that imports this."""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from namespace import Namespace, need_programs, wait_for
from tap import need

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])


class Net:
    """Two namespaces with a veth pair between them, v0 in `near` and v1 in `far`."""

    def __init__(self):
        self.near = Namespace("near")
        self.far = Namespace("far")
        try:
            self.near.make()
            self.far.make()
            self.make_pair()
        except BaseException:
            self.near.close()
            self.far.close()
            raise
        self.directory = tempfile.mkdtemp(prefix="tapir-live-")
        # Once anybody wants times in a socket, the kernel takes one per frame that all captures
        # share; else each takes its own.
        self.clock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.clock.setsockopt(socket.SOL_SOCKET, 29, 1)  # SO_TIMESTAMP

    def make_pair(self):
        near, far = self.near, self.far
        near.add_link("v0", "type", "veth", "peer", "name", "v1", "netns", far.name)
        for namespace, device, host in ((near, "v0", 1), (far, "v1", 2)):
            namespace.ip("addr", "add", f"10.7.0.{host}/24", "dev", device)
            namespace.ip("addr", "add", f"fd00:7::{host}/64", "dev", device, "nodad")
            namespace.ip("link", "set", device, "up")
            # Segments go out whole, as they would on a wire.
            namespace.run("ethtool", "-K", device, "tso", "off", "gso", "off", "gro", "off", check=False)

    def ping(self, address="10.7.0.2", count=5, interval="0.02", check=True):
        return self.near.run("ping", "-q", "-n", "-c", count, "-i", interval, "-W", "2", address, check=check)

    def close(self):
        self.clock.close()
        self.near.close()
        self.far.close()
        shutil.rmtree(self.directory, ignore_errors=True)


NET = None


def net():
    """The namespaces, made when the first test asks for them."""
    global NET
    need_programs("tcpdump", "ping")
    if NET is None:
        NET = Net()
        atexit.register(NET.close)
    return NET


def path(name):
    return os.path.join(net().directory, name)


class Capture:
    """The program under test, or tcpdump, while it runs in a namespace."""

    def __init__(self, command, namespace, ready):
        self.output = tempfile.TemporaryFile()
        self.child = subprocess.Popen(namespace.command(*command),
                                      stdin=subprocess.DEVNULL, stdout=self.output,
                                      stderr=subprocess.STDOUT)
        wait_for(lambda: ready in self.text() or self.child.poll() is not None, f"{command[0]}: {ready}", 20)

    def text(self):
        # Not by seeking: the place in the file is where the program writes, too.
        return os.pread(self.output.fileno(), 1 << 24, 0).decode(errors="replace")

    def wait_for(self, text, timeout=5.0):
        wait_for(lambda: text in self.text(), f"{text!r} in {self.text()!r}", timeout)

    def send(self, number):
        os.kill(self.child.pid, number)

    def end(self, number=signal.SIGTERM, timeout=10):
        if number and self.child.poll() is None:
            self.send(number)
        try:
            self.code = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise
        return self.text()

    def facts(self):
        """Lines of "name value"; of several of one name, the last."""
        return dict(line.split(" ", 1) for line in self.text().splitlines() if " " in line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.output.close()


def capture(interface, *options, namespace=None, ready="open "):
    return Capture((PROGRAM, *options, interface), namespace or net().near, ready)


def tcpdump(interface, file, *options, namespace=None):
    return Capture(("tcpdump", "-Z", "root", "-U", "-n", "--time-stamp-precision=nano",
                    "-i", interface, "-w", file, *options), namespace or net().near, "listening on")


def read_pcap(file):
    """(link type, [(time, length, bytes)]) of a pcap file in this machine's byte order."""
    with open(file, "rb") as opened:
        data = opened.read()
    magic, _, _, _, _, _, link_type = struct.unpack_from("=IHHiIII", data)
    need(magic in (0xa1b2c3d4, 0xa1b23c4d), hex(magic))
    unit = 1 if magic == 0xa1b23c4d else 1000
    at, packets = 24, []
    while at < len(data):
        seconds, fraction, caplen, length = struct.unpack_from("=IIII", data, at)
        at += 16
        packets.append((seconds * 10**9 + fraction * unit, length, data[at:at + caplen]))
        at += caplen
    return link_type & 0xffff, packets


def settle():
    """Has the kernel hand out what it holds back: tcpdump and pcap wait for a second."""
    time.sleep(1.3)


def between(file, begin, end):
    """(link type, packets) of read_pcap, of that time only: machines talk on their own, so that the
    one that captures longer has more."""
    return file[0], [packet for packet in file[1] if begin <= packet[0] <= end]


def difference(ours, theirs):
    for number, (a, b) in enumerate(zip(ours, theirs)):
        if a[1:] != b[1:]:
            return (f"packet {number} of {len(ours)}, {len(theirs)}: {a[1]} {a[2].hex()[:120]} "
                    f"for {b[1]} {b[2].hex()[:120]}")
    return f"{len(ours)} packets for {len(theirs)}"


SBIN = "/usr/sbin:/usr/bin:/sbin"
UDP_SERVER = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.7.0.2", 5353))
while True:
    query, who = s.recvfrom(2000)
    question = query[12:].split(b"\\0", 1)[0] + b"\\0" + b"\\0\\x01\\0\\x01"
    s.sendto(query[:2] + b"\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0" + question +
             b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4\\x0a\\7\\0\\2", who)
"""


def stop(server):
    server.terminate()
    server.wait(10)


def start_sshd():
    """A server of secure shells with a key of its own, or None where there is none."""
    program = shutil.which("sshd", path=SBIN)
    if not program or not shutil.which("ssh-keyscan"):
        return None
    key = os.path.join(net().directory, "host-key")
    if not os.path.exists(key):
        net().far.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
    os.makedirs("/run/sshd", exist_ok=True)
    return net().far.start(program, "-D", "-f", os.devnull, "-p", "2222", "-o", "PidFile=none", "-o", "UsePAM=no",
                           "-h", key)


@contextlib.contextmanager
def servers():
    """Servers of pages, names, keys and bulk in `far` for as long as the block runs."""
    n = net()
    started = [n.far.start("python3", "-m", "http.server", "-b", "10.7.0.2", "-d", HERE, "8080"),
               n.far.start("python3", "-c", UDP_SERVER)]
    if shutil.which("iperf3"):
        started.append(n.far.start("iperf3", "-s", "-B", "10.7.0.2"))
    sshd = start_sshd()
    if sshd:
        started.append(sshd)
    try:
        yield
    finally:
        for server in started:
            stop(server)


def gets_page(*options):
    return net().near.run("curl", "-s", "-o", "/dev/null", *options, "http://10.7.0.2:8080/sources.py",
                          check=False).returncode == 0


def gets_name(name="example.net"):
    said = net().near.run("dig", "-p", "5353", "@10.7.0.2", "+short", "+time=1", "+tries=1", name, check=False)
    return said.stdout.splitlines() == ["10.7.0.2"]


def gets_key():
    return "ssh-ed25519" in net().near.run("ssh-keyscan", "-p", "2222", "-T", "3", "-t", "ed25519", "10.7.0.2",
                                           check=False).stdout


def mixed_traffic(names=1):
    """Echoes, a page, names, the keys of a host and half a second of bulk."""
    n = net()
    with servers():
        n.ping()
        n.ping("fd00:7::2")
        wait_for(gets_page, "the server of pages", 20)
        for _ in range(names):
            wait_for(gets_name, "the server of names", 20)
        if shutil.which("sshd", path=SBIN) and shutil.which("ssh-keyscan"):
            wait_for(gets_key, "sshd", 20)
        if shutil.which("iperf3"):
            n.near.run("iperf3", "-c", "10.7.0.2", "-n", "2M", "-b", "40M", check=False)


def sum16(data):
    """The Internet checksum."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def echo(tags, source="10.7.100.2", target="10.7.100.1", number=1):
    """A frame of an ICMP echo request behind the tags, pairs of type and control information."""
    icmp = struct.pack("!BBHHH", 8, 0, 0, 7, number) + bytes(range(40))
    icmp = icmp[:2] + struct.pack("!H", sum16(icmp)) + icmp[4:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), number, 0, 64, 1, 0,
                     socket.inet_aton(source), socket.inet_aton(target))
    ip = ip[:10] + struct.pack("!H", sum16(ip)) + ip[12:]
    return (RAW_ETHERNET + b"".join(struct.pack("!HH", *tag) for tag in tags) +
            b"\x08\x00" + ip + icmp)


RAW_ETHERNET = bytes.fromhex("ffffffffffff020000000001")
FROM_RAW = "ether src 02:00:00:00:00:01"

SEND_RAW = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("v1", 0))
for frame in sys.argv[1:]:
    s.send(bytes.fromhex(frame))
"""


def send_raw(*frames):
    """Has frames go from v1 to v0."""
    net().far.run("python3", "-c", SEND_RAW, *[frame.hex() for frame in frames])
