#!/usr/bin/python3
"""Runs the example programs and looks at what they print; prints TAP.
usage: examples.py SOURCE_ROOT DIRECTORY_OF_EXAMPLES"""

import os
import re
import subprocess
import sys

from tap import main, need, test

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


sys.exit(main())
