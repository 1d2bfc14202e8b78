#!/usr/bin/python3
"""Sources over AF_XDP in networks of their own, beside tcpdump on the sending side: there, for AF_XDP
takes frames away before tcpdump on its own side could see them. usage: xdp.py PROGRAM TAPIR"""

import contextlib
import os
import random
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time

from namespace import Pair, need_programs
from tap import Skip, main, need, test, timed

PROGRAM, TAPIR = map(os.path.abspath, sys.argv[1:3])
# A look for leaks at the end is among what the confined process cannot do.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
DRIVER, GENERIC = "xdp_mode=1", "xdp_mode=2"
SENDER = """
import socket, sys, time
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind((sys.argv[1], 0))
for number, line in enumerate(sys.stdin):
    sender.send(bytes.fromhex(line))
    if number % 32 == 31:
        time.sleep(0.002)
"""


class Source:
    """The test program, running in a namespace."""

    def __init__(self, side, *settings, interface=None):
        self.side = side
        self.process = subprocess.Popen(side.command(PROGRAM, interface or side.interface, *settings),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        side.children.append(self.process)
        self.rest = b""
        self.opened = self.line()

    def line(self, seconds=20):
        """The next line it writes."""
        until = time.monotonic() + seconds
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            need(ready, f"no answer in {seconds} s")
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                raise AssertionError(f"it ended: {self.process.wait()}")
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode()

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)).encode() + b"\n")

    def ask(self, *words):
        self.tell(*words)
        return self.line()

    def result(self):
        """Frames as (time, length, link type, bytes), and the line that ends them."""
        frames = []
        while True:
            line = self.line()
            if not line.startswith("frame "):
                return frames, line
            _, when, length, link_type, data = (line + " ").split(" ")[:5]
            frames.append((int(when), int(length), int(link_type), bytes.fromhex(data)))

    def read(self, count):
        self.tell("read", count)
        return self.result()

    def read_all(self):
        """What is there, up to half a second without anything."""
        self.ask("timeout", 500)
        frames, end = self.read(1 << 20)
        need("after" in end and "timeout" in end.lower(), end)
        return frames

    def stats(self):
        return tuple(map(int, self.ask("stats").split()[1:]))

    def close(self):
        self.process.stdin.close()
        return self.process.wait(timeout=20)


def opened(side, *settings, **options):
    source = Source(side, *settings, **options)
    if "lockdown" in source.opened or "no AF_XDP" in source.opened or "has no XDP (" in source.opened:
        raise Skip(source.opened)
    need(source.opened.startswith("ok"), source.opened)
    return source


def refused(side, *settings, **options):
    """What opening fails with."""
    source = Source(side, *settings, **options)
    need(not source.opened.startswith("ok"), f"it opened: {source.opened}")
    need(source.process.wait(timeout=20) == 1)
    return source.opened


@contextlib.contextmanager
def pair():
    """left0 captures, right0 sends. Nothing is sent but by the test: no IPv6, known neighbours."""
    need_programs("tcpdump", "ip", "ping")
    with Pair() as both:
        for side, other in ((both.left, both.right), (both.right, both.left)):
            side.run("sh", "-c", f"echo 1 > /proc/sys/net/ipv6/conf/{side.interface}/disable_ipv6")
            side.ip("neigh", "replace", other.ipv4, "lladdr", other.mac, "dev", side.interface,
                    "nud", "permanent")
        yield both


def bring_up(both):
    for side in (both.left, both.right):
        side.run("sh", "-c", f"echo 1 > /proc/sys/net/ipv6/conf/{side.interface}/disable_ipv6")
        side.ip("link", "set", side.interface, "up")
    for side in (both.left, both.right):
        side.wait_until_up(side.interface)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp(number, length, ether_type=b"\x08\x00", destination=b"\2\0\0\0\x99\1"):
    """An Ethernet frame with a datagram from port 1000 + number % 100 to port 53."""
    payload = struct.pack(">I", number) + bytes(random.Random(number).randbytes(max(0, length - 46)))
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), number & 0xffff, 0, 64, 17, 0,
                     bytes((10, 99, 0, 2)), bytes((10, 99, 0, 1)))
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return (destination + b"\2\0\0\0\x99\2" + ether_type + ip
            + struct.pack(">HHHH", 1000 + number % 100, 53, 8 + len(payload), 0) + payload)


def mixture(count):
    """Frames of many kinds and lengths."""
    frames = []
    for number in range(count):
        kind = number % 8
        if kind == 0:
            frames.append(udp(number, 1514))
        elif kind == 1:
            frames.append(udp(number, 60, b"\x81\x00\x00\x05\x08\x00"))
        elif kind == 2:
            frames.append(b"\xff" * 6 + b"\2\0\0\0\x99\2\x08\x06" + bytes(28) + struct.pack(">I", number))
        elif kind == 3:
            frames.append(udp(number, 100, destination=b"\2\0\0\0\0\7"))
        elif kind == 4:
            frames.append(b"\2\0\0\0\x99\1\2\0\0\0\x99\2\x88\xb5" + struct.pack(">I", number))
        else:
            frames.append(udp(number, 46 + number * 7 % 1400))
    return frames


def send(side, frames):
    side.run(sys.executable, "-c", SENDER, side.interface,
             input="\n".join(frame.hex() for frame in frames), timeout=60)


def read_pcap(data):
    frames, at = [], 24
    while at < len(data):
        _, _, kept, length = struct.unpack_from("<IIII", data, at)
        frames.append(data[at + 16:at + 16 + kept])
        at += 16 + kept
    return frames


@contextlib.contextmanager
def tcpdump(side):
    """What side sends while the block runs: a list, filled at its end."""
    sent = []
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "sent.pcap")
        process = side.start("tcpdump", "-Z", "root", "-i", side.interface, "-Q", "out", "-B", "16384", "-s", "2000", "-U", "-w", path,
                             stderr=subprocess.PIPE)
        need(b"listening" in process.stderr.readline(), "tcpdump does not listen")
        yield sent
        size = -1
        while size != os.stat(path).st_size:
            size = os.stat(path).st_size
            time.sleep(1.2)  # tcpdump gets its blocks after a second
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        with open(path, "rb") as file:
            sent += read_pcap(file.read())


def matching(frames, expression):
    """Those of them that tcpdump's filter takes."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "all.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 1 << 18, 1))
            for frame in frames:
                file.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
        done = subprocess.run(["tcpdump", "-Z", "root", "-r", path, "-w", "-", expression], capture_output=True, check=True)
    return read_pcap(done.stdout)


def bytes_of(frames):
    return [frame[3] for frame in frames]


def need_same(got, expected, what=""):
    need(expected, f"{what}: nothing was expected")
    need(len(got) == len(expected), f"{what}: {len(got)} frames instead of {len(expected)}")
    for number, (one, other) in enumerate(zip(got, expected)):
        need(one == other, f"{what}: frame {number}: {one.hex()} instead of {other.hex()}")


def runs_xdp(side):
    link, = side.ip_json("link", "show", "dev", side.interface)
    return "xdp" in link


def answers(both):
    """Whether the left side's stack gets to see a ping and answers."""
    return both.right.run("ping", "-c1", "-W1", both.left.ipv4, check=False).returncode == 0


@test
def frames_are_those_that_were_sent():
    for mode in (DRIVER, GENERIC, "xdp_mode=0"):
        with pair() as both:
            source = opened(both.left, mode)
            with tcpdump(both.right) as sent:
                send(both.right, mixture(1000))
                both.right.run("ping", "-c3", "-i0.05", "-W0.2", both.left.ipv4, check=False)
            frames = source.read_all()
            need_same(bytes_of(frames), sent, mode)
            need(len(sent) == 1003, len(sent))
            times = [frame[0] for frame in frames]
            need(times == sorted(times), "times go back")
            need(abs(times[-1] / 1e9 - time.time()) < 20, "times are not of the clock")
            need(all(frame[1] == len(frame[3]) and frame[2] == 1 for frame in frames))
            need(source.stats() == (1003, 1003, 0, 0), source.stats())
            need(source.close() == 0)
            need(not runs_xdp(both.left), "the program stays behind")


@test
def frames_that_do_not_match_go_to_the_stack():
    for mode in (DRIVER, GENERIC):
        with pair() as both:
            source = opened(both.left, mode, "filter=udp port 53")
            send(both.right, mixture(80))
            need(answers(both), "no answer to what the filter does not take")
            need_same(bytes_of(source.read_all()), matching(mixture(80), "udp port 53"), mode)
            source.ask("filter")
            need(not answers(both), "an answer to what was taken away")


@test
def filters_take_what_tcpdumps_take():
    with pair() as both:
        frames = mixture(400)
        source = opened(both.left, DRIVER)
        for expression in ("udp", "vlan", "vlan and udp src port 1001", "arp", "not ip", "ether proto 0x88b5",
                           "len > 1000", "udp[8:4] & 3 == 1", "ip[2:2] / 7 > 30 and not ether multicast",
                           "ether[100] > 128", "ether dst 02:00:00:00:00:07", "ip broadcast or arp",
                           "net 10.99.0.0/24 and portrange 1010-1050", "less 60 or greater 1500"):
            need(source.ask("filter", expression).startswith("ok"), expression)
            send(both.right, frames)
            need_same(bytes_of(source.read_all()), matching(frames, expression)
                      if "broadcast" not in expression else matching(frames, "arp"), expression)


@test
def a_filter_that_is_replaced_lets_nothing_more_through():
    with pair() as both:
        source = opened(both.left, "filter=udp", "timeout=300")
        frames = mixture(200)
        send(both.right, frames)
        need_same(bytes_of(source.read(3)[0]), matching(frames, "udp")[:3])
        need(source.ask("filter", "arp").startswith("ok"))
        send(both.right, frames)
        need_same(bytes_of(source.read_all()), matching(frames, "arp"))
        need("syntax" in source.ask("filter", "arp and"), "a wrong filter is taken")
        need("direction" in source.ask("filter", "inbound"), "an impossible filter is taken")
        send(both.right, frames)
        need_same(bytes_of(source.read_all()), matching(frames, "arp"), "the old filter stays")


@contextlib.contextmanager
def two_queues():
    """A pair whose interfaces have two queues, frames, and what sends them over both."""
    with pair() as both:
        processors = sorted(os.sched_getaffinity(0))
        if len(processors) < 2:
            raise Skip("one processor sends on one queue")
        both.left.ip("link", "del", both.left.interface)
        both.left.add_link("left0", "numrxqueues", "2", "numtxqueues", "2", "type", "veth", "peer", "name",
                           "right0", "numrxqueues", "2", "numtxqueues", "2", "netns", both.right.name)
        bring_up(both)
        script = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[2])})\n" + SENDER
        frames = [udp(number, 60 + number) for number in range(400)]

        def send_all():
            for half, processor in enumerate(processors[:2]):
                both.right.run(sys.executable, "-c", script, "right0", processor,
                               input="\n".join(frame.hex() for frame in frames[half::2]), timeout=60)

        yield both, frames, send_all


@test
def all_queues_are_read_or_those_asked_for():
    with two_queues() as (both, frames, send_all):
        source = opened(both.left, DRIVER)
        send_all()
        need_same(sorted(bytes_of(source.read_all())), sorted(frames), "both queues")
        source.close()
        parts = []
        for queue in (0, 1):
            source = opened(both.left, DRIVER, f"queue={queue}", "queue_count=1")
            send_all()
            parts.append(bytes_of(source.read_all()))
            source.close()
        need(all(parts), f"one queue has all frames: {list(map(len, parts))}")
        need_same(sorted(parts[0] + parts[1]), sorted(frames), "one after the other")
        need("no queue 2" in refused(both.left, "queue=2"))
        need("no queue 2" in refused(both.left, "queue=1", "queue_count=2"))


@test
def workers_share_the_queues():
    with two_queues() as (both, frames, send_all), tempfile.TemporaryDirectory() as directory:
        opened(both.left).close()
        for expression in ("", "udp src portrange 1010-1050"):
            path = os.path.join(directory, "frames.pcapng")
            process = both.left.start(TAPIR, "capture", "-i", "afxdp:left0", "--workers=2", "-w", path,
                                      "--flush=100ms", *expression.split(), stderr=subprocess.PIPE)
            line = process.stderr.readline()
            need(b"capturing on" in line, line + process.stderr.read() if process.poll() else line)
            send_all()
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            need(process.wait(timeout=20) == 0)
            classic = os.path.join(directory, "frames.pcap")
            subprocess.run([TAPIR, "convert", path, "-w", classic], check=True)
            with open(classic, "rb") as file:
                got = read_pcap(file.read())
            need_same(sorted(got), sorted(matching(frames, expression)), expression)
            need(not runs_xdp(both.left), "the program stays behind")


@test
@timed
def reads_end_when_their_time_is_over():
    with pair() as both:
        source = opened(both.left, "timeout=200")
        frames, end = source.read(1)
        need(not frames and "no frame came in time" in end, end)
        waited = int(end.split(" after ")[1].split()[0])
        need(195 <= waited < 2000, end)
        source.ask("timeout", -1)
        frames, end = source.read(1)
        need(not frames and int(end.split(" after ")[1].split()[0]) < 100, end)
        need("not ready" in source.ask("poll", 0), "ready")
        send(both.right, mixture(10))
        need(source.ask("poll", 2000).startswith("ok"))
        need(len(source.read(10)[0]) == 10)


@test
@timed
def a_break_ends_a_read():
    with pair() as both:
        source = opened(both.left)
        source.tell("break", 200)
        frames, end = source.read(1)
        need(not frames and "break" in end.lower(), end)
        need(int(end.split(" after ")[1].split()[0]) < 2000, end)
        send(both.right, mixture(5))
        need(len(source.read(5)[0]) == 5, "reading on after a break")


@test
def frames_are_cut_to_the_snapshot_length():
    with pair() as both:
        source = opened(both.left, "snaplen=50", "microseconds=1")
        frames = mixture(100)
        send(both.right, frames)
        got = source.read_all()
        need_same(bytes_of(got), [frame[:50] for frame in frames])
        need([frame[1] for frame in got] == list(map(len, frames)), "lengths")
        need(all(frame[0] % 1000 == 0 for frame in got), "nanoseconds")


@test
def what_there_is_no_room_for_is_counted():
    with pair() as both:
        source = opened(both.left, "ring=64")
        send(both.right, mixture(500))
        frames = source.read_all()
        need(len(frames) >= 64, len(frames))
        handed_out, received, dropped, freezes = source.stats()
        need((handed_out, received, dropped) == (len(frames), 500, 500 - len(frames)), source.stats())
        need(dropped and freezes, source.stats())
        send(both.right, mixture(30))
        need(len(source.read_all()) == 30, "after frames were dropped")


@test
def rings_go_round():
    with pair() as both:
        source = opened(both.left, "ring=128", "busy_poll=20", "copy=1")
        frames = mixture(1000)
        for at in range(0, 1000, 50):
            send(both.right, frames[at:at + 50])
            need_same(bytes_of(source.read(50)[0]), frames[at:at + 50], f"from frame {at}")
        need(source.stats() == (1000, 1000, 0, 0), source.stats())


@test
def an_interface_that_goes_down_is_told_of():
    with pair() as both:
        source = opened(both.left)
        source.tell("read", 1)
        time.sleep(0.3)
        both.left.ip("link", "set", "left0", "down")
        _, end = source.result()
        need("went down" in end, end)
        both.left.ip("link", "set", "left0", "up")
        both.left.wait_until_up("left0")
        send(both.right, mixture(10))
        need(len(source.read_all()) == 10, "once it is up again")
        source.ask("timeout", 0)
        source.tell("read", 1)
        time.sleep(0.3)
        both.left.ip("link", "del", "left0")
        _, end = source.result()
        need("gone away" in end, end)
        need("no such interface" in refused(both.left))


@test
def an_interface_is_followed():
    with pair() as both:
        source = opened(both.left, "follow=1", "filter=not arp")
        frames = mixture(40)
        send(both.right, frames)
        need(len(source.read(35)[0]) == 35)
        source.tell("read", 35)
        time.sleep(0.2)
        both.left.ip("link", "set", "left0", "down")
        time.sleep(0.2)
        both.left.ip("link", "set", "left0", "up")
        both.left.wait_until_up("left0")
        time.sleep(0.2)
        send(both.right, frames)
        got, end = source.result()
        need_same(bytes_of(got), matching(frames, "not arp"), end)
        source.tell("read", 35)
        time.sleep(0.2)
        both.left.ip("link", "del", "left0")
        time.sleep(0.2)
        both.left.add_link("left0", "type", "veth", "peer", "name", "right0", "netns", both.right.name)
        bring_up(both)
        for _ in range(100):
            if runs_xdp(both.left):
                break
            time.sleep(0.05)
        time.sleep(0.2)
        send(both.right, frames)
        got, end = source.result()
        need_same(bytes_of(got), matching(frames, "not arp"), end)
        need(source.stats()[:3] == (105, 105, 0), source.stats())


@test
def a_process_that_is_killed_leaves_the_interface_working():
    with pair() as both:
        source = opened(both.left)
        need(not answers(both), "frames are not taken")
        source.process.kill()
        source.process.wait()
        need(answers(both), "frames are still taken")
        again = opened(both.left)
        send(both.right, mixture(10))
        need(len(again.read(10)[0]) == 10, "capturing anew")


@test
def a_queue_that_was_just_let_go_of_is_taken_again():
    with pair() as both:
        for _ in range(20):
            opened(both.left).close()


@test
def what_cannot_be_is_refused_with_the_reason():
    with pair() as both:
        opened(both.left).close()
        for settings, part in (
                (("direction=2",), "none that is sent"), (("clock=3",), "no times but the host's"),
                (("cooked=1",), "Ethernet frames as they are"), (("ring=100",), "power of two"),
                (("copy=1", "zero_copy=1"), "exclude each other"), (("filter=inbound",), "direction"),
                (("filter=udp and",), "syntax error"), (("zero_copy=1",), "zero copy")):
            message = refused(both.left, *settings)
            need(part in message, f"{settings}: {message}")
        need("name it" in refused(both.left, interface="any"))
        need("no such interface" in refused(both.left, interface="nothing"))
        need("driver has no XDP" in refused(both.left, DRIVER, interface="lo"))
        both.left.ip("link", "set", "lo", "down")
        need("is down" in refused(both.left, interface="lo"))
        first = opened(both.left)
        second = refused(both.left)
        need("another XDP program" in second or "already has a socket" in second, second)
        first.close()
        done = subprocess.run(
            both.left.command("setpriv", "--reuid", "65534", "--clear-groups", PROGRAM, "left0"),
            capture_output=True, text=True)
        need("CAP_NET_ADMIN" in done.stdout and "CAP_BPF" in done.stdout, done.stdout + done.stderr)
        done = subprocess.run(
            both.left.command("setpriv", "--bounding-set", "-ipc_lock", "prlimit", "--memlock=65536",
                              PROGRAM, "left0"), capture_output=True, text=True)
        need("RLIMIT_MEMLOCK" in done.stdout and "65536" in done.stdout, done.stdout + done.stderr)
        need(not runs_xdp(both.left), "the program stays behind")


sys.exit(main())
