"""tapir dump, apart from its lines, which tests/oracle compares with tcpdump's."""

import os
import resource
import subprocess
import time

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
def options_of_capturing_are_checked():
    for words, message in [
            (("-Q", "sideways"), "-Q is in, out or inout, not 'sideways'"),
            (("-j", "sundial"), "-j: no time stamp type 'sundial'; -J lists them"),
            (("--source", "air"), "--source is afpacket, afxdp or pcap, not 'air'"),
            (("-B", "0"), "-B needs a number from 1 to 2097151, not '0'"),
            (("-C", "1k"), "-C needs a number from 1 to 9223372036854, not '1k'"),
            (("-G", "x"), "-G needs a number from 0 to 2147483647, not 'x'"),
            (("-W", "0"), "-W needs a number from 1 to 2147483647, not '0'"),
            (("-c", "0"), "-c needs a number from 1, not '0'"),
            (("-i", "lo", "-r", "x"), "-i captures from an interface, -r reads a file; one of them"),
            (("-i", "lo", "-V", "x"), "-i captures from an interface, -V reads a file; one of them"),
            (("-Z",), "-Z needs an argument"), (("-nTvxlan",), "tapir decode -d does that")]:
        expect_in(message, dump(*words, code=2).err)
    expect_in("there is no such interface", dump("-i", "afpacket:no-such-one", code=1).err)
    expect_in("there is no number 0; -D lists", dump("-i", "0", code=1).err)


@test
def a_transport_needs_no_network_around_it():
    sctp = bytes.fromhex("1389138a00000001000000000003000c")
    expect(dump("-nnt", "-r", file(pcap([sctp], link_type=248))).out, "5001 > 5002: sctp [|sctp]\n")


@test
def interfaces_are_listed_with_numbers_from_one():
    lines = dump("-D").lines()
    expect([line.split(".")[0] for line in lines], [str(number + 1) for number in range(len(lines))])
    expect(any(line.split(".", 1)[1].startswith("any (") for line in lines), True)


@test
def files_are_written_as_a_series_with_a_command_for_each():
    big = [UDP[:14] + UDP[14:] + bytes(60000)] * 40
    source = file(pcap(big))
    directory = os.path.join(harness.SCRATCH, "series")
    os.mkdir(directory)
    log = os.path.join(directory, "log")
    script = os.path.join(directory, "command")
    with open(script, "w") as handle:
        handle.write(f'#!/bin/sh\necho "$1" >>{log}\n')
    os.chmod(script, 0o755)
    done = dump("-r", source, "-w", os.path.join(directory, "x"), "-C", "1", "-W", "2", "-z", script)
    expect([line for line in done.err.splitlines() if not line.startswith("reading")], [])
    expect(sorted(name for name in os.listdir(directory) if name[0] == "x"), ["x0", "x1"])
    names = [os.path.join(directory, name) for name in ("x0", "x1")]
    for _ in range(100):  # nobody waits for the commands
        if os.path.exists(log) and len(open(log).readlines()) == 2:
            break
        time.sleep(0.05)
    expect(sorted(open(log).read().split()), names, "the files before the last one")
    # The third file has taken the first one's place.
    expect(sum(len(records(open(name, "rb").read())) for name in names), 40 - 17)
    expect_in("-z: cannot run no-such-command",
              dump("-r", source, "-w", os.path.join(directory, "y"), "-C", "1", "-z", "no-such-command").err)


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
