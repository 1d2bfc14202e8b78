#!/usr/bin/python3
"""The example programs that need a network, on one of their own, beside iperf3 and tcpdump; prints
TAP. usage: examples.py DIRECTORY_OF_EXAMPLES"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from namespace import Namespace, Pair, need_programs, wait_for
from tap import main, need, test, timed

PROGRAMS = os.path.abspath(sys.argv[1])
LISTENER = """
import socket, sys, time
listening = []
for address in sys.argv[2:]:
    each = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    each.bind((address, int(sys.argv[1])))
    each.listen()
    listening.append(each)
time.sleep(600)
"""
UDP_SENDER = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
    for number in range(int(sys.argv[2])):
        to.sendto(bytes(100), (sys.argv[1], 9))
"""
# Answers SYNs to 10.50.0.2 in ways that depend on the port.
ANSWERER = """
import socket, struct
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
wire.bind(("right0", 0x0800))
SYN, RST, ACK = 2, 4, 16
while True:
    frame = wire.recv(2000)
    if frame[23] != 6 or frame[30:34] != bytes([10, 50, 0, 2]) or frame[47] != SYN:
        continue
    back, port, seq = struct.unpack(">HHI", frame[34:42])
    quoted = frame[14:42]  # of TCP as little as there has to be
    if port in (90, 91):
        if port == 91:
            quoted = quoted[:-1] + bytes([quoted[-1] ^ 1])
        protocol, payload = 1, struct.pack(">BBHI", 3, 13, 0, 0) + quoted
    else:
        flags, ack = {22: (SYN | ACK, seq), 23: (RST, 0), 24: (RST | ACK, seq), 25: (ACK, seq + 1), 26: (SYN, 0),
                      80: (SYN | ACK, seq + 1), 81: (RST | ACK, seq + 1)}[port]
        protocol = 6
        payload = struct.pack(">HHIIBBHHH", port, back, 1, ack % 2**32, 0x50, flags, 1000, 0, 0)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0) + frame[30:34] + frame[26:30]
    wire.send(frame[6:12] + frame[:6] + frame[12:14] + ip + payload)
"""
# Of the link, IP and TCP with timestamps.
HEADERS = 14 + 20 + 32


def program(name):
    return os.path.join(PROGRAMS, "example_" + name)


def run(side, name, *arguments, code=0, **options):
    done = side.run(program(name), *arguments, check=False, **options)
    need(done.returncode == code, f"{name} {arguments}: exit code {done.returncode}: {done.stderr}")
    need("Sanitizer" not in done.stderr, done.stderr)  # whose exit code may be the same
    return done.stdout if code == 0 else done.stderr


def sockets(side):
    """How many sockets of AF_PACKET are bound to an interface."""
    lines = side.run("cat", "/proc/net/packet").stdout.splitlines()[1:]
    return sum(line.split()[4] != "0" and line.split()[5] == "1" for line in lines)


class Running:
    """An example that runs until it is interrupted, its output so far, and all of it."""

    def __init__(self, side, name, *arguments, **options):
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        before = sockets(side)
        self.process = side.start(program(name), *arguments, stdout=self.out, stderr=self.err, **options)
        wait_for(lambda: self.process.poll() is not None or sockets(side) > before, name)
        time.sleep(0.1)  # for its signal handler

    def printed(self):
        return os.pread(self.out.fileno(), 1 << 24, 0).decode()

    def said(self):
        return os.pread(self.err.fileno(), 1 << 24, 0).decode()

    def end(self, number=signal.SIGINT):
        """Interrupts it, None: waits for its own end; returns what it printed."""
        if number is not None:
            time.sleep(0.3)  # for what the kernel still holds back
            self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        need(code == 0, f"exit code {code}: {self.said()}")
        return self.printed()


def ping(pair, count=3):
    pair.left.run("ping", "-c", count, "-i", "0.05", pair.right.ipv4)


def send_datagrams(side, to, count):
    side.run(sys.executable, "-c", UDP_SENDER, to, count)


def echoes(text):
    return text.count("ICMP echo re")


@test
def capture_live_prints_a_line_per_packet_as_it_comes():
    with Pair() as pair:
        live = Running(pair.right, "capture_live", "right0")
        ping(pair)
        wait_for(lambda: echoes(live.printed()) == 6, "six packets")
        lines = live.end().splitlines()
        need(f"{len(lines)} packets; 0 dropped" in live.said(), live.said())
        need("capturing on right0" in live.said(), live.said())
        need("nowhere0: " in run(pair.right, "capture_live", "nowhere0", code=1), "message")


@test
def capture_live_takes_the_first_interface():
    with Pair() as pair:
        live = Running(pair.left, "capture_live")
        ping(pair)
        need(echoes(live.end()) == 6, live.printed())


@test
def capture_filter_goes_on_with_another_filter():
    with Pair() as pair:
        live = Running(pair.right, "capture_filter", "right0", "icmp", stdin=subprocess.PIPE)

        def type_in(line, answer):
            live.process.stdin.write(line.encode() + b"\n")
            live.process.stdin.flush()
            wait_for(lambda: answer in live.said(), f"{answer} in {live.said()}")

        def exchange():
            send_datagrams(pair.left, pair.right.ipv4, 5)
            ping(pair, 2)
            time.sleep(0.2)
            return live.printed()

        pair.right.run("sysctl", "-q", "net.ipv4.icmp_ratelimit=0", check=False)
        first = exchange()
        need(echoes(first) == 4 and ".9: UDP" not in first.replace("udp port 9 unreachable", ""), first)
        type_in("udp port 9", "filter: udp port 9")
        second = exchange()[len(first):]
        need(second.count(".9: UDP, length 100") == 5 and echoes(second) == 0, second)
        type_in("udp portt 9", "syntax error")
        need("  udp portt 9\n" in live.said() and "^" in live.said(), live.said())
        third = exchange()[len(first) + len(second):]
        need(third.count(".9: UDP, length 100") == 5 and echoes(third) == 0, third)
        live.process.stdin.close()  # which is no end
        fourth = exchange()
        need(fourth.count(".9: UDP, length 100") == 15, fourth)
        live.process.stdin = None
        begin = time.monotonic()
        live.end()
        need(time.monotonic() - begin < 3, "it takes long to end")
        need("syntax error" in run(pair.right, "capture_filter", "right0", "udp portt 9", code=2), "message")


@test
def save_packets_saves_exactly_a_hundred():
    need_programs("tcpdump")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        for name in ("a.pcap", "b.pcapng", "c.pcap.gz"):
            path = os.path.join(place, name)
            saver = Running(pair.right, "save_packets", "right0", path)
            send_datagrams(pair.left, pair.right.ipv4, 300)
            need(saver.end(None) == f"100 packets in {path}\n", saver.printed())
            if name.endswith(".gz"):
                subprocess.run(["gunzip", path], check=True)
                path = path[:-3]
            lines = subprocess.run(["tcpdump", "-nnr", path], capture_output=True, text=True,
                                   check=True).stdout.splitlines()
            need(len(lines) == 100, f"{name}: {len(lines)} packets")
            need(sum(".9: UDP, length 100" in line for line in lines) > 80, lines)


@test
def save_packets_keeps_what_there_is_when_interrupted():
    need_programs("tcpdump")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "a.pcap")
        saver = Running(pair.right, "save_packets", "right0", path, "1000")
        send_datagrams(pair.left, pair.right.ipv4, 50)
        saved = int(re.match(r"(\d+) packets", saver.end())[1])
        lines = subprocess.run(["tcpdump", "-nnr", path], capture_output=True, text=True, check=True).stdout
        need(saved == len(lines.splitlines()) >= 50, (saved, lines))
        nowhere = os.path.join(place, "no/where")
        need(nowhere + ": " in run(pair.right, "save_packets", "lo", nowhere, code=1), "message")


def iperf(client, server, address, *words):
    """What the client says in the end."""
    serving = server.start("iperf3", "-s", "-1")
    wait_for(lambda: ":5201" in server.run("ss", "-ltn").stdout, "iperf3")
    said = json.loads(client.run("iperf3", "-c", address, "--json", *words, timeout=60).stdout)
    serving.wait(timeout=10)
    return said["end"]


def total(text):
    """Of traffic's last line: packets and bytes in, packets and bytes out, missed."""
    found = re.fullmatch(r"total: in (\d+) packets, (\d+) bytes; out (\d+) packets, (\d+) bytes; (\d+) packets "
                         r"missed", text.splitlines()[-1])
    return tuple(map(int, found.groups()))


def need_agreement(packets, counted, said, what):
    """iperf3 counts the payload that its client gave away, and what its server had when the client was done;
    the difference is still on its way. Besides, there are headers, what is sent again, and the control
    connection."""
    sent, received = said["sum_sent"]["bytes"], said["sum_received"]["bytes"]
    payload = counted - packets * HEADERS
    print(f"# {what}: iperf3 {sent} bytes, {received} of them received; counted {counted} in {packets} packets, "
          f"without headers {100 * payload / sent - 100:+.3f} %")
    need(counted >= received and 0.97 * sent <= counted <= 1.03 * sent + packets * HEADERS,
         f"{what}: {counted} of {sent} in {packets}")


@test
@timed
def traffic_on_loopback_agrees_with_iperf3():
    need_programs("iperf3")
    with Namespace() as lone:
        counter = Running(lone, "traffic", "lo")
        said = iperf(lone, lone, "127.0.0.1", "-n", "200M", "-w", "256K")
        packets, counted, out_packets, out, missed = total(counter.end())
        need((out_packets, out, missed) == (0, 0, 0), counter.printed())
        need_agreement(packets, counted, said, "TCP on lo")


@test
@timed
def each_datagram_on_loopback_is_counted_once():
    need_programs("iperf3")
    with Namespace() as lone:
        counter = Running(lone, "traffic", "lo", "udp port 5201")
        said = iperf(lone, lone, "127.0.0.1", "-u", "-b", "200M", "-l", "1000", "-t", "1")
        packets, counted, *rest = total(counter.end())
        sent = said["sum"]["packets"]
        print(f"# UDP on lo: iperf3 {sent} packets, counted {packets}")
        # The two that say hello are not among iperf3's.
        need(packets == sent + 2 and rest == [0, 0, 0], (packets, sent, rest))
        need(counted == sent * 1042 + 2 * 46, counted)


@test
@timed
def traffic_on_veth_agrees_with_iperf3():
    need_programs("iperf3")
    with Pair() as pair:
        here, there = Running(pair.left, "traffic", "left0"), Running(pair.right, "traffic", "right0")
        said = iperf(pair.left, pair.right, pair.right.ipv4, "-t", "2", "-w", "256K")
        in_packets, in_bytes, out_packets, out_bytes, missed = total(here.end())
        need(missed == 0, here.printed())
        need_agreement(out_packets, out_bytes, said, "TCP out on veth")
        need(in_bytes < in_packets * (HEADERS + 40) + 100000, (in_packets, in_bytes))
        in_packets, in_bytes, *_ = total(there.end())
        need_agreement(in_packets, in_bytes, said, "TCP in on veth")


@test
@timed
def traffic_prints_a_line_a_second_that_add_up():
    with Pair() as pair:
        begin = time.monotonic()
        counter = Running(pair.right, "traffic", "right0", "udp port 9")
        for _ in range(5):
            send_datagrams(pair.left, pair.right.ipv4, 200)
            time.sleep(0.4)
        time.sleep(1)
        lines = counter.end().splitlines()
        need(abs(len(lines) - 1 - (time.monotonic() - begin)) < 1.5, lines)
        seconds = [tuple(map(int, re.findall(r"(\d+) [pb]", line))) for line in lines[:-1]]
        need(sum(each[0] for each in seconds) == 1000, lines)
        need(sum(each[1] for each in seconds) == 1000 * 142, lines)
        need(total(lines[-1]) == (1000, 142000, 0, 0, 0), lines[-1])


@test
def arpscan_finds_the_other_end():
    with Pair() as pair:
        need(run(pair.left, "arpscan", "left0").split()[:2] == [pair.right.ipv4, pair.right.mac], "the other end")
        pair.right.ip("addr", "add", "10.99.0.77/24", "dev", "right0")
        pair.right.ip("link", "set", "right0", "down")
        pair.right.ip("link", "set", "right0", "address", "00:00:0c:01:02:03")
        pair.right.ip("link", "set", "right0", "up")
        pair.right.wait_until_up("right0")
        pair.left.ip("addr", "add", "10.98.0.1/30", "dev", "left0")
        pair.right.ip("addr", "add", "10.98.0.2/30", "dev", "right0")
        lines = [line.split("\t") for line in run(pair.left, "arpscan", "left0").splitlines()]
        need(sorted(line[0] for line in lines) == ["10.98.0.2", pair.right.ipv4, "10.99.0.77"], lines)
        need({line[1] for line in lines} == {"00:00:0c:01:02:03"}, lines)
        if os.path.exists("/usr/share/ieee-data"):
            need({line[2] for line in lines} == {"Cisco Systems, Inc"}, lines)
        need("no interface with ARP" in run(pair.left, "arpscan", "lo", code=1), "message")


@test
def arpscan_can_be_interrupted():
    with Pair() as pair:
        pair.left.ip("addr", "add", "10.97.0.1/17", "dev", "left0")
        scan = Running(pair.left, "arpscan", "left0")
        begin = time.monotonic()
        need(pair.right.ipv4 in scan.end(), scan.printed())
        need(time.monotonic() - begin < 3, "it takes long to end")


def states(text):
    return {int(port): state for port, state in re.findall(r"^ *(\d+) (.+)$", text, re.M)}


@test
def synscan_tells_open_ports_from_closed_ones():
    need_programs("tcpdump", "ss")
    with Pair() as pair, tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "syn.pcap")
        pair.right.start(sys.executable, "-c", LISTENER, "8080", pair.right.ipv4, pair.right.ipv6)
        wait_for(lambda: pair.right.run("ss", "-ltn").stdout.count(":8080") == 2, "the listeners")
        saver = Running(pair.right, "save_packets", "right0", path, "100000")
        for address in (pair.right.ipv4, pair.right.ipv6):
            found = states(run(pair.left, "synscan", address, "1-100,8078-8082,8080"))
            expected = {port: "closed" for port in (*range(1, 101), *range(8078, 8083))}
            need(found == expected | {8080: "open"}, found)
        need("SYN-RECV" not in pair.right.run("ss", "-tan").stdout, "a connection is left half open")
        saver.end()
        # Checksums of what this machine's own stack sends are left to the interface.
        for expression, network in (("tcp[13] = 2", "IP"), ("ip6[53] = 2 and ip6", "IP6")):
            sent = subprocess.run(["tcpdump", "-nnvvtr", path, expression], capture_output=True, text=True,
                                  check=True).stdout
            need(sent.count("(correct)") == sent.count("Flags [S]") == 105, f"{network}: {sent[:1000]}")
            need(sent.count("flags [DF]") == (105 if network == "IP" else 0), sent[:1000])
            need(sent.count("options [mss 14") == 105 and "incorrect" not in sent, sent[:1000])


@test
def synscan_sees_what_is_filtered_behind_a_router():
    with Pair() as pair:
        pair.right.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > "
                       "/proc/sys/net/ipv6/conf/all/forwarding; echo 0 > /proc/sys/net/ipv4/icmp_ratelimit")
        for version, network, kind, host in (("-4", "10.50.0.0/16", "prohibit", "10.50.0.1"),
                                             ("-4", None, "blackhole", "10.50.0.2"),
                                             ("-6", "2001:db8:5::/48", "prohibit", "2001:db8:5::1")):
            gateway = pair.right.ipv4 if version == "-4" else pair.right.ipv6
            if network:
                pair.left.ip(version, "route", "add", network, "via", gateway)
            pair.right.ip(version, "route", "add", kind, host)
            begin = time.monotonic()
            found = states(run(pair.left, "synscan", host, "22,80"))
            state = "filtered (no answer)" if kind == "blackhole" else "filtered"
            need(found == {22: state, 80: state}, (host, found))
            if kind == "blackhole":
                need(2.5 < time.monotonic() - begin < 8, "three tries take three seconds")
        need("this machine itself" in run(pair.left, "synscan", pair.left.ipv4, "80", code=1), "itself")
        need("no route" in run(pair.left, "synscan", "192.0.2.1", "80", code=1), "no route")
        for ports in ("", "0", "80-22", "65536", "22,", "ssh", "1-2-3"):
            need("usage" in run(pair.left, "synscan", pair.right.ipv4, ports, code=2), ports)


@test
def synscan_takes_only_what_answers_its_own_syn():
    with Pair() as pair:
        pair.left.ip("route", "add", "10.50.0.0/16", "via", pair.right.ipv4)
        pair.right.ip("route", "add", "blackhole", "10.50.0.0/16")
        before = sockets(pair.right)
        pair.right.start(sys.executable, "-c", ANSWERER)
        wait_for(lambda: sockets(pair.right) > before, "who answers")
        found = states(run(pair.left, "synscan", "10.50.0.2", "22-26,80,81,90,91"))
        expected = {port: "filtered (no answer)" for port in (22, 23, 24, 25, 26, 91)}
        need(found == expected | {80: "open", 81: "closed", 90: "filtered"}, found)


@test
def pcapdump_prints_from_an_interface():
    with Pair() as pair:
        lines = Running(pair.right, "pcapdump", "-i", "right0", "-c", "4", "icmp")
        trees = Running(pair.right, "pcapdump", "-i", "right0", "-X", "-s", "2", "icmp")
        ping(pair)
        need(echoes(lines.end(None)) == 4 == len(lines.printed().splitlines()), lines.printed())
        need("4 packets, 392 bytes, 0 broken, 0 truncated; layers: eth 4 ip 4 icmp 4" in lines.said(), lines.said())
        need(len(re.findall(r"icmp\.seq +\d", trees.end())) == 6, trees.printed()[:2000])
        need(re.search(r"^ +0022  0[08] 00 ", trees.printed(), re.M), "the bytes of ICMP's header")
        need(re.findall(r"^(\d+) packets", trees.said(), re.M) == ["2", "4", "6", "6"], trees.said())
        need("syntax error" in run(pair.right, "pcapdump", "-i", "right0", "icmpp", "or", "or", code=1), "message")


@test
def flowcount_counts_every_connection_by_the_second():
    need_programs("iperf3")
    with Pair() as pair:
        flows = Running(pair.left, "flowcount", "-i", "left0")
        said = iperf(pair.left, pair.right, pair.right.ipv4, "-t", "2", "-b", "50M")
        ping(pair, 4)
        text = flows.end()
        sent = said["sum_sent"]
        of_data = [tuple(map(int, match)) for match in re.findall(
            r"Z 10\.99\.0\.1->10\.99\.0\.2 \d+->5201 protocol 6: (\d+) packets, (\d+) bytes, (\d+) again; back "
            r"(\d+) packets, (\d+) bytes, (\d+) again;", text)]
        need(len(of_data) >= 4, text)  # two connections in at least two seconds
        need_agreement(sum(each[0] for each in of_data), sum(each[1] for each in of_data), said, "flows")
        again = sum(each[2] for each in of_data)
        need(again == 0 or sent["retransmits"], f"{again} again, iperf3 says {sent['retransmits']}")
        pings = re.findall(r"Z 10\.99\.0\.1->10\.99\.0\.2  protocol 0: (\d+) packets.*back (\d+) packets", text)
        need([sum(map(int, each)) for each in zip(*pings)] == [4, 4], text)


sys.exit(main())
