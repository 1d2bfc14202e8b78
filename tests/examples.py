#!/usr/bin/python3
"""Runs the example programs and looks at what they print; prints TAP.
usage: examples.py SOURCE_ROOT DIRECTORY_OF_EXAMPLES"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from tap import Skip, main, need, test

ROOT, PROGRAMS = sys.argv[1], sys.argv[2]
CAPTURE = os.path.join(ROOT, "examples/demo.pcap")


def run(name, *arguments, code=0):
    done = subprocess.run([os.path.join(PROGRAMS, f"example_{name}"), *arguments], timeout=60,
                          capture_output=True, text=True)
    need(done.returncode == code, f"{name}: exit code {done.returncode}: {done.stderr}")
    return done.stdout if code == 0 else done.stderr


def frames():
    return len(run("read", CAPTURE).splitlines()) - 1


@test
def read_prints_a_line_per_frame():
    lines = run("read", CAPTURE).splitlines()
    need(lines[0].endswith("pcap, compression none"), lines[0])
    need(re.fullmatch(r"1: \d+ ns, \d+ of \d+ bytes, link type 1", lines[1]), lines[1])
    need(len(lines) > 20, f"{len(lines)} lines")


@test
def read_says_what_is_wrong():
    need("no-such-file" in run("read", "no-such-file", code=1), "no message")


@test
def filter_counts_what_it_selects():
    out = run("filter", CAPTURE, "tcp")
    need(re.search(r'^"tcp" is \d+ instructions$', out, re.M), out)
    found, total = re.search(r"^(\d+) of (\d+) packets$", out, re.M).groups()
    need(0 < int(found) < int(total) == frames(), out)


@test
def filter_points_at_the_mistake():
    lines = run("filter", CAPTURE, "tcp an", code=2).splitlines()
    need(lines[-1].index("^") == lines[-2].index("an"), lines)


@test
def layers_prints_addresses_ports_numbers_and_http():
    lines = run("layers", CAPTURE).splitlines()
    need(len(lines) == frames(), f"{len(lines)} lines")
    syn = [line for line in lines if "SYN" in line]
    need(syn and re.search(r"ip [\d.]+ -> [\d.]+, tcp \d+ -> \d+, seq \d+, ack 0, SYN", syn[0]), syn)
    http = [line for line in lines if line.endswith(", HTTP")]
    need(http and all("-> 80" in line or " 80 ->" in line for line in http), http)


@test
def custom_decodes_its_own_protocol():
    out = run("custom")
    need("raw: on 1, color red, brightness 64\n" in out, out)
    need("over UDP: on 1, color green, brightness 255\n" in out, out)
    need("Lamp control (lamp), bytes 42-43" in out, out)
    need(re.search(r"lamp\.color +2 \(green\)", out), out)


@test
def parser_finds_what_the_filter_finds():
    out = run("parser", CAPTURE)
    plain = int(re.search(r"^(\d+) TCP packets", out, re.M).group(1))
    found = int(re.search(r"^(\d+) of", run("filter", CAPTURE, "ip and tcp"), re.M).group(1))
    need(0 < plain <= found, out)
    need("stopped at udp" in out, out)


@test
def workers_share_out_every_packet():
    for threads in ("1", "3"):
        counts = [int(count) for count in re.findall(r": (\d+) packets", run("workers", CAPTURE, threads))]
        need(len(counts) == int(threads) and sum(counts) == frames(), counts)


def tapir(*arguments):
    """What the command says, where it is built beside the examples."""
    command = os.path.join(PROGRAMS, "../tapir")
    if not os.path.exists(command):
        raise Skip("no command here")
    done = subprocess.run([command, *arguments], timeout=60, capture_output=True, text=True)
    need(done.returncode == 0, done.stderr)
    return done.stdout


@test
def craft_empty_makes_a_whole_packet():
    out = run("craft_empty")
    need(re.search(r"ip\.len +28\n", out) and re.search(r"udp\.length +8\n", out), out)
    need(re.search(r"ip\.version +4\n", out) and "eth.type                0x0800" in out, out)
    need("broken" not in out and "malformed" not in out, out)


@test
def build_writes_a_tunnel():
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "out.pcapng")
        need(re.fullmatch(r"\d+ bytes in .*\n", run("build", path)), "what it prints")
        line = run("layers", path)
        need("192.0.2.1 -> 192.0.2.2, udp 50000 -> 4789" in line, line)
        shown = tapir("decode", "--verify", "-r", path)
    need(re.search(r"vxlan\.vni +42\n", shown) and "mss" in shown, shown)
    need("incorrect" not in shown and "bad" not in shown, shown)
    need("usage: build" in run("build", code=2), "usage")


@test
def craft_raw_prints_changes_and_prints():
    out = run("craft_raw")
    need(re.findall(r"ip\.ttl +(\d+)", out) == ["64", "63"], out)
    need(len(re.findall(r"example\.com", out)) >= 2, out)
    need(len(re.findall(r"incorrect", out)) == 0, out)
    need("usage: craft_raw" in run("craft_raw", "0", code=1), "usage")


@test
def rewrite_replaces_an_address_everywhere():
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "out.pcapng")
        out = run("rewrite", CAPTURE, path, "10.77.0.2:80", "192.0.2.9:8080")
        changed = int(re.fullmatch(r"(\d+) packets changed\n", out).group(1))
        found = re.search(r"^(\d+) of", run("filter", CAPTURE, "host 10.77.0.2 and port 80"), re.M).group(1)
        need(changed == int(found) > 0, out)
        for expression, count in (("host 10.77.0.2 and port 80", 0), ("host 192.0.2.9 and port 8080", changed)):
            need(f"\n{count} of {frames()} packets" in run("filter", path, expression), expression)
        # All that was right before is right again.
        for name in ("ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"):
            was, now = (tapir("decode", "-T", "fields", "-e", name, "-r", file)
                        for file in (CAPTURE, path))
            need(was == now, name)
        out = run("rewrite", CAPTURE, path, "10.77.0.1", "192.0.2.7")
        need("\n0 of" in run("filter", path, "host 10.77.0.1 and ip"), out)
    need("no-such-file" in run("rewrite", "no-such-file", "x", "1.2.3.4", "1.2.3.4", code=1), "message")
    need("usage: rewrite" in run("rewrite", CAPTURE, "x", "1.2.3", "1.2.3.4", code=2), "usage")


@test
def devices_lists_the_loopback():
    out = run("devices")
    need(re.search(r"^\d+\.lo \[.*Loopback.*\]$", out, re.M), out)
    need(re.search(r"^198\.51\.100\.1 is reached by [\d.]+ on \S+$|route", out, re.M), out)


@test
def pcapdump_prints_a_file_in_every_style():
    need(len(run("pcapdump", "-r", CAPTURE).splitlines()) >= frames(), "a line per packet")
    need(run("pcapdump", "-r", CAPTURE, "-q") == "", "nothing")
    out = run("pcapdump", "-r", CAPTURE, "-c", "2", "-x", "udp", "port", "53")
    need(out.count("A? www.example.test.") == 1 and "    0000  " in out and "A 10.77.0.80" in out, out)
    out = run("pcapdump", "-r", CAPTURE, "-c", "2", "-X", "udp port 53")
    need(len(re.findall(r"^ +dns\.id +0x6eeb", out, re.M)) == 2 and "002a  6e eb" in out, out)
    for arguments in (("-r", CAPTURE, "-c", "0"), (), ("-r", CAPTURE, "-i", "lo"), ("-y",)):
        need("usage: pcapdump" in run("pcapdump", *arguments, code=2), arguments)
    need("syntax error" in run("pcapdump", "-r", CAPTURE, "tcp an", code=1), "filter")
    need("no-such-file" in run("pcapdump", "-r", "no-such-file", code=1), "message")


@test
def pcapdump_counts_packets_and_layers():
    command = [os.path.join(PROGRAMS, "example_pcapdump"), "-r", CAPTURE, "-q", "-s", "25"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    counts = [int(re.match(r"(\d+) packets", line)[1]) for line in said]
    need(counts == [*range(25, frames(), 25), frames()], said)
    found = re.search(r"^(\d+) of", run("filter", CAPTURE, "tcp"), re.M).group(1)
    need(0 < int(found) <= int(re.search(r" tcp (\d+)", said[-1])[1]), said)


def write_segments(path, segments):
    """A file of TCP segments: time, whether it is an answer, flags, sequence number, bytes of payload."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for seconds, back, flags, seq, payload in segments:
            hosts, ports = [b"\x0a\0\0\1", b"\x0a\0\0\2"], [40000, 80]
            if back:
                hosts, ports = hosts[::-1], ports[::-1]
            length = 40 + payload
            packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 6, 0, *hosts)
            packet += struct.pack(">HHIIBBHHH", *ports, seq % 2**32, 0, 0x50, flags, 1000, 0, 0) + bytes(payload)
            file.write(struct.pack("<IIII", 1000 + seconds, 0, length, length) + packet)


FIN, SYN, ACK = 1, 2, 16


@test
def flowcount_counts_what_is_sent_again():
    start = 2**32 - 20  # sequence numbers wrap
    segments = [
        (0, False, SYN, start, 0), (0, False, SYN, start, 0), (0, True, SYN | ACK, 7, 0),
        (0, False, ACK, start + 1, 0), (0, False, ACK, start + 1, 10), (0, False, ACK, start + 1, 10),
        (0, False, ACK, start + 11, 100), (0, True, ACK, 8, 0), (0, True, ACK, 8, 0),
        (3, False, ACK, start + 1, 110), (3, False, ACK, start + 61, 60), (3, True, ACK, 8, 5),
        (3, False, FIN | ACK, start + 121, 0), (3, False, FIN | ACK, start + 121, 0),
        # The same ports, another connection.
        (5, False, SYN, 5, 0), (5, False, ACK, 6, 3), (5, False, ACK, 6, 3)]
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "segments.pcap")
        write_segments(path, segments)
        lines = run("flowcount", "-r", path).splitlines()
    expected = ["00:16:40 6 packets, 360 bytes, 2 again; back 3 packets, 120 bytes, 0 again;",
                "00:16:43 4 packets, 330 bytes, 2 again; back 1 packets, 45 bytes, 0 again;",
                "00:16:45 3 packets, 126 bytes, 1 again; back 0 packets, 0 bytes, 0 again;"]
    for line, text in zip(lines, expected):
        time, rest = text.split(" ", 1)
        need(line == f"1970-01-01T{time}.000000000Z 10.0.0.1->10.0.0.2 40000->80 protocol 6: {rest}", lines)
    need(len(lines) == len(expected), lines)


@test
def flowcount_loses_no_packet_and_shows_both_directions_together():
    out = run("flowcount", "-r", CAPTURE)
    counted = sum(int(count) for count in re.findall(r"(\d+) packets", out))
    # Those without IP belong to no connection.
    ip = int(re.search(r"^(\d+) of", run("filter", CAPTURE, "ip or ip6 or (vlan and (ip or ip6))"), re.M).group(1))
    need(ip <= counted <= frames(), f"{counted} of {ip}")
    keys = []
    for line in out.splitlines():
        second, hosts, ports, rest = line.split(" ", 3)
        ends = zip(hosts.split("->"), ports.split("->") if ports else ("", ""))
        keys.append((second, frozenset(ends), rest.split(":")[0]))
    need(len(keys) == len(set(keys)), "a connection is there twice")
    need("usage: flowcount" in run("flowcount", CAPTURE, code=2), "usage")


def pcap_of(frames):
    """A capture file of raw IPv4."""
    head = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 228)
    return head + b"".join(struct.pack("<IIII", i, 0, len(frame), len(frame)) + frame
                           for i, frame in enumerate(frames))


def ipv4(payload, offset, more, number):
    """A packet, or a fragment, of UDP between two addresses; its checksum is nobody's concern."""
    return struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(payload), number, more << 13 | offset // 8, 64, 17, 0,
                       0x0a000001, 0x0a000002) + payload


@test
def defragment_puts_together_what_is_there():
    udp = struct.pack(">HHHH", 40000, 40001, 8 + 1000, 0) + bytes(range(250)) * 4
    frames = [ipv4(udp[800:], 800, 0, 1), ipv4(udp, 0, 0, 2), ipv4(udp[:400], 0, 1, 3), ipv4(udp[400:800], 400, 1, 1),
              ipv4(udp[:400], 0, 1, 1), ipv4(udp[:400], 0, 1, 3), ipv4(udp[:403], 0, 1, 4)]
    with tempfile.TemporaryDirectory() as scratch:
        cut, whole = (os.path.join(scratch, name) for name in ("in.pcap", "out.pcapng"))
        with open(cut, "wb") as file:
            file.write(pcap_of(frames))
        out = run("defragment", cut, whole)
        need(out == "7 packets read, 2 written; 1 datagrams put together, 1 not whole\n", out)
        lines = run("layers", whole).splitlines()
        need(len(lines) == 2 and all("udp 40000 -> 40001" in line for line in lines), lines)
        need(tapir("decode", "-T", "fields", "-e", "ip.len", "-e", "ip.flags.mf", "-r", whole) ==
             "1028\t0\n1028\t0\n", "lengths and flags")
        done = subprocess.run([os.path.join(PROGRAMS, "example_defragment"), cut, whole, "reject"],
                              capture_output=True, text=True)
        need(done.stderr == "frame 6: the fragment was there before\n"
             "frame 7: the fragment is not the last and no multiple of 8 bytes long\n", done.stderr)
        count = len(run("read", CAPTURE).splitlines()) - 1
        need(run("defragment", CAPTURE, whole).startswith(f"{count} packets read, {count} written"), "demo")
    need("usage: defragment" in run("defragment", CAPTURE, "x", "middle", code=2), "usage")
    need("no-such-file" in run("defragment", "no-such-file", "x", code=1), "message")


@test
def bidirectional_tells_what_met_and_how_it_ended():
    segments = [(0, False, SYN, 9, 0), (0, True, SYN | ACK, 7, 0), (1, False, ACK, 10, 3), (2, True, ACK, 8, 5),
                # Two minutes later both are forgotten, and only one side says anything.
                (200, False, ACK, 13, 2)]
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "segments.pcap")
        write_segments(path, segments)
        lines = run("bidirectional", "-r", path).splitlines()
    name = "10.0.0.1->10.0.0.2 40000->80:"
    need(lines == [f"1970-01-01T00:16:40.000000000Z {name} both directions met",
                   f"1970-01-01T00:16:42.000000000Z {name} ended (idle), 3 bytes, 5 back",
                   f"1970-01-01T00:20:00.000000000Z {name} ended (finished), one direction only, 2 bytes, 0 back"],
         lines)
    need("usage: bidirectional" in run("bidirectional", CAPTURE, code=2), "usage")


@test
def httpassembly_pairs_requests_and_responses():
    lines = run("httpassembly", "-r", CAPTURE).splitlines()
    need(re.fullmatch(r"10\.77\.0\.1->10\.77\.0\.2 \d+->80: GET 10\.77\.0\.2 / -> 200 text/html 28 bytes, 28 decoded",
                      lines[0]), lines)
    need(" GET 10.77.0.2 /missing -> 404 text/plain 13 bytes" in lines[1] and len(lines) == 2, lines)
    need("usage: httpassembly" in run("httpassembly", CAPTURE, code=2), "usage")
    need("no-such-file" in run("httpassembly", "-r", "no-such-file", code=1), "message")


@test
def reassemblydump_writes_streams_and_sums_up():
    with tempfile.TemporaryDirectory() as scratch:
        out = run("reassemblydump", "-r", CAPTURE, "-v", "-o", scratch)
        files = {name: open(os.path.join(scratch, name), "rb").read() for name in os.listdir(scratch)}
        # Nothing is written over.
        need("File exists" in run("reassemblydump", "-r", CAPTURE, "-o", scratch, code=1), "message")
    need(sorted(files) == ["0.client", "0.server", "1.client", "1.server"], sorted(files))
    need(files["0.client"].startswith(b"GET / HTTP/1.1\r\n") and b"GET /missing" in files["0.client"], files)
    need(files["0.server"].startswith(b"HTTP/1.1 200 OK\r\n"), files)
    sizes = re.findall(r"(?:client|server): \d+ packets, (\d+) bytes", out)
    need([int(size) for size in sizes] == [len(files[name]) for name in sorted(files)], out)
    total = int(re.search(r"^bytes: (\d+) in order, 0 missing in 0 gaps$", out, re.M).group(1))
    need(total == sum(map(len, files.values())), out)
    need("usage: reassemblydump" in run("reassemblydump", code=2), "usage")
    need("no-such-directory" in run("reassemblydump", "-r", CAPTURE, "-o", "no-such-directory", code=1), "message")


@test
def reassemblydump_puts_fragments_together_first():
    whole = struct.pack(">HHIIBBHHH", 40000, 80, 1, 0, 0x50, ACK, 1000, 0, 0) + bytes(range(100))
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "fragments.pcap")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
            for start, end, more in ((80, len(whole), 0), (0, 80, 0x2000)):
                head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + end - start, 7, more | start // 8, 64, 6, 0,
                                   b"\x0a\0\0\1", b"\x0a\0\0\2")
                packet = head + whole[start:end]
                file.write(struct.pack("<IIII", 1, 0, len(packet), len(packet)) + packet)
        for options, datagrams, count in (((), 1, 100), (("-n",), 0, 0)):
            out = run("reassemblydump", "-r", path, *options)
            need(f"IP: {datagrams} datagrams put together" in out, out)
            need(f"bytes: {count} in order" in out, out)


@test
def send_and_pcaplay_say_what_is_wrong():
    need("usage: send" in run("send", "lo", "02:00:00:00:00", "10.0.0.1", "9", "x", code=2), "usage")
    need("usage: pcaplay" in run("pcaplay", "lo", code=2), "usage")
    need("no such interface" in run("send", "nope0", "02:00:00:00:00:01", "10.0.0.1", "9", "x", code=1), "message")
    need("no such interface" in run("pcaplay", "nope0", CAPTURE, code=1), "message")
    need("no-such-file" in run("pcaplay", "lo", "no-such-file", code=1), "message")


@test
def examples_of_writing_are_cplusplus_too():
    if not shutil.which("c++"):
        raise Skip("no C++ compiler")
    for name in ("craft_empty", "build", "craft_raw", "rewrite", "defragment", "send", "pcaplay"):
        source = os.path.join(ROOT, f"examples/{name}.c")
        for compiler, standard in (("c++", "c++17"), ("cc", "c11")):
            language = "c++" if compiler == "c++" else "c"
            done = subprocess.run([compiler, "-x", language, f"-std={standard}", "-Wall", "-Wextra",
                                   "-Wpedantic", "-Werror", "-fsyntax-only", "-I",
                                   os.path.join(ROOT, "include"), source], capture_output=True, text=True)
            need(done.returncode == 0, done.stderr)


sys.exit(main())
