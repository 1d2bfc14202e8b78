#!/usr/bin/python3
"""Runs the example programs and looks at what they print; prints TAP.
usage: examples.py SOURCE_ROOT DIRECTORY_OF_EXAMPLES"""

import os
import re
import shutil
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
def examples_of_writing_are_cplusplus_too():
    if not shutil.which("c++"):
        raise Skip("no C++ compiler")
    for name in ("craft_empty", "build", "craft_raw", "rewrite"):
        source = os.path.join(ROOT, f"examples/{name}.c")
        for compiler, standard in (("c++", "c++17"), ("cc", "c11")):
            language = "c++" if compiler == "c++" else "c"
            done = subprocess.run([compiler, "-x", language, f"-std={standard}", "-Wall", "-Wextra",
                                   "-Wpedantic", "-Werror", "-fsyntax-only", "-I",
                                   os.path.join(ROOT, "include"), source], capture_output=True, text=True)
            need(done.returncode == 0, done.stderr)


sys.exit(main())
