#!/usr/bin/python3
"""Live sources against tcpdump, on real traffic between two network namespaces.
usage: sources.py SOURCE_PROGRAM [WORD...], with words only the tests that have one in their name"""

import contextlib
import os
import signal
import struct
import sys
import time

from namespace import need_programs, wait_for
from tap import TESTS, Skip, main, need, test, timed
from traffic import (FROM_RAW, HERE, PROGRAM, RAW_ETHERNET, between, capture, difference, echo, mixed_traffic, net,
                     path, read_pcap, send_raw, settle, stop, tcpdump)

METHODS = ("pcap", "afpacket")


def each_method(function):
    """Makes the function a test case for every method."""
    for method in METHODS:
        def case(method=method):
            function(method)
        case.__name__ = f"{function.__name__}_with_{method}"
        test(case)
    return function


def same_as_tcpdump(method, interface, traffic, filter="", options=(), theirs=(), namespace=None,
                    least=1):
    """Captures the traffic with both and compares packet for packet; returns the packets."""
    ours, other = path("ours.pcap"), path("theirs.pcap")
    expression = ("-f", filter) if filter else ()
    with tcpdump(interface, other, *theirs, *filter.split(), namespace=namespace) as reference, \
            capture(f"{method}:{interface}", "-w", ours, *expression, *options,
                    namespace=namespace) as mine:
        begin = time.time_ns()
        traffic()
        time.sleep(0.05)
        end = time.time_ns()
        settle()
        mine.end()
        reference.end(signal.SIGINT)
        text = mine.text()
        need(mine.code == 0, text)
        need(mine.facts()["dropped_by_kernel"] == "0", text)
    our_type, our_packets = between(read_pcap(ours), begin, end)
    their_type, their_packets = between(read_pcap(other), begin, end)
    need(our_type == their_type, (our_type, their_type))
    need(len(their_packets) >= least, f"only {len(their_packets)} packets")
    # Two processors may put what is sent and what is received into rings in different orders.
    in_order = [sorted(packets, key=lambda packet: (packet[1:], packet[0]))
                for packets in (our_packets, their_packets)]
    need([packet[1:] for packet in in_order[0]] == [packet[1:] for packet in in_order[1]],
         difference(our_packets, their_packets))
    need_same_times(*in_order)
    return our_packets


def need_same_times(ours, theirs):
    """Of TCP the kernel takes a time for each capture, since senders have put theirs in the place
    of the one that is shared."""
    for number, (a, b) in enumerate(zip(ours, theirs)):
        is_tcp = 6 in (a[2][20:21] + a[2][23:24] + a[2][29:30])
        need(abs(a[0] - b[0]) <= (20000000 if is_tcp else 0),
             f"packet {number}: {a[0]} for {b[0]}: {a[2].hex()[:120]}")


# What comes is what tcpdump writes.


@each_method
def real_traffic_is_what_tcpdump_writes(method):
    net()
    need_programs("curl", "dig")
    same_as_tcpdump(method, "v0", mixed_traffic, least=100, theirs=("-B", "16384"),
                    options=("-B", "16777216"))


@each_method
def batches_are_what_tcpdump_writes(method):
    net()
    need_programs("curl", "dig")
    # A slow reader of libpcap's finds more than is handed out together.
    delay = ("-D", "200") if method == "pcap" else ()
    same_as_tcpdump(method, "v0", mixed_traffic, least=100, theirs=("-B", "16384"),
                    options=("-B", "16777216", "-b", "1000", *delay))


@each_method
def a_filter_lets_the_same_pass(method):
    packets = same_as_tcpdump(method, "v0", lambda: (net().ping(), net().ping("fd00:7::2")),
                              filter="icmp", least=10)
    need(all(data[12:14] == b"\x08\x00" and data[23] == 1 for _, _, data in packets))


@each_method
def a_snapshot_length_cuts_the_same(method):
    packets = same_as_tcpdump(method, "v0", net().ping, options=("-s", "60"),
                              theirs=("-s", "60"), least=10)
    need(any(length == 98 and len(data) == 60 for _, length, data in packets))


@each_method
def a_snapshot_length_and_a_filter_cut_the_same(method):
    packets = same_as_tcpdump(method, "v0", net().ping, filter="icmp", options=("-s", "60"),
                              theirs=("-s", "60"), least=10)
    need(all(len(data) == 60 for _, _, data in packets))


@each_method
def received_and_sent_frames_are_told_apart(method):
    for direction in ("in", "out"):
        packets = same_as_tcpdump(method, "v0", net().ping, filter="icmp",
                                  options=("-Q", direction), theirs=("-Q", direction), least=5)
        kinds = {data[34] for _, _, data in packets}
        need(kinds == ({0} if direction == "in" else {8}), kinds)


@each_method
def all_interfaces_are_what_tcpdump_writes(method):
    same_as_tcpdump(method, "any", lambda: (net().ping(), net().ping("10.7.0.1")), least=15)


@each_method
def all_interfaces_are_filtered_the_same(method):
    same_as_tcpdump(method, "any", lambda: (net().ping(), net().ping("10.7.0.1")),
                    filter="icmp and not host 10.7.0.2", least=5)


@each_method
def frames_of_the_loopback_come_once(method):
    packets = same_as_tcpdump(method, "lo", lambda: net().ping("127.0.0.1"), least=10)
    need(len(packets) == 10, len(packets))


@each_method
def tagged_frames_keep_their_tags(method):
    """The kernel takes the first tag off what it receives. VLAN 0 carries only a priority."""
    frames = [echo([(0x8100, 100)]), echo([(0x8100, 0)]), echo([(0x8100, 0xa000)]),
              echo([(0x88a8, 200)]), echo([(0x88a8, 200), (0x8100, 50)]), echo([]),
              echo([(0x8100, 0xe000 | 4095)] * 2), RAW_ETHERNET + b"\x88\xb5" + bytes(48)]
    packets = same_as_tcpdump(method, "v0", lambda: send_raw(*frames), filter=FROM_RAW)
    need([data for _, _, data in packets] == frames, [data.hex() for _, _, data in packets])


@each_method
def tagged_frames_that_are_sent_keep_their_tags(method):
    frames = [echo([(0x8100, 100)]), echo([(0x8100, 0)]), echo([(0x88a8, 200)]), echo([])]
    packets = same_as_tcpdump(method, "v1", lambda: send_raw(*frames), filter=FROM_RAW,
                              namespace=net().far)
    need([data for _, _, data in packets] == frames, [data.hex() for _, _, data in packets])


@each_method
def tagged_frames_are_cut_the_same(method):
    frames = [echo([(0x8100, 100)]), echo([(0x8100, 100), (0x8100, 50)]), echo([])]
    for snaplen in ("10", "14", "16", "40"):
        same_as_tcpdump(method, "v0", lambda: send_raw(*frames), options=("-s", snaplen),
                        theirs=("-s", snaplen), least=3)


@each_method
def tagged_frames_of_all_interfaces_are_what_tcpdump_writes(method):
    frames = [echo([(0x8100, 100)]), echo([(0x88a8, 200), (0x8100, 50)]), echo([])]
    same_as_tcpdump(method, "any", lambda: send_raw(*frames), least=3)


@each_method
def a_filter_on_tags_finds_them(method):
    """Without "vlan" a filter does not see the tag that the kernel took off."""
    frames = [echo([(0x8100, 100)]), echo([(0x8100, 101)]), echo([]),
              echo([(0x88a8, 100)]), echo([(0x8100, 100), (0x8100, 7)])]
    for expression, numbers in (("vlan 100", (0, 3, 4)), ("vlan and icmp", (0, 1, 3)),
                                ("vlan 100 and host 10.7.100.2", (0, 3)), ("vlan 100 and vlan 7", (4,)),
                                ("icmp and host 10.7.100.2", (0, 1, 2, 3))):
        packets = same_as_tcpdump(method, "v0", lambda: send_raw(*frames), filter=expression)
        need([data for _, _, data in packets] == [frames[i] for i in numbers], expression)


@each_method
def tagged_interfaces_are_what_tcpdump_writes(method):
    """Here the kernel sends tags beside the frame, too."""
    n = net()
    for protocol in ("802.1Q", "802.1ad"):
        try:
            for namespace, device, host in ((n.near, "v0", 1), (n.far, "v1", 2)):
                namespace.add_link("link", device, "name", "tag", "type", "vlan", "id", "99", "protocol", protocol)
                namespace.ip("addr", "add", f"10.7.99.{host}/24", "dev", "tag")
                namespace.ip("link", "set", "tag", "up")
            for interface in ("v0", "any"):
                same_as_tcpdump(method, interface, lambda: n.ping("10.7.99.2"), least=10)
        finally:
            for namespace in (n.near, n.far):
                namespace.ip("link", "del", "tag", check=False)


@each_method
def times_in_microseconds_end_in_zeroes(method):
    file = path("micro.pcap")
    with capture(f"{method}:v0", "-u", "-w", file, "-i") as mine:
        net().ping()
        time.sleep(0.2)
        mine.end()
    with open(file, "rb") as opened:
        need(opened.read(4) == struct.pack("=I", 0xa1b2c3d4), "microseconds")
    need(len(read_pcap(file)[1]) >= 10)


@each_method
def only_one_protocol_when_asked_for(method):
    file = path("protocol.pcap")
    with capture(f"{method}:v0", "-e", "0x86dd", "-w", file, "-i") as mine:
        net().ping()
        net().ping("fd00:7::2")
        time.sleep(0.2)
        need(mine.end() and mine.code == 0, mine.text())
    packets = read_pcap(file)[1]
    need(len(packets) >= 5, len(packets))
    need(all(data[12:14] == b"\x86\xdd" for _, _, data in packets))


# Waiting.


@each_method
@timed
def a_break_wakes_a_reader_from_a_signal_handler(method):
    with capture(f"{method}:v0", "-f", "tcp port 1", "-S", "300") as mine:
        mine.end(None)
        facts = mine.facts()
    need(facts["status"] == "break", facts)
    need(int(facts["latency_us"]) < 50000, facts)


@each_method
@timed
def a_break_wakes_a_reader_from_another_thread(method):
    with capture(f"{method}:v0", "-f", "tcp port 1", "-R", "300") as mine:
        mine.end(None)
        facts = mine.facts()
    need(int(facts["latency_us"]) < 50000, facts)


@each_method
@timed
def a_timeout_is_kept(method):
    for ms in (1, 20, 130):
        with capture(f"{method}:v0", "-f", "tcp port 1", "-G", "-t", str(ms)) as mine:
            time.sleep(0.7)
            mine.end()
            lines = mine.text().splitlines()
        waits = [int(line.split()[1]) for line in lines if line.startswith("waited_us")][:-1]
        need("status timeout" in lines, lines)
        # A busy machine lets one or the other wait longer.
        need(ms * 1000 <= min(waits) < ms * 1000 + 3000, waits)


@each_method
@timed
def a_negative_timeout_does_not_wait(method):
    with capture(f"{method}:v0", "-f", "tcp port 1", "-t", "-1") as mine:
        mine.end(None)
        facts = mine.facts()
    need(facts["status"] == "timeout" and int(facts["waited_us"]) < 10000, facts)


@each_method
def the_descriptor_tells_when_there_is_something_to_read(method):
    same_as_tcpdump(method, "v0", net().ping, filter="icmp", options=("-P",), least=10)
    same_as_tcpdump(method, "v0", net().ping, filter="icmp", options=("-P", "-i"), least=10)


@each_method
@timed
def immediate_frames_come_at_once(method):
    with capture(f"{method}:v0", "-i", "-f", "icmp", "-c", "2", "-T", "60000") as mine:
        net().ping(count=1)
        mine.end(None, timeout=1)
        need(mine.facts()["frames"] == "2", mine.text())


# Filters that change.


@each_method
def a_filter_is_replaced_while_running(method):
    file = path("replaced.pcap")
    with capture(f"{method}:v0", "-f", "icmp", "-r", "icmp6", "-w", file, "-T", "100") as mine:
        net().ping()
        time.sleep(0.4)
        net().ping(count=3)
        mine.send(signal.SIGUSR1)
        mine.wait_for("replaced")
        net().ping()
        net().ping("fd00:7::2")
        time.sleep(0.4)
        mine.end()
        need(mine.code == 0, mine.text())
    kinds = [data[12:14] == b"\x08\x00" for _, _, data in read_pcap(file)[1]]
    need(kinds.count(True) >= 10, kinds)
    need(kinds.count(False) >= 10, kinds)
    need(kinds == sorted(kinds, reverse=True), "IPv4 after the filter was replaced")


@each_method
def a_wrong_filter_is_refused_with_its_place(method):
    with capture(f"{method}:v0", "-f", "icmp and prot 7", ready="failed") as mine:
        mine.end(None)
        facts = mine.facts()
    need(facts["status"] == "invalid" and "prot" in facts["message"], facts)


# Interfaces that come and go.


@each_method
def a_missing_interface_is_named(method):
    net()
    with capture(f"{method}:nowhere0", ready="failed") as mine:
        mine.end(None)
        facts = mine.facts()
    need(facts["status"] == "not found" and "nowhere0" in facts["message"], facts)


@each_method
def an_interface_that_is_down_is_named(method):
    with spare():
        net().near.ip("link", "set", "s0", "down")
        with capture(f"{method}:s0", ready="failed") as mine:
            mine.end(None)
            facts = mine.facts()
    need("down" in facts["message"], facts)


@contextlib.contextmanager
def spare():
    """Another pair, s0 and s1, to be taken down and away."""
    make_spare()
    try:
        yield
    finally:
        net().near.ip("link", "del", "s0", check=False)


def make_spare():
    n = net()
    n.near.add_link("s0", "type", "veth", "peer", "name", "s1", "netns", n.far.name)
    n.near.ip("addr", "add", "10.8.0.1/24", "dev", "s0")
    n.far.ip("addr", "add", "10.8.0.2/24", "dev", "s1")
    n.near.ip("link", "set", "s0", "up")
    n.far.ip("link", "set", "s1", "up")


def spare_echo(count=5):
    wait_for(lambda: net().ping("10.8.0.2", 1, check=False).returncode == 0, "the spare pair", 20)
    if count > 1:
        net().ping("10.8.0.2", count - 1)


def reports_the_loss(method, what, words):
    file = path("loss.pcap")
    with spare(), capture(f"{method}:s0", "-f", "icmp", "-w", file) as mine:
        spare_echo()
        net().near.ip(*what.split())
        mine.end(None, timeout=5)
        facts = mine.facts()
    need(facts["status"] == "input/output error" and words in facts["message"], facts)
    need(len(read_pcap(file)[1]) >= 10, "frames from before the loss")


@each_method
def an_interface_that_goes_down_is_reported_after_its_frames(method):
    reports_the_loss(method, "link set s0 down", "went down")


@each_method
def an_interface_that_goes_away_is_reported_after_its_frames(method):
    reports_the_loss(method, "link del s0", "gone away")


@each_method
def an_interface_that_goes_down_is_reported_to_a_reader_that_was_busy(method):
    """Nobody waited when the kernel said so."""
    with spare():
        spare_echo()
        with capture(f"{method}:s0", "-f", "icmp", "-i", "-D", "300") as mine:
            net().ping("10.8.0.2", 1)
            time.sleep(0.1)
            net().near.ip("link", "set", "s0", "down")
            mine.end(None, timeout=5)
            facts = mine.facts()
    need("went down" in facts["message"] and facts["frames"] == "2", facts)


@each_method
def reading_on_works_once_the_interface_is_up_again(method):
    file = path("again.pcap")
    with spare(), capture(f"{method}:s0", "-f", "icmp", "-w", file, "-T", "50", "-G") as mine:
        spare_echo()
        net().near.ip("link", "set", "s0", "down")
        mine.wait_for("went down")
        net().near.ip("link", "set", "s0", "up")
        spare_echo()
        time.sleep(0.5)
        mine.end()
        need(mine.text().count("went down") == 1, mine.text())
    need(len(read_pcap(file)[1]) >= 20, len(read_pcap(file)[1]))


@each_method
def an_interface_that_was_down_is_followed(method):
    file = path("followed.pcap")
    with spare(), capture(f"{method}:s0", "-F", "-f", "icmp", "-w", file, "-T", "50") as mine:
        spare_echo()
        net().near.ip("link", "set", "s0", "down")
        time.sleep(0.3)
        net().near.ip("link", "set", "s0", "up")
        spare_echo()
        time.sleep(0.5)
        mine.end()
        need(mine.code == 0 and "went" not in mine.text(), mine.text())
    need(len(read_pcap(file)[1]) >= 20, len(read_pcap(file)[1]))


@each_method
def an_interface_that_is_made_anew_is_followed(method):
    """With its filter, the replaced one, and with what was received counted on."""
    file = path("anew.pcap")
    with spare(), capture(f"{method}:s0", "-F", "-f", "icmp6", "-r", "icmp", "-w", file,
                          "-T", "50") as mine:
        mine.send(signal.SIGUSR1)
        mine.wait_for("replaced")
        spare_echo()
        net().near.ip("link", "del", "s0")
        time.sleep(0.3)
        make_spare()
        time.sleep(1.5)
        spare_echo()
        time.sleep(0.5)
        mine.end()
        need(mine.code == 0, mine.text())
        facts = mine.facts()
    packets = read_pcap(file)[1]
    need(len(packets) >= 20, len(packets))
    need(all(data[12:14] == b"\x08\x00" for _, _, data in packets), "the filter")
    need(int(facts["received"]) >= 20, facts)


@each_method
@timed
def breaks_and_timeouts_are_kept_while_an_interface_is_away(method):
    with spare(), capture(f"{method}:s0", "-F", "-G", "-t", "130", "-T", "10") as mine:
        net().near.ip("link", "del", "s0")
        time.sleep(1)
        mine.end()
        waits = [int(line.split()[1]) for line in mine.text().splitlines()
                 if line.startswith("waited_us")][1:-1]
        facts = mine.facts()
    # A busy machine lets one or the other wait longer.
    need(len(waits) >= 3 and 130000 <= min(waits) < 135000, waits)
    need(facts["status"] == "break" and int(facts["latency_us"]) < 50000, facts)


@test
def what_is_no_network_interface_keeps_timeouts_and_breaks():
    opened = net().near.run(PROGRAM, "-t", "100", "nflog", check=False)
    if "failed open" in opened.stdout:
        raise Skip(opened.stdout.splitlines()[-1])
    need("status timeout" in opened.stdout, opened.stdout)
    opened = net().near.run(PROGRAM, "-S", "100", "nflog", check=False)
    need("status break" in opened.stdout, opened.stdout)


# What an interface can do.


@test
def link_types_are_those_of_tcpdump():
    for interface in ("v0", "any"):
        theirs = net().near.run("tcpdump", "-L", "-i", interface)
        ours = net().near.run(PROGRAM, "-L", interface).stdout.split()
        names = [line.split()[0] for line in (theirs.stdout + theirs.stderr).splitlines()[1:]]
        need(ours == names, (ours, names))


@test
def clocks_are_those_of_tcpdump():
    theirs = net().near.run("tcpdump", "-J", "-i", "v0", check=False)
    ours = net().near.run(PROGRAM, "-J", "v0").stdout.split()
    names = [line.split()[0] for line in (theirs.stdout + theirs.stderr).splitlines()[1:]
             if line.startswith(" ")]
    need(ours == (names or ["host"]), (ours, theirs.stdout + theirs.stderr))


@test
def a_link_type_is_chosen():
    for link_type in (113, 276):
        file = path("cooked.pcap")
        with capture("pcap:any", "-y", str(link_type), "-i", "-w", file) as mine:
            net().ping()
            time.sleep(0.2)
            mine.end()
            facts = mine.facts()
        need(read_pcap(file)[0] == link_type)
        need(facts["in"] != "0" and facts["out"] != "0" and facts["unknown"] == "0", facts)


def fails(*arguments):
    result = net().near.run(PROGRAM, *arguments, check=False)
    need(result.returncode == 3, result)
    return dict(line.split(" ", 1) for line in result.stdout.splitlines())


@test
def what_libpcap_cannot_do_is_said():
    for options, words in ((("-y", "105"), "EN10MB"), (("-m",), "monitor mode"),
                           (("-C", "4"), "host"), (("-g", "1:7"), "afpacket:v0")):
        facts = fails(*options, "pcap:v0")
        need(facts["status"] == "not supported" and words in facts["message"], facts)


@test
def a_missing_privilege_is_named():
    net()
    need_programs("setpriv")
    for method in METHODS:
        result = net().near.run("setpriv", "--bounding-set=-net_raw,-net_admin", "--inh-caps=-all",
                                "--reuid=65534", "--clear-groups", PROGRAM, f"{method}:v0", check=False)
        if "failed to execute" in result.stderr or result.returncode == 126:
            raise Skip("the program is not readable for others")
        need("not permitted" in result.stdout and "CAP_NET_RAW" in result.stdout,
             result.stdout + result.stderr)


# Groups.


def flow_of(data):
    """The ends of a TCP or UDP packet over IPv4, in one order for both directions."""
    source, target = data[26:30] + data[34:36], data[30:34] + data[36:38]
    return min(source, target), max(source, target)


@test
def a_group_shares_frames_by_flow():
    need_programs("curl")
    n = net()
    files = [path(f"member{i}.pcap") for i in range(2)]
    whole = path("whole.pcap")
    server = n.far.start("python3", "-m", "http.server", "-b", "10.7.0.2", "-d", HERE, "8080")
    try:
        with capture("afpacket:v0", "-f", "tcp", "-w", whole) as reference, \
                capture("afpacket:v0", "-f", "tcp", "-g", "1:77", "-w", files[0]) as first, \
                capture("afpacket:v0", "-f", "tcp", "-g", "1:77", "-w", files[1]) as second:
            wait_for(lambda: n.near.run("curl", "-s", "-o", "/dev/null", "http://10.7.0.2:8080/source.c",
                                        check=False).returncode == 0, "the server", 20)
            for _ in range(20):
                n.near.run("curl", "-s", "-o", "/dev/null", "http://10.7.0.2:8080/source.c")
            time.sleep(0.5)
            for member in (first, second, reference):
                member.end()
    finally:
        stop(server)
    shares = [[data for _, _, data in read_pcap(file)[1]] for file in files]
    everything = [data for _, _, data in read_pcap(whole)[1]]
    need(all(shares), [len(share) for share in shares])
    need(sorted(shares[0] + shares[1]) == sorted(everything),
         f"{len(shares[0])} + {len(shares[1])} for {len(everything)}")
    flows = [{flow_of(data) for data in share} for share in shares]
    need(not flows[0] & flows[1], "a flow went to both members")
    need(len(flows[0] | flows[1]) >= 20)


if __name__ == "__main__":
    if sys.argv[2:]:
        TESTS[:] = [case for case in TESTS if any(word in case.__name__ for word in sys.argv[2:])]
    sys.exit(main())
