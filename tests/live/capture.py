#!/usr/bin/python3
"""tapir capture on a network of its own, beside tcpdump. usage: capture.py TAPIR"""

import glob
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from namespace import Pair, need_programs, wait_for
from tap import Skip, main, need, test, timed

TAPIR = os.path.abspath(sys.argv[1])
# A look for leaks at the end is among what the confined process cannot do.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
UDP_SENDER = """
import socket, sys, time
to, count, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
for number in range(count):
    sockets[number % 20].sendto(number.to_bytes(4, "big") + bytes(number % 300), (to, 9))
    time.sleep(pause)
"""


class Capture:
    """tapir capture, running; `said` is all of its stderr at the end."""

    def __init__(self, side, *words, interface=None, **options):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = side.start(TAPIR, "capture", "-i", interface or side.interface, *words,
                                  stderr=self.errors, **options)
        wait_for(lambda: "capturing on" in self.so_far() or self.process.poll() is not None, "the start")

    def so_far(self):
        return os.pread(self.errors.fileno(), 1 << 20, 0).decode()

    def end(self, number=signal.SIGINT):
        """Ends it with a signal, None: waits for it to end by itself; its exit code."""
        if number is not None:
            time.sleep(0.3)  # for what the kernel still holds back
            self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        self.said = self.so_far()
        return code


def send(pair, count, pause=0.0005):
    pair.left.run(sys.executable, "-c", UDP_SENDER, pair.right.ipv4, count, pause, timeout=60)


def frames(path, *expression, killed=False):
    """What a file holds, as tcpdump reads it. The kernel ends a write between two pages when the process
    is killed: then there may be part of a packet behind the whole ones."""
    done = subprocess.run(["tcpdump", "-r", path, "-w", "-", *expression], capture_output=True)
    between_pages = os.path.getsize(path) % os.sysconf("SC_PAGESIZE") == 0
    need(done.returncode == 0 or (killed and between_pages and b"truncated" in done.stderr), done.stderr.decode())
    found, at = [], 24
    while at < len(done.stdout):
        caplen = int.from_bytes(done.stdout[at + 8:at + 12], "little")
        found.append(done.stdout[at + 16:at + 16 + caplen])
        at += 16 + caplen
    return found


def numbers(path, **options):
    """Of the datagrams of `send`, in the file's order."""
    return [int.from_bytes(frame[42:46], "big") for frame in frames(path, "udp port 9", **options)]


# Of what machines send unasked there may be more for who begins earlier.
ASKED_FOR = "tcp or icmp or (icmp6 and (ip6[40] == 128 or ip6[40] == 129))"


def counted(said):
    """Captured, received by filter, dropped."""
    return tuple(int(re.search(rf"(\d+) packets? {what}", said)[1])
                 for what in ("captured", "received by filter", "dropped by kernel"))


@test
def what_is_captured_is_what_tcpdump_captures():
    need_programs("tcpdump", "iperf3", "ping")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        theirs, ours = os.path.join(place, "t.pcap"), os.path.join(place, "o.pcapng")
        tcpdump = pair.right.start("tcpdump", "-i", pair.right.interface, "-w", theirs, "-s", "0", "-B",
                                   "65536", "--time-stamp-precision=nano", "-Z", "root", ASKED_FOR)
        capture = Capture(pair.right, "-w", ours, ASKED_FOR)
        wait_for(lambda: os.path.exists(theirs), "tcpdump")
        time.sleep(0.3)
        pair.left.run("ping", "-c3", "-i0.1", pair.right.ipv4)
        pair.left.run("ping", "-c3", "-i0.1", pair.right.ipv6)
        pair.right.start("iperf3", "-s", "-1")
        wait_for(lambda: ":5201" in pair.right.run("ss", "-ltn").stdout, "iperf3")
        pair.left.run("iperf3", "-c", pair.right.ipv4, "-n", "20M")
        time.sleep(1.2)  # tcpdump's own block timeout
        need(capture.end() == 0, capture.said)
        tcpdump.send_signal(signal.SIGINT)
        tcpdump.wait(timeout=10)
        # What comes and what goes is put in order by each ring for itself.
        need(sorted(frames(theirs)) == sorted(frames(ours)), f"{len(frames(theirs))}, {len(frames(ours))}")
        captured, received, dropped = counted(capture.said)
        need(captured == received and dropped == 0 and captured > 100, capture.said)


@test
def workers_share_the_packets_and_one_file_has_them_all_in_order():
    need_programs("tcpdump")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        ours = os.path.join(place, "o.pcapng")
        capture = Capture(pair.right, "-w", ours, "--workers", "3", "udp port 9")
        send(pair, 3000, 0.0001)
        need(capture.end() == 0, capture.said)
        found = numbers(ours)
        need(sorted(found) == list(range(3000)), f"{len(found)} of 3000")
        need(found == sorted(found), "out of order")
        need(counted(capture.said) == (3000, 3000, 0), capture.said)


@test
@timed
def of_a_million_small_packets_none_is_lost():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        ours = os.path.join(place, "o.pcapng")
        capture = Capture(pair.right, "-w", ours, "-s", "64", "udp port 9")
        # As fast as may be, but for machines that have other things to do.
        sent = pair.left.run(TAPIR, "send", "-i", pair.left.interface, "--pps", "150000", "--loop", "1000000", "--craft",
                             f"eth(dst={pair.right.mac})/ip(src={pair.left.ipv4},dst={pair.right.ipv4})/udp(dport=9)",
                             timeout=120)
        need(capture.end() == 0, capture.said)
        need(counted(capture.said) == (1000000, 1000000, 0), capture.said + sent.stdout + sent.stderr)


@test
def a_file_that_is_killed_at_any_moment_has_whole_packets():
    need_programs("tcpdump")
    for name, *how in (["o.pcapng"], ["o.pcap"], ["o.pcapng", "--direct"]):
        for pause in (0, 0.15, 0.33):
            with Pair() as pair, tempfile.TemporaryDirectory() as place:
                ours = os.path.join(place, name)
                capture = Capture(pair.right, "-w", ours, "--flush", "100ms", *how, "udp port 9")
                sender = pair.left.start(sys.executable, "-c", UDP_SENDER, pair.right.ipv4, "100000", "0.0005")
                wait_for(lambda: os.path.getsize(ours) > 2000, "the first packets", 20)
                time.sleep(pause)
                capture.end(signal.SIGKILL)
                sender.kill()
                found = numbers(ours, killed=True)
                need(found == list(range(len(found))) and found, f"{name}: {len(found)} packets")


@test
def files_follow_one_another_and_the_oldest_is_overwritten():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        capture = Capture(pair.right, "-w", os.path.join(place, "o.pcapng"), "--file-packets", "100", "--files",
                          "3", "udp port 9")
        send(pair, 450)
        need(capture.end() == 0, capture.said)
        files = sorted(glob.glob(place + "/*"))
        need([os.path.basename(each) for each in files] == ["o.pcapng0", "o.pcapng1", "o.pcapng2"], files)
        need([numbers(each)[0] for each in files] == [300, 400, 200], [numbers(each)[:1] for each in files])


@test
def past_the_page_cache_nothing_is_different():
    need_programs("tcpdump")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        words = ["--direct", "--flush", "100ms", "udp port 9"]
        whole, part = os.path.join(place, "o.pcapng"), os.path.join(place, "o.pcap")
        captures = [Capture(pair.right, "-w", whole, *words),
                    Capture(pair.right, "-w", part, "--file-packets", "1000", *words)]
        send(pair, 2500, 0.0001)
        for capture in captures:
            need(capture.end() == 0, capture.said)
        need(numbers(whole) == list(range(2500)), len(numbers(whole)))
        need(sum((numbers(part + end) for end in ("", "1", "2")), []) == list(range(2500)))


@test
def compressed_and_other_formats_are_read_by_others():
    need_programs("tcpdump", "tshark", "capinfos")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        packed, plain = os.path.join(place, "o.pcapng.gz"), os.path.join(place, "o.pcap")
        captures = [Capture(pair.right, "-w", packed, "--comment", "of a test", "udp port 9"),
                    Capture(pair.right, "-w", plain, "udp port 9")]
        send(pair, 500)
        for capture in captures:
            need(capture.end() == 0, capture.said)
        need(numbers(plain) == list(range(500)), len(numbers(plain)))
        said = subprocess.run(["capinfos", "-Fkc", packed], capture_output=True, text=True, check=True).stdout
        need(re.search(r"Number of packets[ =:]+500\b", said), said)
        need("of a test" in said, said)


@test
def the_file_says_how_it_was_made():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        ours = os.path.join(place, "o.pcapng")
        capture = Capture(pair.right, "-w", ours, "-s", "60", "udp port 9")
        send(pair, 50)
        need(capture.end() == 0, capture.said)
        text = subprocess.run([TAPIR, "info", ours], capture_output=True, text=True, check=True).stdout
        for part in (pair.right.interface, "udp port 9", "tapir ", "50"):
            need(part in text, text)
        need(max(map(len, frames(ours))) == 60)


@test
@timed
def it_stops_after_so_many_packets_or_so_long():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        ours = os.path.join(place, "o.pcapng")
        capture = Capture(pair.right, "-w", ours, "-c", "20", "udp port 9")
        send(pair, 100)
        need(capture.end(None) == 0, capture.said)
        need(numbers(ours) == list(range(20)), numbers(ours))
        begin = time.monotonic()
        capture = Capture(pair.right, "-w", ours, "--duration", "500ms")
        need(capture.end(None) == 0, capture.said)
        need(0.4 < time.monotonic() - begin < 3, time.monotonic() - begin)


@test
def signals_ask_for_statistics_and_another_file():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        capture = Capture(pair.right, "-w", os.path.join(place, "o"), "--file-packets", "1000", "udp port 9")
        send(pair, 10)
        time.sleep(0.3)
        capture.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: "10 packets" in capture.so_far(), "statistics")
        capture.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(os.listdir(place)) == 2, "the second file")
        send(pair, 5)
        need(capture.end() == 0, capture.said)
        need(len(numbers(os.path.join(place, "o1"))) == 5)


@test
def it_writes_to_a_pipe_as_packets_come():
    need_programs("tcpdump")
    with Pair() as pair:
        capture = Capture(pair.right, "-w", "-", "--format", "pcap", "--flush", "100ms", "udp port 9",
                          stdout=subprocess.PIPE)
        tcpdump = subprocess.Popen(["tcpdump", "-nlr", "-"], stdin=capture.process.stdout, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        send(pair, 3)
        lines = [tcpdump.stdout.readline() for _ in range(3)]
        need(all(".9: UDP" in line for line in lines), lines)
        capture.process.stdout.close()
        need(capture.end() == 0, capture.said)
        need(len(tcpdump.communicate(timeout=10)[0].splitlines()) == 0)


@test
def an_interface_that_comes_back_is_followed():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        ours = os.path.join(place, "o.pcapng")
        capture = Capture(pair.right, "-w", ours, "--follow-interface", "udp port 9")
        send(pair, 10)
        pair.right.ip("link", "set", pair.right.interface, "down")
        time.sleep(0.3)
        pair.right.ip("link", "set", pair.right.interface, "up")
        time.sleep(0.7)
        send(pair, 10)
        need(capture.end() == 0, capture.said)
        need(numbers(ours) == 2 * list(range(10)), numbers(ours))
        capture = Capture(pair.right, "-w", ours)
        pair.right.ip("link", "set", pair.right.interface, "down")
        need(capture.end(None) == 1 and "went down" in capture.said, capture.said)


@test
def it_gives_up_what_it_does_not_need():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        capture = Capture(pair.right, "-w", os.path.join(place, "o.pcapng"))
        with open(f"/proc/{capture.process.pid}/status", encoding="ascii") as file:
            status = dict(line.strip().split(":\t", 1) for line in file if ":\t" in line)
        need(capture.end() == 0, capture.said)
        need(status["NoNewPrivs"] == "1" and int(status["CapEff"], 16) == 0, status)
        need(status["Seccomp"] == "2", status)


@test
def what_is_wrong_is_said():
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        ours = os.path.join(place, "o.pcapng")
        for words, code, said in (
                (["-i", "nowhere0", "-w", ours], 1, "nowhere0: there is no such interface"),
                (["-i", "lo", "-w", ours, "udp portt 9"], 2, "syntax error at 'portt'\n  udp portt 9\n      ^\n"),
                (["-i", "lo", "-w", os.path.join(place, "no", "where")], 1, "No such file"),
                (["-i", "lo", "-w", ours, "--block-size", "5000"], 2, "power of two"),
                (["-i", "lo", "--direct", "-w", ours + ".gz"], 1, "is not written past the page cache"),
                (["-i", "lo", "--direct", "-w", "/dev/null"], 1, "is no file, so there is no page cache"),
                (["-i", "lo"], 2, "name a file with -w"),
                (["-w", ours], 2, "name an interface with -i")):
            done = pair.right.run(TAPIR, "capture", *words, check=False)
            need(done.returncode == code and said in done.stderr, (words, done.returncode, done.stderr))
        if pair.right.run("setpriv", "--version", check=False).returncode:
            raise Skip("no setpriv")
        done = pair.right.run("setpriv", "--reuid", "65534", "--clear-groups", TAPIR, "capture", "-i", "lo", "-w",
                              ours, check=False)
        need(done.returncode == 1 and "CAP_NET_RAW" in done.stderr, done.stderr)


sys.exit(main())
