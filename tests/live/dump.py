#!/usr/bin/python3
"""tapir dump on an interface beside tcpdump: the same traffic, the same lines, files and sums; and what it
has given up by then. usage: dump.py TAPIR"""

import glob
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from namespace import Pair, need_programs, wait_for
from tap import Skip, main, need, test

TAPIR = os.path.abspath(sys.argv[1])
SO_TIMESTAMP = 29  # Linux
SCRATCH = None  # a directory that anybody may enter, set at the end

# Of what machines send unasked there may be more for who begins earlier.
ASKED_FOR = "tcp port 8080 or udp port 53 or udp port 7 or icmp or (icmp6 and ip6[40] >= 128 and ip6[40] <= 129)"

TCP_SERVER = """
import socket
server = socket.create_server(("10.99.0.2", 8080))
while True:
    client, _ = server.accept()
    client.sendall(client.recv(100) * 30)
    client.close()
"""
TALKER = """
import socket
client = socket.create_connection(("10.99.0.2", 8080))
client.sendall(b"GET / HTTP/1.1\\r\\nHost: there\\r\\n\\r\\n")
while client.recv(4096):
    pass
client.close()
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(20):
    sender.sendto(bytes(number) * 5, ("10.99.0.2", 7))
sender.sendto(bytes.fromhex("0007010000010000000000000376776607636f6d70616e7900001c0001"), ("10.99.0.2", 53))
"""
UDP_SENDER = """
import socket, sys, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(int(sys.argv[1])):
    sender.sendto(number.to_bytes(4, "big") + bytes(1000), ("10.99.0.2", 7))
    time.sleep(float(sys.argv[2]))
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Running:
    """One of the two programs, listening; `out` and `said` are its stdout and stderr at the end."""

    def __init__(self, side, program, *words, directory=None, interface=None, waits=True, prefix=()):
        self.is_tapir = program == "tapir"
        names = ["-i", interface or side.interface] if interface != "" else []
        command = [TAPIR, "dump"] if self.is_tapir else ["tcpdump"]
        self.output, self.errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        # The program itself is to get the signals, not ip(8).
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", side.name, *prefix, *command, *names, *map(str, words)],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors, cwd=directory)
        side.children.append(self.process)
        if waits:
            wait_for(lambda: "listening on" in self.errors_so_far() or self.process.poll() is not None,
                     "the start")

    def _so_far(self, file):
        return os.pread(file.fileno(), 1 << 24, 0).decode()

    def errors_so_far(self):
        return self._so_far(self.errors)

    def out_so_far(self):
        return self._so_far(self.output)

    def tell(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGINT):
        """Ends it by a signal, None: waits for it to end by itself; its exit code."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        self.out, self.said = self.out_so_far(), self.errors_so_far()
        self.output.close()
        self.errors.close()
        return code

    def status(self):
        """What the kernel says of the process."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def both(side, *words, **options):
    """tcpdump and tapir with the same options."""
    return [Running(side, program, *words, **options) for program in ("tcpdump", "tapir")]


# tcpdump is handed what the kernel has kept for it after a second.
HANDED_OVER = 1.2


def end_both(pair, number=signal.SIGINT):
    time.sleep(HANDED_OVER)
    codes = [running.end(number) for running in pair]
    need(codes[0] == codes[1], f"exit codes {codes}: {pair[1].said}")
    return pair


def named(said):
    """tcpdump's messages with tapir's name."""
    return said.replace("tcpdump: ", "tapir: ")


def same(actual, expected, what):
    need(actual == expected, f"{what}: expected\n{expected}\ngot\n{actual}")


# Segments of TCP keep the time at which they were to be sent when they come in by veth, so every capture
# takes a time of its own.
A_MOMENT = 0.005


def same_lines(actual, expected, what):
    """Lines that begin with seconds (-tt), or go on from such."""
    for got, wanted in zip(actual.splitlines(), expected.splitlines()):
        if got != wanted:
            one, other = (re.fullmatch(r" *(\d+  )?(\d+\.\d+) (.*)", line) for line in (got, wanted))
            need(one and other and one[3] == other[3] and re.search("8080|http-alt|proto TCP", one[3]) and
                 abs(float(one[2]) - float(other[2])) < A_MOMENT, f"{what}: expected\n{wanted}\ngot\n{got}")
    same(actual.count("\n"), expected.count("\n"), f"number of lines, {what}")


def records(path):
    """The header of a pcap file, and of its records time, lengths and bytes."""
    data, found, at = read(path), [], 24
    unit = 1e-9 if data[:4] == bytes.fromhex("4d3cb2a1") else 1e-6
    while at < len(data):
        seconds, part, caplen, length = struct.unpack_from("<IIII", data, at)
        found.append((seconds, part * unit, length, data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return data[:24], found


def same_files(actual, expected, what):
    if read(actual) == read(expected):
        return
    (header, found), (wanted_header, wanted) = records(actual), records(expected)
    same(header, wanted_header, f"file header, {what}")
    same(len(found), len(wanted), f"number of frames, {what}")
    for one, other in zip(found, wanted):
        same(one[2:], other[2:], f"frame, {what}")
        of_tcp = one[3][23] == 6
        difference = one[0] - other[0] + one[1] - other[1]
        need(one[:2] == other[:2] or (of_tcp and abs(difference) < A_MOMENT), f"times of {what}: {one}, {other}")


def same_messages(pair, words=()):
    """tcpdump counts as received what comes before its filter is there, and outgoing frames that nobody
    wants."""
    received = re.compile(r"^\d+ packets? received by filter$", re.MULTILINE)
    found, wanted = pair[1].said, named(pair[0].said)
    numbers = counters(wanted)
    if "in" in words or numbers[0] != numbers[1]:
        found, wanted = received.sub("", found), received.sub("", wanted)
    same(found, wanted, f"messages with {words}")


def talk(network):
    server = network.right.start(sys.executable, "-c", TCP_SERVER)
    wait_for(lambda: ":8080" in network.right.run("ss", "-ltn").stdout, "a server")
    network.left.run("ping", "-c2", "-i0.1", network.right.ipv4)
    network.left.run("ping", "-c2", "-i0.1", network.right.ipv6)
    network.left.run(sys.executable, "-c", TALKER)
    server.kill()
    server.wait()


def send(network, count, pause=0.0):
    network.left.run(sys.executable, "-c", UDP_SENDER, count, pause, timeout=60)


def counters(said):
    return [int(number) for number in re.findall(r"^(\d+) packets? ", said, re.MULTILINE)]


@test
def lines_are_those_of_tcpdump_whatever_the_options():
    sets = [("-n",), ("-n", "-e"), ("-nn", "-v"), ("-nn", "-vvv"), ("-n", "-X"), ("-n", "-xx"), ("-n", "-A"),
            ("-nq",), ("-n", "-S", "-#"), ("-n", "-K", "-v"), ("-n", "--nano"), ("-n", "-l"), ("-n", "-p"),
            ("-n", "-s", "60"), ("-n", "-Q", "in"), ("-n", "-Q", "out"), ("-n", "--immediate-mode", "-s", "2000"),
            ("-n", "-U"), ("-N",)]
    with Pair() as network:
        pairs = [both(network.left, "-tt", "-B", "2048", *words, ASKED_FOR) for words in sets]
        talk(network)
        time.sleep(HANDED_OVER)
        for words, pair in zip(sets, pairs):
            for running in pair:
                need(running.end() == 0, running.said)
            need(pair[0].out.count("\n") > 8, f"{words}: {pair[0].out}")
            same_lines(pair[1].out, pair[0].out, f"lines with {words}")
            same_messages(pair, words)


@test
def any_interface_is_captured_in_cooked_frames_by_every_method():
    sets = ((), ("-e",), ("-Q", "in"))
    with Pair() as network:
        pairs = [both(network.left, "-tt", "-n", *words, ASKED_FOR, interface="any") for words in sets]
        methods = [Running(network.left, "tapir", "-tt", "-n", "--source", method, ASKED_FOR, interface="any")
                   for method in ("pcap", "afpacket")]
        talk(network)
        time.sleep(HANDED_OVER)
        for words, pair in zip(sets, pairs):
            for running in pair:
                need(running.end() == 0, running.said)
            need(pair[0].out.count("\n") > 8, pair[0].out)
            same_lines(pair[1].out, pair[0].out, "lines")
            same_messages(pair, words)
        for running in methods:
            need(running.end() == 0, running.said)
            same_lines(running.out, pairs[0][0].out, "lines by method")
            need("link-type LINUX_SLL2 (Linux cooked v2)" in running.said, running.said)


@test
def names_are_found_behind_the_confinement():
    with Pair() as network:
        pair = both(network.left, "-tt", "icmp", interface="lo")
        network.left.run("ping", "-c1", "127.0.0.1")
        time.sleep(HANDED_OVER)
        for running in pair:
            running.end()
        need("localhost" in pair[0].out, pair[0].out)
        same(pair[1].out, pair[0].out, "lines")


@test
def a_name_server_is_asked_behind_the_confinement():
    need_programs("dnsmasq", "unshare")
    resolver = os.path.join(SCRATCH, "resolv.conf")
    with open(resolver, "w", encoding="ascii") as file:
        file.write("nameserver 10.99.0.2\n")
    with Pair() as network:
        network.right.start("dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
                            "--listen-address=10.99.0.2", "--bind-interfaces", "--pid-file=",
                            "--host-record=here.example,10.99.0.1", "--host-record=there.example,10.99.0.2")
        wait_for(lambda: ":53" in network.right.run("ss", "-lun").stdout, "dnsmasq")
        running = Running(network.left, "tapir", "-t", "-l", "icmp", prefix=(
            "unshare", "-m", "sh", "-c", f"mount --bind {resolver} /etc/resolv.conf && exec \"$@\"", "sh"))
        network.left.run("ping", "-c1", network.right.ipv4)
        wait_for(lambda: running.out_so_far().count("\n") >= 2, "lines")
        running.end()
        need("IP here.example > there.example: ICMP echo request" in running.out, running.out)


@test
def frames_are_shown_as_they_come():
    with Pair() as network:
        running = Running(network.left, "tapir", "-n", "-t", "icmp")  # to a file, without -l
        network.left.run("ping", "-c1", network.right.ipv4)
        wait_for(lambda: running.out_so_far().count("\n") == 2, "both frames", seconds=2)
        need(running.status()["Seccomp"] in "02", "the process goes on")
        running.end()


@test
def files_are_those_of_tcpdump():
    with Pair() as network, tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o777)
        sets = [(), ("-s", "60"), ("--nano",), ("-U",), ("-c", "7"), ("--print", "-n", "-tt")]
        pairs = [[Running(network.left, program, "-B", "2048", *words, "-w", f"{directory}/{program}{number}",
                          ASKED_FOR) for program in ("tcpdump", "tapir")] for number, words in enumerate(sets)]
        talk(network)
        time.sleep(HANDED_OVER)
        for number, (words, pair) in enumerate(zip(sets, pairs)):
            for running in pair:
                need(running.end(None if "-c" in words else signal.SIGINT) == 0, running.said)
            files = [f"{directory}/{program}{number}" for program in ("tcpdump", "tapir")]
            need(os.path.getsize(files[0]) > 300, f"{words}: too little")
            same_files(files[1], files[0], f"files with {words}")
            same([os.stat(file).st_uid for file in files][1], os.stat(files[0]).st_uid, "owner")
            same_lines(pair[1].out, pair[0].out, "printed")
            if "-c" not in words:  # what came behind the last one is counted by chance
                same_messages(pair, words)
            else:
                same(counters(pair[1].said)[0], 7, "captured")


@test
def a_pipe_gets_packets_while_they_come():
    with Pair() as network:
        running = Running(network.left, "tapir", "-w", "-", "icmp")
        network.left.run("ping", "-c1", network.right.ipv4)
        wait_for(lambda: os.fstat(running.output.fileno()).st_size == 24 + 2 * (16 + 98), "both frames", seconds=2)
        running.end = lambda: running.process.send_signal(signal.SIGINT)
        running.end()
        running.process.wait(timeout=10)


@test
def the_files_of_a_rotation_by_size_are_those_of_tcpdump():
    with Pair() as network, tempfile.TemporaryDirectory() as directory:
        pair = []
        for program in ("tcpdump", "tapir"):
            place = os.path.join(directory, program)
            os.mkdir(place)
            os.chmod(place, 0o777)
            pair.append(Running(network.left, program, "-s", "1500", "-w", "x", "-C", "1", "-W", "12", "udp port 7",
                                directory=place))
        os.chmod(directory, 0o755)
        send(network, 3500, 0.00001)
        end_both(pair)
        same(counters(pair[0].said)[2], 0, "tcpdump's drops")
        names = [sorted(os.listdir(f"{directory}/{program}")) for program in ("tcpdump", "tapir")]
        same(names[0], ["x00", "x01", "x02", "x03"], "names")
        same(names[1], names[0], "names")
        for name in names[0]:
            need(read(f"{directory}/tapir/{name}") == read(f"{directory}/tcpdump/{name}"), f"{name} differs")
        same_messages(pair)


@test
def a_rotation_by_time_ends_after_its_files_and_runs_the_command_for_each():
    need_programs("tcpdump")
    script, log = os.path.join(SCRATCH, "command"), os.path.join(SCRATCH, "log")
    with open(script, "w", encoding="ascii") as file:
        file.write(f'#!/bin/sh\necho "$1 $(id -un) $(nice) $(grep -c . "$1")" >>{log}\n')
    os.chmod(script, 0o755)
    with Pair() as network, tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)  # root's, where another user could not create a file
        with open(log, "w", encoding="ascii"):
            os.chmod(log, 0o666)
        running = Running(network.left, "tapir", "-w", "x%s", "-G", "1", "-W", "2", "-z", script, "udp port 7",
                          directory=directory)
        for _ in range(30):
            send(network, 1)
            if running.process.poll() is not None:
                break
            time.sleep(0.1)
        same(running.end(None), 0, "exit code")
        need("\nMaximum file limit reached: 2\n" in running.said, running.said)
        names = sorted(os.listdir(directory))
        same(len(names), 2, "files")
        need(all(re.fullmatch(r"x\d+", name) for name in names), names)
        wait_for(lambda: read(log).count(b"\n") == 2, "the commands")
        user = "tcpdump" if has_user("tcpdump") else "root"
        for line, name in zip(sorted(read(log).decode().splitlines()), names):
            need(line.startswith(f"{name} {user} 19 "), line)
        for name in names:
            same(pwd.getpwuid(os.stat(f"{directory}/{name}").st_uid).pw_name, user, "owner")


def has_user(name):
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


@test
def the_file_belongs_to_the_user_of_relinquished_privileges():
    with Pair() as network, tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o777)
        for user in ("nobody", "root", "tcpdump"):
            if not has_user(user):
                continue
            pair = [Running(network.left, program, "-Z", user, "-w", f"{directory}/{user}-{program}")
                    for program in ("tcpdump", "tapir")]
            same(pair[1].status()["Uid"].split()[0], str(pwd.getpwnam(user).pw_uid), "user")
            for running in pair:
                running.end()
            owners = [(found.st_uid, found.st_gid, found.st_mode) for found in
                      (os.stat(f"{directory}/{user}-{program}") for program in ("tcpdump", "tapir"))]
            same(owners[1], owners[0], f"owner with -Z {user}")
        for running in both(network.left, "-Z", "no-such-user", "-w", f"{directory}/none"):
            same(running.end(None), 1, "exit code")
            need("ouldn't find user 'no-such-user'" in running.said, running.said)


def tell_counters(pair, captured):
    """Asks for the counters, and waits for the answers: what comes then is not yet in them."""
    for running in pair:
        running.tell(signal.SIGUSR1)
        wait_for(lambda: f": {captured} packets captured" in running.errors_so_far(), "the counters")


@test
def counters_are_those_of_tcpdump():
    with Pair() as network:
        pair = both(network.left, "-n", "-t", "icmp")
        tell_counters(pair, 0)
        network.left.run("ping", "-c1", network.right.ipv4)
        time.sleep(HANDED_OVER)
        tell_counters(pair, 2)
        end_both(pair)
        same_messages(pair)
        need("tapir: 2 packets captured, 2 packets received by filter, 0 packets dropped by kernel\n" in pair[1].said,
             pair[1].said)
        # One has no plural.
        one = both(network.left, "-n", "-t", "-c1", "icmp[0] == 8")
        network.left.run("ping", "-c1", network.right.ipv4)
        for running in one:
            running.end(None)
        same_messages(one, ("-c1",))
        need("\n1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n" in one[1].said,
             one[1].said)


@test
def hangups_and_terminations_end_with_the_sum_but_not_behind_nohup():
    with Pair() as network:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever the tests themselves run behind
        for number in (signal.SIGHUP, signal.SIGTERM):
            pair = end_both(both(network.left, "-n"), number)
            same(len(counters(pair[1].said)), 3, "counters")
        need_programs("nohup")
        running = Running(network.left, "tapir", "-n", prefix=("nohup",))
        running.tell(signal.SIGHUP)
        time.sleep(0.2)
        need(running.process.poll() is None, "a signal that nohup has ignored")
        running.end()


@test
def a_reader_that_goes_away_ends_it_with_the_sum():
    with Pair() as network:
        running = subprocess.Popen(network.left.command(TAPIR, "dump", "-i", network.left.interface, "-l", "-n", "icmp"),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        network.left.children.append(running)
        time.sleep(0.5)
        network.left.run("ping", "-c1", network.right.ipv4)
        need(b"ICMP echo request" in running.stdout.readline(), "a line")
        running.stdout.close()
        running.stdout = None
        network.left.run("ping", "-c2", "-i0.1", network.right.ipv4)
        same(running.wait(timeout=10), 0, "exit code")
        need(b" dropped by kernel\n" in running.stderr.read(), "the sum")


@test
def verbose_writing_tells_how_many_there_are():
    with Pair() as network, tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o777)
        pair = [Running(network.left, program, "-v", "-w", f"{directory}/{program}", "icmp")
                for program in ("tcpdump", "tapir")]
        network.left.run("ping", "-c2", "-i0.1", network.right.ipv4)
        time.sleep(1.5)
        end_both(pair)
        for running in pair:
            need("Got 4\r" in running.said, running.said)


@test
def lists_are_those_of_tcpdump():
    with Pair() as network:
        for words in (("-D",), ("-L", "-i", "left0"), ("-L", "-i", "any"), ("-L", "-i", "lo"), ("-J", "-i", "left0"),
                      ("-J",), ("-L",), ("-L", "-i", "1"), ("-J", "-L"), ("-D", "-i", "lo")):
            done = network.left.run("tcpdump", *words)
            need(done.stdout + done.stderr, "a list")
            # It writes some of them to stderr.
            same(network.left.run(TAPIR, "dump", *words).stdout, done.stdout + done.stderr, " ".join(words))


@test
def an_interface_can_be_chosen_by_number_or_by_default():
    with Pair() as network:
        for words in (("-i", "1"), ()):
            pair = end_both(both(network.left, *words, "udp port 7", interface=""))
            same_messages(pair)
            need("listening on left0" in pair[1].said, pair[1].said)
        done = network.left.run(TAPIR, "dump", "-i", "77", check=False)
        same(done.returncode, 1, "exit code")
        need("no number 77; -D lists" in done.stderr, done.stderr)


@test
def a_link_type_can_be_chosen():
    with Pair() as network:
        for interface, link_type in (("any", "LINUX_SLL"), ("left0", "EN10MB")):
            pair = both(network.left, "-n", "-e", "-tt", "-y", link_type, "icmp", interface=interface)
            network.left.run("ping", "-c1", network.right.ipv4)
            end_both(pair)
            same(pair[1].out, pair[0].out, "lines")
            same_messages(pair)


@test
def the_expression_is_compiled_for_the_interface():
    with Pair() as network:
        for words in (("-i", "left0", "-d", "tcp port 80"), ("-i", "any", "-ddd", "udp"),
                      ("-i", "left0", "-dd", "-s", "100", "ip6")):
            same(network.left.run(TAPIR, "dump", *words).stdout, network.left.run("tcpdump", *words).stdout, words)
        done = network.left.run(TAPIR, "dump", "-i", "left0", "tcp", "prot", "80", check=False)
        same(done.returncode, 2, "exit code")
        need(re.search(r"\n +\^\n", done.stderr), done.stderr)


@test
def a_source_of_time_that_is_not_there_is_only_warned_of():
    with Pair() as network:
        running = Running(network.left, "tapir", "-n", "-j", "adapter_unsynced")
        same(running.end(), 0, "exit code")
        need("WARNING: when trying to set time stamp type 'adapter_unsynced' on left0" in running.said, running.said)
        same(network.left.run(TAPIR, "dump", "-j", "sundial", check=False).returncode, 2, "exit code")


@test
def an_interface_that_comes_back_is_followed_by_the_confined_process():
    with Pair() as network:
        running = Running(network.left, "tapir", "-n", "-t", "--follow-interface", "icmp")
        network.left.ip("link", "del", "left0")
        time.sleep(0.3)
        network._join()
        time.sleep(0.5)
        network.left.run("ping", "-c1", network.right.ipv4)
        wait_for(lambda: running.out_so_far().count("\n") == 2, "frames of the new interface")
        same(running.end(), 0, "exit code")


@test
def an_interface_that_is_switched_off_is_waited_for_and_one_that_is_gone_is_not():
    with Pair() as network:
        running = Running(network.left, "tapir", "-n", "-t", "icmp")
        network.left.ip("link", "set", "left0", "down")
        wait_for(lambda: "went down" in running.errors_so_far(), "a message")
        network.left.ip("link", "set", "left0", "up")
        time.sleep(0.2)
        network.left.run("ping", "-c1", network.right.ipv4)
        wait_for(lambda: running.out_so_far().count("\n") == 2, "frames")
        network.left.ip("link", "del", "left0")
        same(running.end(None), 1, "exit code")
        need("has gone away" in running.said, running.said)
        same(counters(running.said)[0], 2, "captured")


# What the process has given up.


def unconfined_here():
    """Why nothing can be said of the confinement; None when it is all there."""
    with Pair() as network:
        running = Running(network.left, "tapir", "-v", "-w", os.path.join(SCRATCH, "unused"))
        running.end()
    found = re.search(r"tapir: .*(?:not (?:confined|limited)).*", running.said)
    return found.group() if found else None


@test
def the_process_has_no_privileges_left():
    reason = unconfined_here()
    if reason:
        raise Skip(reason)
    with Pair() as network:
        for words in ((), ("-n",), ("-n", "-Z", "root"), ("-n", "--source", "pcap")):
            running = Running(network.left, "tapir", *words)
            status = running.status()
            running.end()
            for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                same(int(status[name], 16), 0, f"{name} with {words}")
            same(status["NoNewPrivs"], "1", "NoNewPrivs")
            same(status["Seccomp"], "2", "Seccomp")
            user = "root" if "root" in words or not has_user("tcpdump") else "tcpdump"
            same(status["Uid"].split()[1], str(pwd.getpwnam(user).pw_uid), "user")
        running = Running(network.left, "tapir", "-n", "--unconfined", "-Z", "root")
        status = running.status()
        running.end()
        same((status["Seccomp"], status["NoNewPrivs"]), ("0", "0"), "unconfined")


@test
def capabilities_stay_only_where_they_are_needed():
    reason = unconfined_here()
    if reason:
        raise Skip(reason)
    if not has_user("tcpdump"):
        raise Skip("no user tcpdump")
    override, raw, admin = 1 << 1, 1 << 13, 1 << 12
    with Pair() as network, tempfile.TemporaryDirectory() as directory:
        open_to_all = os.path.join(directory, "open")
        os.mkdir(open_to_all)
        os.chmod(open_to_all, 0o777)
        os.chmod(directory, 0o755)
        for words, expected in ((("-w", f"{directory}/one"), 0), (("-w", f"{directory}/many", "-C", "1"), override),
                                (("-w", f"{open_to_all}/many", "-C", "1"), 0), (("--follow-interface",), raw | admin)):
            running = Running(network.left, "tapir", *words)
            status = running.status()
            running.end()
            same(int(status["CapEff"], 16), expected, words)
            same(int(status["CapPrm"], 16), expected, words)


@test
def without_privileges_it_says_which_one_is_missing():
    need_programs("setpriv", "setcap")
    program = os.path.join(SCRATCH, "tapir")
    shutil.copy(TAPIR, program)
    nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    with Pair() as network:
        done = network.left.run(*nobody, program, "dump", "-i", "left0", check=False)
        same(done.returncode, 1, "exit code")
        need("left0: no permission to capture: the capability CAP_NET_RAW is missing" in done.stderr, done.stderr)
        need("setcap cap_net_raw" in done.stderr, done.stderr)
        if subprocess.run(["setcap", "cap_net_raw+ep", program], capture_output=True).returncode:
            raise Skip("setcap does not work here")
        running = subprocess.Popen(network.left.command(*nobody, program, "dump", "-i", "left0", "-n", "-c1", "icmp"),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        network.left.children.append(running)
        time.sleep(0.5)
        network.left.run("ping", "-c1", network.right.ipv4)
        out, said = running.communicate(timeout=10)
        need(b"ICMP echo request" in out, said)


@test
def it_is_not_to_be_made_set_user_id():
    need_programs("setpriv")
    program = os.path.join(SCRATCH, "tapir-root")
    shutil.copy(TAPIR, program)
    os.chmod(program, 0o4755)
    done = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "dump", "-D"],
                          capture_output=True, text=True)
    os.remove(program)
    if "1." in done.stdout:
        raise Skip("set-user-ID does not work here")
    same(done.returncode, 1, "exit code")
    need("setcap cap_net_raw" in done.stderr, done.stderr)


if __name__ == "__main__":
    # A look for leaks at the end is among what the confined process cannot do.
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    need_programs_missing = [name for name in ("tcpdump", "ping", "ss") if not shutil.which(name)]
    if need_programs_missing:
        print(f"1..0 # SKIP no {need_programs_missing[0]}")
        sys.exit(0)
    # Once anybody wants times in a socket, the kernel takes one per frame that all captures share;
    # else each takes its own.
    clock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    clock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
    with tempfile.TemporaryDirectory() as SCRATCH:
        os.chmod(SCRATCH, 0o755)
        sys.exit(main())
