"""tapir dump, apart from its lines, which tests/oracle compares with tcpdump's."""

import os
import resource
import subprocess

import harness
from harness import HTTP, SYN, UDP, expect, expect_in, file, pcap, test


def dump(*arguments, code=0, stdin=b"", **settings):
    """Runs tapir dump, whose stderr says what is read, and checks its exit code."""
    done = subprocess.run([harness.TAPIR, "dump", *arguments], input=stdin, capture_output=True,
                          timeout=60, env=harness.environment(), **settings)
    out = done.stdout.decode(errors="surrogateescape")
    result = harness.Result(done.returncode, out, done.stderr.decode())
    expect(result.code, code, f"exit code of dump {arguments}: {result.err}")
    return result


def records(data):
    """The packets of a pcap file of this machine's byte order."""
    found, at = [], 24
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        found.append(data[at + 16 : at + 16 + length])
        at += 16 + length
    expect(at, len(data), "the end of the last packet")
    return found


@test
def options_of_live_capture_are_explained():
    path = file(pcap([UDP]))
    for option in ("-i", "-D", "-p", "--interface=eth0", "--immediate-mode", "-Z"):
        err = dump("-r", path, option, code=2).err
        expect_in(option.split("=")[0] + " is for capturing live", err)
    for option in ("-C", "-G", "-W", "-z"):
        expect_in(f"{option} is for writing a series", dump("-r", path, option, "1", code=2).err)
    expect_in("tapir decode -d does that", dump("-nTvxlan", code=2).err)


@test
def long_options_are_explained():
    for option, message in [
            ("--ver", "--ver may be --verbose or --version"), ("--count=3", "--count takes no argument"),
            ("--number=1", "--number takes no argument"), ("--=x", "no option --\n"),
            ("--qiuck", "no option --qiuck; did you mean --quick?"), ("--quux", "no option --quux\n"),
            ("--write", "-w needs an argument")]:
        expect_in(message, dump(option, code=2).err)
    expect(dump("-r", file(pcap([UDP])), "--num", "--abs", "-tn").out.startswith("    1  IP "), True)


@test
def interfaces_of_another_machine_are_warned_of():
    path = file(pcap([bytes.fromhex("0800000000000001000100060200000000010000") + UDP[14:]], 276))
    expect(dump("-r", path, "-n").err.splitlines()[1:],
           ["Warning: interface names might be incorrect"])


@test
def packets_are_written_whole_until_the_disk_is_full():
    path, to = file(pcap([SYN, HTTP, UDP] * 9)), os.path.join(harness.SCRATCH, "limited.pcap")
    for options in (["-w", to], ["-U", "-w", to]):
        result = dump("-r", path, *options, code=1, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY)))
        expect_in(f"tapir: {to}: File too large; kept 12 packets, 940 bytes\n", result.err)
        with open(to, "rb") as written:
            data = written.read()
        expect(records(data), ([SYN, HTTP, UDP] * 9)[: len(records(data))], "packets written")
        expect(len(data) > 1000 - 16 - len(HTTP), True, "as many as find room")


@test
def packets_are_written_to_files_and_pipes():
    path, to = file(pcap([SYN, HTTP, UDP])), os.path.join(harness.SCRATCH, "written.pcap")
    expect(dump("-r", path, "-w", to, "-c", "2", "--count").out, "2 packets\n")
    with open(to, "rb") as written:
        expect(records(written.read()), [SYN, HTTP])
    piped = dump("-r", "-", "-w", "-", "udp", stdin=pcap([SYN, UDP]))
    expect(records(piped.out.encode(errors="surrogateescape")), [UDP])
    expect(piped.err, "reading from file -, link-type EN10MB (Ethernet), snapshot length 262144\n")
    expect_in("is being read; -w needs another file", dump("-r", path, "-w", path, code=2).err)


@test
def expression_file_has_comments():
    expression = file(b"# both\n tcp and # of them\n port 80\n")
    expect(dump("-r", file(pcap([SYN, UDP])), "--count", "-F", expression).out, "1 packet\n")
