#!/usr/bin/python3
"""tapir send on a network of its own: what comes out at the other end. usage: send.py TAPIR"""

import os
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

from namespace import Namespace, Pair, need_programs, wait_for
from tap import Skip, main, need, test, timed

TAPIR = os.path.abspath(sys.argv[1])
ETHER_TYPE = 0x88B5  # for experiments (IEEE 802), so that nothing else answers or sends it
MARK = f"ether proto {ETHER_TYPE:#x} or (vlan and ether proto {ETHER_TYPE:#x})"
METHODS = ("pcap", "afpacket", "afxdp")
MACS = bytes.fromhex("020000009902 020000009901")


def write(path, packets, link_type=1, gap=1000, times=None):
    """A capture file, times in ns; packets are bytes, or bytes and the length there was."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link_type))
        for number, packet in enumerate(packets):
            data, length = packet if isinstance(packet, tuple) else (packet, len(packet))
            when = times[number] if times else number * gap
            file.write(struct.pack("<IIII", 1000 + when // 10**9, when % 10**9, len(data), length) + data)


def read(path):
    """Times in ns, and bytes, of a file that tcpdump wrote in ns."""
    with open(path, "rb") as file:
        data = file.read()
    at, found = 24, []
    while at + 16 <= len(data):
        seconds, rest, caplen, _ = struct.unpack_from("<IIII", data, at)
        found.append((seconds * 10**9 + rest, data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return found


def various(count, longest=1514, seed=7):
    """Frames of all lengths, no two alike."""
    generator = random.Random(seed)
    lengths = [14, 15, 59, 60, longest - 1, longest] + [generator.randint(18, longest) for _ in range(count)]
    return [MACS + struct.pack(">H", ETHER_TYPE) +
            (struct.pack(">I", number) + generator.randbytes(length))[:length - 14]
            for number, length in enumerate(lengths[:count])]


class Other:
    """tcpdump at the other end."""

    def __init__(self, side, *words, interface=None, longest=2048):
        need_programs("tcpdump")
        self.file = tempfile.NamedTemporaryFile(suffix=".pcap")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = side.start("tcpdump", "-i", interface or side.interface, "-Q", "in", "-B", "65536", "-s",
                                  str(longest), "-U", "--immediate-mode", "--time-stamp-precision=nano", "-Z",
                                  "root", "-w", self.file.name, *words, stderr=self.errors)
        wait_for(lambda: "listening on" in self.said(), "tcpdump")

    def said(self):
        return os.pread(self.errors.fileno(), 1 << 16, 0).decode()

    def end(self, count, seconds=10):
        """Waits for so many packets and a moment longer; what came, with times."""
        until = time.monotonic() + seconds
        while len(read(self.file.name)) < count and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.1)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=10)
        need("\n0 packets dropped by kernel" in self.said(), self.said())
        return read(self.file.name)


def send(side, *words, code=0, interface=None, **options):
    """Runs tapir send; what it said, checked for its exit code."""
    done = side.run(TAPIR, "send", "-i", interface or side.interface, *words, check=False, **options)
    need(done.returncode == code, f"exit code {done.returncode}, not {code}: {done.stderr}")
    need(done.stdout == "", done.stdout)
    return done.stderr


def summary(said):
    """Packets, bytes, seconds and packets/s of the line at the end."""
    found = re.search(r"^(\d+) packets? \((\d+) bytes\) sent in ([\d.]+) s: ([\d.]+) packets/s, [\d.]+ Mbit/s$",
                      said, re.M)
    need(found, said)
    return int(found[1]), int(found[2]), float(found[3]), float(found[4])


def same(found, wanted):
    found = [data for _, data in found]
    need(len(found) == len(wanted), f"{len(found)} packets came, {len(wanted)} were sent")
    for number, (one, other) in enumerate(zip(found, wanted), 1):
        need(one == other, f"packet {number}: {one.hex()[:120]} came, {other.hex()[:120]} was sent")


def available(said):
    """Skips what this machine or this build cannot do."""
    if "this build cannot" in said:
        raise Skip(said.strip())
    return said


def sent(pair, packets, *words, expected=None, **options):
    """Sends packets of a file; what came of them, and what tapir said."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets, **options)
        other = Other(pair.right, MARK)
        said = available(send(pair.left, *words, file.name))
        return other.end(len(packets) if expected is None else expected), said


def counters(side):
    link, = side.ip_json("-s", "link", "show", "dev", side.interface)
    return link["stats64"]["tx"]["packets"], link["stats64"]["tx"]["bytes"]


# What arrives.


def arrives(method):
    packets = various(3000)
    with Pair() as pair:
        before = counters(pair.left)
        came, said = sent(pair, packets, "--top", "--method", method)
        after = counters(pair.left)
    same(came, packets)
    need(summary(said)[:2] == (len(packets), sum(map(len, packets))), said)
    # Of others there may be a few, neighbours looked for.
    need(after[0] - before[0] >= len(packets) and after[1] - before[1] >= sum(map(len, packets)), (before, after))
    need("left out" not in said and "failed" not in said, said)


@test
def libpcap_sends_every_byte():
    arrives("pcap")


@test
def the_ring_sends_every_byte():
    arrives("afpacket")


@test
def afxdp_sends_every_byte():
    arrives("afxdp")


@test
def the_queueing_discipline_is_asked_when_told_to():
    packets = various(500)
    with Pair() as pair:
        came, _ = sent(pair, packets, "--top", "--queueing")
    same(came, packets)


@test
def small_batches_and_large_ones_send_the_same():
    packets = various(700)
    with Pair() as pair:
        for batch in ("1", "3", "4096"):
            came, _ = sent(pair, packets, "--top", "--batch", batch)
            same(came, packets)


@test
def loopback_sends_large_frames():
    packets = various(200, longest=65000)
    with Namespace() as lone, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets)
        for method in ("pcap", "afpacket"):
            other = Other(lone, MARK, interface="lo", longest=65600)
            said = send(lone, "--top", "--method", method, file.name, interface="lo")
            same(other.end(len(packets)), packets)
            need(summary(said)[0] == len(packets), said)


TUNNEL = """
import fcntl, os, struct, subprocess, sys
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", b"bare0", 0x1001))  # TUNSETIFF: IP packets, nothing in front
subprocess.run(["ip", "link", "set", "bare0", "up"], check=True)
print("up", flush=True)
while True:
    print(os.read(tun, 65536).hex(), flush=True)
"""


@test
def an_interface_without_link_header_takes_ip_of_both_versions():
    texts = ['ip(src=10.1.0.1,dst=10.1.0.2)/udp(sport=7)/"four"', 'ipv6(src=fd01::1,dst=fd01::2)/udp(sport=7)/"six"']
    made = subprocess.run([TAPIR, "craft", *texts], capture_output=True, text=True)
    need(made.returncode == 0, made.stderr)
    if not os.path.exists("/dev/net/tun"):
        raise Skip("no /dev/net/tun")
    with Namespace() as lone:
        lone.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1", check=False)
        child = lone.start(sys.executable, "-c", TUNNEL, stdout=subprocess.PIPE, text=True)
        need(child.stdout.readline() == "up\n", "the tunnel")
        for method in ("pcap", "afpacket"):
            said = send(lone, "--method", method, "--craft", texts[0], "--craft", texts[1], interface="bare0")
            need(summary(said)[0] == 2, said)
            came = [child.stdout.readline() for _ in texts]
            need(came == made.stdout.splitlines(True), (method, came))
        said = send(lone, "--method", "afxdp", "--craft", texts[0], interface="bare0", code=1)
        need("Ethernet" in said or "cannot send" in said, said)


@test
def a_tag_may_be_longer_than_the_mtu():
    tagged = [MACS + struct.pack(">HHH", 0x8100, 0x6007, ETHER_TYPE) + bytes([n]) * 1500 for n in range(5)]
    with Pair() as pair:
        for method in ("pcap", "afpacket"):
            came, _ = sent(pair, tagged, "--method", method)
            same(came, tagged)


@test
def a_tag_does_not_make_a_frame_longer_than_afxdp_has_room_for():
    longest = MACS + struct.pack(">HHH", 0x8100, 0x6007, ETHER_TYPE) + bytes(4082)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        for side in (pair.left, pair.right):
            side.ip("link", "set", side.interface, "mtu", "4082")
        write(file.name, [longest, longest[:4096]])
        said = available(send(pair.left, "--method", "afxdp", file.name, code=1))
        need("1 packet (4096 bytes) sent" in said and "left out: 1 too long" in said, said)


@test
def a_check_sequence_that_was_captured_stays_at_home():
    packets = various(20)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, [packet + b"\xde\xad\xbe\xef" for packet in packets if len(packet) < 1500],
              link_type=1 | 0x04000000 | 2 << 28)
        other = Other(pair.right, MARK)
        send(pair.left, file.name)
        wanted = [packet for packet in packets if len(packet) < 1500]
        same(other.end(len(wanted)), wanted)


@test
def a_queue_of_afxdp_that_was_just_let_go_of_is_taken_again():
    packets = various(5)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets)
        for _ in range(8):
            need(summary(available(send(pair.left, "--top", "--method", "afxdp", file.name)))[0] == 5)


# Which frames, and how often.


@test
def loops_counts_and_filters_choose_what_is_sent():
    packets = various(30)
    with Pair() as pair:
        for words, wanted in (
                (("--loop", "3"), packets * 3),
                (("--loop", "3", "--preload"), packets * 3),
                (("--loop", "0", "-c", "70"), (packets * 3)[:70]),
                (("-c", "7"), packets[:7]),
                (("--filter", "greater 700"), [packet for packet in packets if len(packet) >= 700])):
            came, said = sent(pair, packets, "--top", *words, expected=len(wanted))
            same(came, wanted)
            need(summary(said)[0] == len(wanted), said)


MANY = 'eth/ip/udp(sport=[1,2,3],dport=1-65000)/"x"*1400'  # 281 MB, more than is kept unasked


@test
def what_is_too_much_to_keep_is_made_anew_each_time():
    with Pair() as pair:
        said = send(pair.left, "--top", "--loop", "2", "--craft", MANY)
        need(summary(said)[0] == 2 * 3 * 65000, said)


@test
def what_a_pipe_holds_is_kept_however_much_it_is():
    with Pair() as pair, tempfile.TemporaryDirectory() as scratch:
        pipe = os.path.join(scratch, "pipe")
        os.mkfifo(pipe)
        with subprocess.Popen([TAPIR, "craft", MANY, "-w", pipe]):
            said = send(pair.left, "--top", "--loop", "2", pipe)
        need(summary(said)[0] == 2 * 3 * 65000, said)


@test
def several_files_and_texts_come_one_after_the_other():
    packets = various(8)
    with Pair() as pair, tempfile.TemporaryDirectory() as scratch:
        paths = [os.path.join(scratch, name) for name in ("a.pcap", "b.pcap")]
        write(paths[0], packets[:4])
        write(paths[1], packets[4:])
        other = Other(pair.right, MARK)
        send(pair.left, "--craft", f"eth(type={ETHER_TYPE:#x})/0x01*3", "-r", *paths)
        came = other.end(9)
        need(came[0][1][12:] == struct.pack(">H", ETHER_TYPE) + b"\1\1\1", came[0])
        same(came[1:], packets)


@test
def what_was_not_captured_whole_is_left_out_sent_or_padded():
    whole = various(3)
    cut = (whole[2][:20], 100)
    with Pair() as pair:
        came, said = sent(pair, [whole[0], cut, whole[1]], expected=2)
        same(came, whole[:2])
        need("left out: 1 not captured whole\n" in said, said)
        came, _ = sent(pair, [whole[0], cut, whole[1]], "--truncated", "send")
        same(came, [whole[0], cut[0], whole[1]])
        came, _ = sent(pair, [whole[0], cut, whole[1]], "--pad")
        same(came, [whole[0], cut[0] + bytes(80), whole[1]])


# Changes.


def checksums(path):
    """What tshark thinks of all checksums."""
    done = subprocess.run(["tshark", "-r", path, "-o", "ip.check_checksum:TRUE", "-o",
                           "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-e",
                           "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "udp.checksum.status", "-e",
                           "icmp.checksum.status"], capture_output=True, text=True, timeout=60)
    need(done.returncode == 0, done.stderr)
    return done.stdout


@test
def headers_are_rewritten_and_checksums_follow():
    need_programs("tshark")
    texts = ['eth/ip(src=10.1.2.3,dst=10.1.9.9)/tcp(sport=1000,dport=80)/"hello"',
             'eth/ip(src=10.1.2.3,dst=172.16.0.1)/udp(sport=53,dport=80)/"hello world"',
             'eth/ip(src=10.1.2.3,dst=10.1.9.9)/udp(dport=4789)/vxlan/eth/ip(src=10.1.0.5)/tcp/"in"',
             'eth/vlan(id=7)/ipv6(src=fd01::1,dst=fd01::2)/udp/"six"']
    crafts = [word for text in texts for word in ("--craft", text)]
    with Pair() as pair:
        other = Other(pair.right, "ether src 02:00:00:00:aa:01")
        send(pair.left, *crafts, "--rewrite", "eth.src=02:00:00:00:aa:01,ip.src=10.1.0.0/16>192.168.0.0/16",
             "--rewrite", "tcp.port=80>8080,ip.ttl=9,ipv6.dst=fe80::9,vlan.id=7>4001")
        other.end(4)
        path = other.file.name
        fields = subprocess.run(["tshark", "-r", path, "-T", "fields", "-E", "separator=;", "-e", "ip.src", "-e",
                                 "ip.ttl", "-e", "tcp.dstport", "-e", "udp.dstport", "-e", "ipv6.dst", "-e",
                                 "vlan.id"], capture_output=True, text=True, timeout=60).stdout.splitlines()
        status = checksums(path)
    need(fields == ["192.168.2.3;9;8080;;;", "192.168.2.3;9;;80;;", "192.168.2.3,192.168.0.5;9,64;0;4789;;",
                    ";;;0;fe80::9;4001"], fields)
    need(status.count("1") >= 8 and "0" not in status, status)


@test
def tags_are_pushed_set_and_popped():
    packet = various(4)[3]
    with Pair() as pair:
        came, _ = sent(pair, [packet], "--vlan", "push:42:5")
        tagged = packet[:12] + struct.pack(">HH", 0x8100, 5 << 13 | 42) + packet[12:]
        same(came, [tagged])
        came, _ = sent(pair, [tagged], "--vlan", "set:43")
        same(came, [packet[:12] + struct.pack(">HH", 0x8100, 5 << 13 | 43) + packet[12:]])
        came, _ = sent(pair, [tagged], "--vlan", "pop")
        same(came, [packet])
        came, _ = sent(pair, [tagged], "--vlan", "pop", "--vlan", "push:7")
        same(came, [packet[:12] + struct.pack(">HH", 0x8100, 7) + packet[12:]])


# When.


@test
@timed
def packets_leave_as_far_apart_as_they_were_captured():
    times = [0, 50_000_000, 60_000_000, 260_000_000, 300_000_000]
    packets = various(5)
    with Pair() as pair:
        for words, factor in (((), 1), (("--speed", "2"), 2), (("--speed", "0.5"), 0.5)):
            for _ in range(4):
                came, said = sent(pair, packets, *words, times=times)
                same(came, packets)
                late = [(when - came[0][0]) / 1e9 - wanted / 1e9 / factor for (when, _), wanted in zip(came, times)]
                need(min(late) > -0.005, (factor, late))
                if max(late) < 0.02:
                    break
            else:
                raise Skip(f"the machine is busy: packets are {max(late):.3f} s late")
        came, said = sent(pair, packets, "--max-gap", "20ms", times=times)
        need(summary(said)[2] < 0.12, said)


@test
@timed
def a_file_that_comes_again_keeps_its_pace():
    packets = various(3)
    with Pair() as pair:
        came, said = sent(pair, packets, "--loop", "3", times=[0, 20_000_000, 40_000_000], expected=9)
    need(0.115 < summary(said)[2] < 0.2, said)


@test
@timed
def a_rate_is_held():
    packets = various(1000, longest=200)
    rates = []
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets)
        for _ in range(3):
            said = send(pair.left, "--pps", "100k", "--loop", "100", "--preload", file.name)
            count, _, _, rate = summary(said)
            need(count == 100_000, said)
            rates.append(rate)
            if abs(rate - 100_000) < 1000:
                break
        else:
            raise Skip(f"the machine is busy: {rates} packets/s in place of 100000")
        bits = sum(map(len, packets)) * 8 * 2
        said = send(pair.left, "--rate", f"{bits / 1000:.3f}k", "--loop", "2", file.name)
        need(abs(summary(said)[2] - 1) < 0.1, said)


# The library, by the examples.


@test
def the_examples_send_a_packet_and_a_file():
    programs = os.path.join(os.path.dirname(TAPIR), "examples")
    if not os.path.exists(os.path.join(programs, "example_pcaplay")):
        raise Skip("no examples here")
    packets = various(5) + [MACS + bytes(1600)]
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets, gap=20_000_000)
        other = Other(pair.right, MARK)
        done = pair.left.run(os.path.join(programs, "example_pcaplay"), "left0", file.name, "2")
        same(other.end(5), packets[:5])
        need(done.stdout.startswith("5 packets, ") and "left out: 1 too long" in done.stdout, done.stdout)
        other = Other(pair.right, "udp port 7")
        done = pair.left.run(os.path.join(programs, "example_send"), "left0", pair.right.mac, pair.right.ipv4, "7", "hi")
        need(done.stdout == "1 of 1 packets sent by afpacket\n", done.stdout)
        (_, data), = other.end(1)
        need(data[26:34] == bytes([192, 0, 2, 1, 10, 99, 0, 2]) and data[42:44] == b"hi", data.hex())


# What cannot be sent, and who may.


@test
def frames_the_interface_does_not_take_are_counted():
    packets = various(10, longest=200)
    long = various(3, longest=1600)[2] + bytes(1600)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        for method in METHODS:
            write(file.name, packets[:5] + [long, packets[0][:9]] + packets[5:])
            other = Other(pair.right, MARK)
            said = available(send(pair.left, "--method", method, file.name, code=1))
            same(other.end(10), packets)
            need("the interface sends 1514 at most" in said and "MTU" in said, said)
            need("left out: 1 too long for the interface, 1 of another link type or too short\n" in said, said)
        write(file.name, packets, link_type=101)
        said = send(pair.left, file.name, code=1)
        need("packet 1 is of link type 101 (Raw IP), the interface sends 1 (Ethernet)" in said, said)


@test
def an_mtu_that_shrinks_costs_the_packets_that_are_too_long():
    packets = various(400)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets, gap=2_000_000)
        child = pair.left.start(TAPIR, "send", "-i", "left0", "--method", "pcap", file.name, stderr=subprocess.PIPE)
        time.sleep(0.2)
        pair.left.ip("link", "set", "left0", "mtu", "500")
        said = child.stderr.read().decode()
        need(child.wait(timeout=20) == 1, said)
        count = summary(said)[0]
        left_out = int(re.search(r"left out: (\d+) too long", said)[1])
        need(count + left_out == len(packets) and left_out > 50, said)


@test
def an_interface_that_goes_down_ends_it_with_a_message():
    packets = various(500)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets, gap=2_000_000)
        for method in METHODS:
            child = pair.left.start(TAPIR, "send", "-i", "left0", "--method", method, file.name,
                                    stderr=subprocess.PIPE)
            time.sleep(0.3)
            pair.left.ip("link", "set", "left0", "down")
            said = available(child.stderr.read().decode())
            need(child.wait(timeout=20) == 1 and "left0: the interface went down" in said, said)
            said = send(pair.left, "--method", method, file.name, code=1)
            need("left0: the interface is down; bring it up with: ip link set left0 up" in said, said)
            pair.left.ip("link", "set", "left0", "up")
        said = send(pair.left, file.name, code=1, interface="nope0")
        need("nope0: there is no such interface" in said, said)


@test
def an_interface_without_a_carrier_takes_nothing():
    with Namespace() as lone, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, various(700))
        lone.add_link("name", "near0", "type", "veth", "peer", "name", "far0")
        lone.ip("link", "set", "near0", "up")
        # libpcap's way ends where the kernel queues.
        said = send(lone, "--top", "--method", "afpacket", file.name, interface="near0", code=1)
        need("no carrier" in said and summary(said)[0] == 0, said)
        said = available(send(lone, "--top", "--method", "afxdp", file.name, interface="near0", code=1))
        need(summary(said)[0] == 0 and "failed: 700\n" in said, said)


@test
def a_ring_gets_over_frames_that_have_become_too_long():
    packets = various(400)
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, packets, gap=2_000_000)
        other = Other(pair.right, MARK)
        child = pair.left.start(TAPIR, "send", "-i", "left0", "--method", "afpacket", file.name,
                                stderr=subprocess.PIPE)
        time.sleep(0.3)
        for side in (pair.left, pair.right):
            side.ip("link", "set", side.interface, "mtu", "500")
        said = child.stderr.read().decode()
        need(child.wait(timeout=20) == 1, said)
        came = [data for _, data in other.end(summary(said)[0])]
        left_out = sum(map(int, re.findall(r"(?:left out|failed): (\d+)", said)))
        need(summary(said)[0] + left_out == len(packets), said)
        need([packet for packet in packets if len(packet) <= 514] == [data for data in came if len(data) <= 514], said)


@test
def a_missing_privilege_is_named():
    need_programs("setpriv")
    with Pair() as pair:
        for method in ("pcap", "afpacket"):
            done = pair.left.run("setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all", TAPIR, "send",
                                 "-i", "left0", "--method", method, "--craft", "eth/ip", check=False)
            if "Permission denied" in done.stderr and "setpriv" in done.stderr:
                raise Skip("the command cannot be run by others")
            need(done.returncode == 1 and "CAP_NET_RAW" in done.stderr, (method, done))


@test
def a_signal_ends_it_with_the_summary():
    with Pair() as pair, tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file.name, various(5), gap=10**12)
        for words in ((), ("--loop", "0", "--top"), ("--loop", "0", "--pps", "10")):
            child = pair.left.start(TAPIR, "send", "-i", "left0", *words, file.name, stderr=subprocess.PIPE)
            time.sleep(0.4)
            child.send_signal(signal.SIGINT)
            said = child.stderr.read().decode()
            need(child.wait(timeout=10) == 0, said)
            need(summary(said)[0] >= 1, said)
        said = send(pair.left, "--loop", "0", "--pps", "1000", "--duration", "1.2s", "--stats", file.name)
        need(abs(summary(said)[0] - 1200) < 100, said)
        need(re.search(r"^1 s: \d+ packets, \d+ bytes, \d+ packets/s, [\d.]+ Mbit/s$", said, re.M), said)


sys.exit(main())
