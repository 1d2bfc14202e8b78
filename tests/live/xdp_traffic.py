#!/usr/bin/python3
"""AF_XDP against tcpdump, on real traffic. What AF_XDP takes its receiver does not get, and programs
whose packets are taken cannot talk: so the kernel copies their traffic, both directions, to an interface
where nobody needs it (tc mirred), and what was recorded is sent once more.
usage: xdp_traffic.py SOURCE_PROGRAM TAPIR [WORD...], with words only the tests that have one in their name"""

import contextlib
import os
import re
import signal
import struct
import subprocess
import sys
import time

from namespace import need_programs, wait_for
from tap import TESTS, Skip, main, need, test
from traffic import (FROM_RAW, RAW_ETHERNET, between, capture, difference, echo, gets_key, gets_name, gets_page,
                     mixed_traffic, net, path, read_pcap, send_raw, servers, tcpdump)

TAPIR = os.path.abspath(sys.argv[2])
# A look for leaks at the end is among what the confined process cannot do.
CONFINED = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
DRIVER, GENERIC = ("-x", "1"), ("-x", "2")
# Packets at once, not in blocks a second later; whole, and none lost.
THEIRS = ("--immediate-mode", "-s", "4000", "-B", "16384")
QUIET = 0.3  # s, before and after the traffic: a frame is read a little later than it came
LATE = 5 * 10**9  # ns, the most for a frame's time, that of its reading, on a busy machine
SEND_RAW = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
for frame in sys.argv[2:]:
    s.send(bytes.fromhex(frame))
"""


def variants(**options):
    """Makes the function a test case for each way to capture; its options go before the others."""
    def make(function):
        for name, words in options.items():
            def case(words=words):
                function(*words)
            case.__name__ = f"{function.__name__}_{name}"
            test(case)
        return function
    return make


each_mode = variants(in_the_driver=(DRIVER,), in_the_stack=(GENERIC,))


# Where there are frames that nobody needs.


@contextlib.contextmanager
def spare_pair(queues=1, mtu=1500):
    """m0 and m1 in `near`: what is sent by m0 is for AF_XDP on m1. They say nothing on their own."""
    near = net().near
    count = ("numrxqueues", queues, "numtxqueues", queues)
    near.add_link("m0", "mtu", mtu, *count, "type", "veth", "peer", "name", "m1", "mtu", mtu, *count)
    try:
        for device in ("m0", "m1"):
            near.run("sh", "-c", f"echo 1 > /proc/sys/net/ipv6/conf/{device}/disable_ipv6")
            like_a_wire(near, device)
            near.ip("link", "set", device, "up")
        near.wait_until_up("m1")
        yield near
    finally:
        near.ip("link", "del", "m0", check=False)


def like_a_wire(namespace, device):
    """Segments, checksums and tags are made before frames go out: none is left to the adapter."""
    need_programs("ethtool")
    for features in (("tso", "gso", "gro", "tx", "txvlan", "rxvlan"),
                     ("tx-vlan-stag-hw-insert", "rx-vlan-stag-hw-parse")):
        namespace.run("ethtool", "-K", device, *[word for each in features for word in (each, "off")])


def skip_without(done, what):
    """Skips for want of something in the kernel, with what it said."""
    if done.returncode:
        raise Skip(f"this kernel cannot {what}: {' '.join(done.stderr.split())}")


@contextlib.contextmanager
def mirror(**options):
    """Has the kernel copy all that v0 sends and receives to m0, and so to m1."""
    need_programs("tc")
    with spare_pair(**options) as near:
        for namespace, device in ((near, "v0"), (net().far, "v1")):
            namespace.ip("link", "set", device, "mtu", options.get("mtu", 1500))
            like_a_wire(namespace, device)
        try:
            skip_without(near.run("tc", "qdisc", "add", "dev", "v0", "clsact", check=False),
                         "mirror traffic (tc clsact)")
            for way in ("egress", "ingress"):
                skip_without(near.run("tc", "filter", "add", "dev", "v0", way, "protocol", "all", "u32", "match",
                                      "u32", "0", "0", "action", "mirred", "egress", "mirror", "dev", "m0",
                                      check=False), "mirror traffic (tc mirred)")
            yield near
        finally:
            near.run("tc", "qdisc", "del", "dev", "v0", "clsact", check=False)
            for namespace, device in ((near, "v0"), (net().far, "v1")):
                namespace.ip("link", "set", device, "mtu", 1500)


# What is captured.


def xdp(interface, file, *options, namespace=None):
    """The program under test, capturing with AF_XDP; skips where there is none."""
    mine = capture(f"afxdp:{interface}", "-w", file, *options, namespace=namespace)
    text = mine.text()
    if any(words in text for words in ("cannot capture with", "no AF_XDP", "lockdown", "has no XDP (")):
        mine.__exit__()
        raise Skip(" ".join(text.split()))
    need("open " in text, text)
    mine.written = file
    return mine


def is_quiet(file):
    """Whether nothing has been written for a while."""
    size = os.path.getsize(file)
    time.sleep(QUIET)
    return os.path.getsize(file) == size


def end(mine, *others):
    """Ends captures once all is in their files."""
    wait_for(lambda: is_quiet(mine.written), "the last frame", 30)
    text = mine.end()
    for other in others:
        other.end(signal.SIGINT)
        need(" 0 packets dropped by kernel" in " " + " ".join(other.text().split()), other.text())
    facts = mine.facts()
    need(mine.code == 0 and facts["dropped_by_kernel"] == facts["dropped_by_interface"] == "0", text)
    need(facts["in"] == facts["frames"] == facts["received"], facts)


def bytes_of(packets):
    return [packet[2] for packet in packets]


def in_order(packets):
    """Two processors may put frames into rings in different orders: this one is by their bytes."""
    return sorted(packets, key=lambda packet: (packet[1:], packet[0]))


def need_same(ours, theirs, least=1):
    """Packet for packet, byte for byte, and as for the times, soon after."""
    need(len(theirs) >= least, f"only {len(theirs)} packets")
    need([packet[1:] for packet in ours] == [packet[1:] for packet in theirs], difference(ours, theirs))
    for one, other in zip(ours, theirs):
        need(abs(one[0] - other[0]) < LATE, f"{one[0]} for {other[0]}")


def same_as_tcpdump(traffic, options=(), filter="", least=100, stack=False, capturing=xdp, **pair):
    """Captures the mirrored traffic with AF_XDP on m1 and with tcpdump on v0, where the programs talk,
    and compares. With `stack` the rest, that is not taken, has to come to tcpdump on m1."""
    ours, theirs, rest = path("ours.pcap"), path("theirs.pcap"), path("rest.pcap")
    expression = ("-f", filter) if filter else ()
    with mirror(**pair), capturing("m1", ours, *options, *expression) as mine, \
            tcpdump("v0", theirs, *THEIRS) as reference, \
            tcpdump("m1", rest, *THEIRS, "-Q", "in") as passing:
        time.sleep(QUIET)
        begin = time.time_ns()
        traffic()
        time.sleep(QUIET)
        until = time.time_ns()
        end(mine, reference, passing)
    our_type, our_packets = between(read_pcap(ours), begin, until)
    their_type, their_packets = between(read_pcap(theirs), begin, until)
    others = between(read_pcap(rest), begin, until)[1]
    need(our_type == their_type == 1, (our_type, their_type))
    if stack:
        need(others, "the stack got nothing")
        need_same(in_order(our_packets + others), in_order(their_packets), least)
    else:
        need(not others or filter, f"{len(others)} packets went to the stack")
    if filter:
        their_packets = matching(theirs, filter, begin, until)
    if not stack or filter:
        need_same(in_order(our_packets), in_order(their_packets))
    return our_packets


def matching(file, filter, begin=0, until=1 << 62):
    """Those packets of a file that tcpdump's filter takes."""
    kept = path("matching.pcap")
    subprocess.run(["tcpdump", "-Z", "root", "--time-stamp-precision=nano", "-r", file, "-w", kept, *filter.split()],
                   check=True, capture_output=True)
    return between(read_pcap(kept), begin, until)[1]


def kinds(packets):
    """What talks in them: pages, names, keys, bulk, echoes of both versions."""
    found = set()
    ports = {8080: "pages", 5353: "names", 2222: "keys", 5201: "bulk"}
    for data in bytes_of(packets):
        if data[12:14] == b"\x08\x00" and data[23] in (6, 17):
            found |= {ports[port] for port in struct.unpack_from("!HH", data, 34) if port in ports}
        elif data[12:14] == b"\x08\x00" and data[23] == 1 and data[34] == 8:
            found.add("echoes")
        elif data[12:14] == b"\x86\xdd" and data[20] == 58 and data[54] == 128:
            found.add("echoes of IPv6")
    return found


# Traffic while it happens.


def programs():
    need_programs("curl", "dig", "iperf3", "ssh-keyscan")


@variants(in_the_driver=(DRIVER,), copied=((*DRIVER, "-k"),), in_the_stack=(GENERIC,),
          in_batches=((*DRIVER, "-b", "1000"),), read_slowly=((*DRIVER, "-b", "64", "-D", "5"),),
          by_poll=((*DRIVER, "-P"),), in_long_frames=(DRIVER, 3000), in_long_frames_in_the_stack=(GENERIC, 3000))
def real_traffic_is_what_tcpdump_writes(options, mtu=1500):
    net()
    programs()
    packets = same_as_tcpdump(mixed_traffic, options, mtu=mtu)
    need(len(kinds(packets)) == 6, kinds(packets))
    need(max(map(len, bytes_of(packets))) == mtu + 14, "no segment is as long as may be")


def frames_of_queues(near):
    """How many each queue of m1 had, as its driver counts in XDP."""
    said = near.run("ethtool", "-S", "m1").stdout
    return [int(count) for count in re.findall(r"rx_queue_\d+_xdp_packets: (\d+)", said)]


def on_two_queues(counted):
    """Real traffic with flows enough that no queue stays without."""
    if len(os.sched_getaffinity(0)) < 2:
        raise Skip("one processor sends on one queue")
    mixed_traffic(names=16)
    counted += frames_of_queues(net().near)


# In the stack a frame's queue is one less than the one it was sent on, as the kernel has it.
@variants(in_the_driver=(DRIVER, 2), in_the_stack=(GENERIC, 3))
def real_traffic_on_two_queues_is_what_tcpdump_writes(mode, queues):
    net()
    programs()
    counted = []
    same_as_tcpdump(lambda: on_two_queues(counted), mode, queues=queues)
    need(mode == GENERIC or (len(counted) == queues and all(counted)), f"frames of the queues: {counted}")


@variants(in_the_driver=(DRIVER, 2), in_the_stack=(GENERIC, 3))
def what_comes_on_another_queue_goes_to_the_stack(mode, queues):
    net()
    programs()
    for queue in ("0", "1"):
        packets = same_as_tcpdump(lambda: on_two_queues([]), (*mode, "-q", queue), stack=True, queues=queues)
        need(packets, f"nothing came on queue {queue}")


class Workers:
    """tapir capture with a worker for each queue, as `xdp` is."""

    def __init__(self, interface, file, *_):
        self.file, self.written = file, file + "ng"
        self.child = net().near.start(TAPIR, "capture", "-i", f"afxdp:{interface}", "--workers=2", "-w", self.written,
                                      stderr=subprocess.PIPE, env=CONFINED)
        line = self.child.stderr.readline().decode()
        need("capturing on" in line, line)

    def end(self):
        self.child.send_signal(signal.SIGINT)
        self.said = self.child.stderr.read().decode()
        self.code = self.child.wait(20)
        subprocess.run([TAPIR, "convert", self.written, "-w", self.file], check=True, capture_output=True)
        return self.said

    def facts(self):
        """By the names that the program under test has for them."""
        captured, received, dropped = (
            re.search(rf"(\d+) packets? {what}", self.said)[1]
            for what in ("captured", "received by filter", "dropped by kernel"))
        return {"frames": captured, "in": captured, "received": received, "dropped_by_kernel": dropped,
                "dropped_by_interface": "0"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()


@test
def workers_share_real_traffic():
    net()
    programs()
    xdp_is_there()
    counted = []
    same_as_tcpdump(lambda: on_two_queues(counted), queues=2, capturing=Workers)
    need(all(counted), f"frames of the queues: {counted}")


def xdp_is_there():
    with spare_pair(), xdp("m1", path("nothing.pcap")):
        pass


@each_mode
def a_filter_takes_its_part_of_real_traffic_and_the_stack_gets_the_rest(mode):
    net()
    programs()
    packets = same_as_tcpdump(mixed_traffic, mode, filter="tcp port 8080 or icmp or udp dst port 5353", stack=True)
    need(kinds(packets) == {"pages", "echoes", "names"}, kinds(packets))


@each_mode
def tagged_frames_keep_their_tags(mode):
    """Both those that come, whose first tag the kernel takes off and puts back on, and those that go."""
    net()
    frames = [echo([(0x8100, 100)]), echo([(0x8100, 0)]), echo([(0x8100, 0xa000)]),
              echo([(0x88a8, 200)]), echo([(0x88a8, 200), (0x8100, 50)]), echo([]),
              echo([(0x8100, 0xe000 | 4095)] * 2), RAW_ETHERNET + b"\x88\xb5" + bytes(48)]

    def traffic():
        send_raw(*frames)
        net().near.run("python3", "-c", SEND_RAW, "v0", *[frame.hex() for frame in frames])

    need(bytes_of(same_as_tcpdump(traffic, mode, filter=FROM_RAW)) == 2 * frames, "not as they were sent")
    for expression, numbers in (("vlan 100", (0,)), ("vlan and icmp", (0, 1, 2, 3)), ("vlan 200 and vlan 50", (4,)),
                                ("icmp", (5,))):
        packets = same_as_tcpdump(traffic, mode, filter=f"{FROM_RAW} and {expression}", least=1)
        need(bytes_of(packets) == 2 * [frames[number] for number in numbers], expression)


# Traffic once more.


def recorded():
    """A file of real traffic, as tcpdump saw it on v0, with segments and checksums as on a wire."""
    programs()
    file = path("recorded.pcap")
    if os.path.exists(file):
        return file
    for namespace, device in ((net().near, "v0"), (net().far, "v1")):
        like_a_wire(namespace, device)
    with tcpdump("v0", path("new.pcap"), *THEIRS) as recorder:
        mixed_traffic()
        time.sleep(QUIET)
        recorder.end(signal.SIGINT)
    need(len(kinds(read_pcap(path("new.pcap"))[1])) == 6, "not all programs talked")
    os.rename(path("new.pcap"), file)
    return file


def replay(file, *words):
    # Slower than it could be, for a veth has room for 256 frames; and not past tcpdump.
    net().near.run(TAPIR, "send", "-i", "m0", "--pps", "5k", "--queueing", "-q", *words, file, timeout=60)


def once_more(options, words=(), mtu=1500, filter=""):
    """Sends recorded traffic while tcpdump on the sending side and AF_XDP capture; their packets, the
    order among them the same."""
    ours, theirs = path("ours.pcap"), path("theirs.pcap")
    file = recorded()
    expression = ("-f", filter) if filter else ()
    with spare_pair(mtu=mtu), xdp("m1", ours, *options, *expression) as mine, \
            tcpdump("m0", theirs, *THEIRS, "-Q", "out") as reference:
        replay(file, *words)
        end(mine, reference)
    our_packets, their_packets = read_pcap(ours)[1], read_pcap(theirs)[1]
    need(len(their_packets) == len(read_pcap(file)[1]), f"{len(their_packets)} packets were sent")
    return our_packets, matching(theirs, filter) if filter else their_packets


@variants(in_the_driver=(DRIVER,), copied=((*DRIVER, "-k"),), in_the_stack=(GENERIC,),
          in_batches=((*DRIVER, "-b", "1000", "-D", "20"),))
def traffic_once_more_is_what_tcpdump_writes_in_order(options):
    ours, theirs = once_more(options)
    need_same(ours, theirs, 100)
    need(bytes_of(ours) == bytes_of(read_pcap(recorded())[1]), "not what was recorded")


@each_mode
def traffic_in_virtual_networks_keeps_its_tags(mode):
    for tag, type_and_id in (("push:100", b"\x81\x00\x00\x64"), ("push:200:5:0x88a8", b"\x88\xa8\xa0\xc8")):
        ours, theirs = once_more(mode, ("--vlan", tag), mtu=1508)
        need_same(ours, theirs, 100)
        need(bytes_of(ours) == [data[:12] + type_and_id + data[12:] for data in bytes_of(read_pcap(recorded())[1])],
             f"{tag}: not what was recorded")


@each_mode
def filters_take_of_traffic_what_tcpdumps_take(mode):
    for expression in ("tcp", "udp or arp", "icmp6", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "greater 1000",
                       "src host 10.7.0.2 and tcp src port 5201", "ip[6:2] & 0x4000 != 0 and less 100"):
        need_same(*once_more(mode, filter=expression), 1)
    need_same(*once_more(mode, ("--vlan", "push:7"), mtu=1508, filter="vlan 7 and tcp port 8080"), 5)


@each_mode
def traffic_is_cut_to_the_snapshot_length(mode):
    ours, theirs = once_more((*mode, "-s", "60"))
    need_same(ours, [(when, length, data[:60]) for when, length, data in theirs], 100)


# Programs beside it.


@contextlib.contextmanager
def taken_from_the_far_side(mode, filter, theirs):
    """AF_XDP takes what matches as it comes to v1, where servers are; what tcpdump on the sending side
    saw go there is the same."""
    ours = path("ours.pcap")
    with servers(), xdp("v1", ours, *mode, "-f", filter, namespace=net().far) as mine, \
            tcpdump("v0", theirs, *THEIRS, "-Q", "out", *filter.split()) as reference:
        yield
        end(mine, reference)
    need_same(in_order(read_pcap(ours)[1]), in_order(read_pcap(theirs)[1]))


@each_mode
def programs_talk_while_others_packets_are_taken(mode):
    net()
    programs()
    theirs = path("theirs.pcap")
    with taken_from_the_far_side(mode, "udp port 5353", theirs):
        patiently(gets_page, "no page")
        patiently(gets_key, "no key")
        net().ping()
        net().ping("fd00:7::2")
        bulk = net().near.run("iperf3", "-c", "10.7.0.2", "-n", "2M", "-b", "40M", check=False)
        need(bulk.returncode == 0, bulk.stdout + bulk.stderr)
        need(not any(gets_name(f"name{number}.example.net") for number in range(3)), "a name, though it was taken")
    need(len(read_pcap(theirs)[1]) == 3, "queries")
    with taken_from_the_far_side(mode, "tcp dst port 8080", theirs):
        patiently(gets_name, "no name")
        patiently(gets_key, "no key")
        need(not gets_page("--max-time", "2.5"), "a page, though it was taken")
    need(all(data[47] & 0x3f == 2 for data in bytes_of(read_pcap(theirs)[1])), "more than SYN came through")
    with servers():
        patiently(gets_page, "no page once nothing is taken")


def patiently(gets, what):
    """A server may need a moment to begin."""
    until = time.monotonic() + 20
    while not gets():
        need(time.monotonic() < until, what)
        time.sleep(0.1)


if __name__ == "__main__":
    if sys.argv[3:]:
        TESTS[:] = [case for case in TESTS if any(word in case.__name__ for word in sys.argv[3:])]
    sys.exit(main())
