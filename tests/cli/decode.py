"""tapir decode."""

import os
import pty
import re
import signal
import subprocess
import time

import harness
from harness import (
    BAD_CHECKSUM,
    HTTP,
    SYN,
    UDP,
    Skip,
    all_of,
    decode,
    ethernet,
    expect,
    expect_in,
    expect_match,
    expect_not_in,
    file,
    ipv4,
    objects,
    on_terminal,
    pcap,
    pcapng,
    run,
    tcp,
    test,
    udp,
)

TREE = """\
Packet 1, 2026-01-02T03:04:05.123456789Z, 47 bytes
Ethernet (eth), bytes 0-13, 02:00:00:00:00:01 -> 02:00:00:00:00:02
"""


@test
def tree_has_a_heading_per_layer_and_labels_values():
    result = decode([UDP])
    expect(result.out[: len(TREE)], TREE)
    for line in ["    eth.type                0x0800 (IPv4)",
                 "Internet Protocol version 4 (ip), bytes 14-33, 10.0.0.1 -> 10.0.0.2",
                 "    ip.flags                0x02 (df)", "      ip.flags.df           True",
                 "User Datagram Protocol (udp), bytes 34-41, 40000 -> 9",
                 "    udp.length              13",
                 "Payload nobody claims (data), bytes 42-46, no protocol for udp.port 9",
                 "    data.data               68:65:6c:6c:6f"]:
        expect_in(line + "\n", result.out)


@test
def tree_nests_list_items():
    lines = decode([SYN]).lines()
    at = lines.index("    Maximum segment size")
    expect(lines[at + 1].split()[:2], ["tcp.option_kind", "2"])
    expect(lines[at + 3].split(), ["tcp.options.mss_val", "1460"])
    expect(lines[at + 3].index("tcp"), 6, "indent of an item's field")


@test
def tree_separates_packets_by_an_empty_line():
    expect(decode([UDP, HTTP]).lines().count(""), 1)


@test
def tree_says_where_bytes_are_missing():
    result = decode([(HTTP[:40], len(HTTP))])
    expect_in("72 bytes (40 captured)\n", result.out)
    expect_in("    [truncated: tcp at 34: needs 20 bytes, 6 left (captured 40 of 72)]\n", result.out)
    expect_in("    [cut: udp at 34: needs 8 bytes, 4 left (limit set by ip.len)]\n",
              decode([ethernet(ipv4(b"\0\1\0\2", 17) + b"\0" * 22)]).out)


@test
def tree_shows_bytes_behind_the_packet():
    expect_match(r"00:00:00:0a", decode([UDP + b"\0\0\0\x0a"]).out)


@test
def verify_checks_checksums():
    expect_not_in("correct", decode([HTTP]).out)
    expect(decode([HTTP], "--verify").out.count("[correct]"), 2)
    result = decode([BAD_CHECKSUM], "--verify")
    good = int.from_bytes(HTTP[24:26], "big")
    expect_in(f"0xdead [incorrect, should be 0x{good:04x}]", result.out)
    layers = objects(decode([BAD_CHECKSUM], "-T", "json", "--verify"))[0]["layers"]
    expect([layer["fields"].get(f"{layer['name']}.checksum.status") for layer in layers[:3]],
           [None, 0, 1])


@test
def hex_shows_the_bytes_of_each_layer():
    result = decode([UDP], "-x")
    expect_in("    0000  02 00 00 00 00 02 02 00  00 00 00 01 08 00         ..............\n", result.out)
    expect_in("    0022  9c 40 00 09 00 0d ", result.out)
    expect_in("    002a  68 65 6c 6c 6f" + 36 * " " + " hello\n", result.out)


@test
def json_is_one_object_per_packet_and_line():
    first, second = objects(decode([SYN, UDP], "-T", "json"))
    expect(first["number"], 1)
    expect(first["time"], "2026-01-02T03:04:05.123456789Z")
    expect(first["time_epoch"], "1767323045.123456789")
    expect((first["caplen"], first["len"], first["interface"]), (len(SYN), len(SYN), 0))
    expect([layer["name"] for layer in first["layers"]], ["eth", "ip", "tcp"])
    fields = first["layers"][2]["fields"]
    expect(fields["tcp.flags.syn"], True)
    expect(fields["tcp.options.mss_val"], 1460)
    expect(fields["tcp.option_kind"], [2, 1, 3])
    expect(second["layers"][3], {"name": "data", "offset": 42, "header": 5, "payload": 0,
                                 "fields": {"data.data": "68:65:6c:6c:6f"}})


@test
def json_says_where_bytes_are_missing():
    layer = objects(decode([(HTTP[:40], len(HTTP))], "-T", "json"))[0]["layers"][2]
    expect((layer["status"], layer["at"]), ("truncated", 34))
    expect_in("needs 20 bytes, 6 left", layer["error"])


@test
def fields_are_separated_by_tabs():
    result = decode([UDP, SYN], "-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e", "tcp.dstport")
    expect(result.out, "1\t10.0.0.1\t\n2\t10.0.0.1\t80\n")


@test
def naming_fields_is_enough_for_the_format():
    expect(decode([UDP], "-e", "udp.length").out, "13\n")


@test
def several_values_are_joined():
    expect(decode([UDP], "-e", "ip.addr").out, "10.0.0.1,10.0.0.2\n")
    expect(decode([UDP], "-e", "udp.port", "-E", "aggregator=/s").out, "40000 9\n")
    expect(decode([SYN], "-e", "tcp.option_kind", "-E", "aggregator=;").out, "2;1;3\n")
    expect(decode([UDP], "-e", "ip.addr", "-E", "occurrence=f").out, "10.0.0.1\n")
    expect(decode([UDP], "-e", "ip.addr", "-E", "occurrence=l").out, "10.0.0.2\n")
    inner = ethernet(ipv4(ipv4(udp(b""), 17, src="192.0.2.1"), 4))
    expect(decode([inner], "-e", "ip.src").out, "10.0.0.1,192.0.2.1\n")


@test
def the_destination_is_where_a_source_route_ends():
    header = "4800002000000000 40fd0000 0a000001 0a000002 830b04 0a000005 0a000006 00"
    packet = ethernet(bytes.fromhex(header))
    names = "-e ip.dst -e ip.cur_rt -e ip.src_rt -e ip.addr".split()
    expect(
        decode([packet], *names, "-T", "fields").out,
        "10.0.0.6\t10.0.0.2\t10.0.0.5\t10.0.0.1,10.0.0.6\n",
    )


@test
def field_values_print_as_tshark_prints_them():
    result = decode([SYN], *"-e eth.type -e ip.flags -e ip.flags.df -e tcp.flags -e ip.hdr_len "
                    "-e tcp.options -e eth.src -e tcp".split())
    expect(result.out, "0x0800\t0x02\t1\t0x0002\t20\t020405b401030307\t02:00:00:00:00:01\t"
           "Transmission Control Protocol\n")


@test
def fields_of_the_frame():
    names = ["number", "time", "time_epoch", "time_delta", "time_relative", "len", "cap_len",
             "protocols", "interface_id"]
    result = decode([(UDP, 99), SYN], *sum((["-e", "frame." + name] for name in names), []))
    expect(result.lines()[0].split("\t"),
           ["1", "Jan  2, 2026 03:04:05.123456789 UTC", "1767323045.123456789", "0.000000000",
            "0.000000000", "99", "47", "eth:ip:udp:data", "0"])
    expect(result.lines()[1].split("\t")[3:5], ["1.000000001", "1.000000001"])


@test
def times_count_packets_that_the_filter_drops():
    names = ["-e", "frame.time_delta", "-e", "frame.time_delta_displayed", "-e", "frame.time_relative"]
    expect(decode([UDP, SYN, UDP], *names, "udp").lines()[1],
           "1.000000001\t2.000000002\t2.000000002")


@test
def fields_of_the_capture_file():
    path = file(pcapng([(0, UDP, b"first\none"), (0, SYN, b"")]))
    result = run("decode", "-r", path, "-e", "frame.interface_name", "-e", "frame.comment")
    expect(result.out, "eth7\tfirst\\none\neth7\t\n")


@test
def header_names_the_columns():
    expect(decode([UDP], "-e", "ip.src", "-e", "udp.port", "-E", "header=y").lines()[0],
           "ip.src\tudp.port")


@test
def separators_and_quotes():
    fields = ["-e", "ip.src", "-e", "tcp.port", "-e", "udp.port"]
    expect(decode([UDP], *fields, "-E", "separator=;").out, "10.0.0.1;;40000,9\n")
    expect(decode([UDP], *fields, "-E", "quote=d").out, '"10.0.0.1"\t\t"40000,9"\n')
    expect(decode([UDP], *fields, "-E", "quote=s", "-E", "separator=/s").out, "'10.0.0.1'  '40000,9'\n")


@test
def csv_has_a_header_and_quotes_what_needs_it():
    result = decode([UDP], "-T", "csv", "-e", "ip.src", "-e", "udp.port", "-e", "frame.len")
    expect(result.out, 'ip.src,udp.port,frame.len\n10.0.0.1,"40000,9",47\n')
    expect(decode([UDP], "-T", "csv", "-e", "ip.src", "-E", "header=n").out, "10.0.0.1\n")
    path = file(pcapng([(0, UDP, b'say "hi", you')]))
    expect(run("decode", "-r", path, "-T", "csv", "-e", "frame.comment").lines()[1],
           '"say ""hi"", you"')


@test
def checksum_status_is_a_field():
    names = ["-e", "ip.checksum.status", "-e", "tcp.checksum.status"]
    expect(decode([HTTP, BAD_CHECKSUM, UDP], *names).out, "1\t1\n0\t1\n1\t\n")


@test
def unknown_field_names_the_nearest():
    expect(decode([UDP], "-e", "ip.scr", code=2).err,
           "tapir: no field 'ip.scr'; did you mean ip.src?\n")
    expect_in("tcp.flags.syn", decode([UDP], "-e", "tcp.flag.syn", code=2).err)
    expect_in("ip.ttl", decode([UDP], "-e", "ttl", code=2).err)
    expect(decode([UDP], "-e", "quite.another.thing", code=2).err,
           "tapir: no field 'quite.another.thing'\n")


@test
def text_from_the_wire_cannot_steer_the_terminal():
    evil = b"\x1b[31mred\x07\n\xc2\x9b2J\xff"
    path = file(pcapng([(0, UDP, evil)]))
    for arguments in (["-T", "tree"], ["-e", "frame.comment"], ["-T", "csv", "-e", "frame.comment"]):
        out = run("decode", "-r", path, *arguments).out
        expect_in("\\x1b[31mred\\a\\n\ufffd2J\ufffd", out)
        expect([c for c in out if ord(c) < 32 and c != "\n"], [], "control characters")
    run("decode", "-r", path, "-T", "json")


@test
def count_ends_early():
    expect(decode([UDP] * 5, "-c", "2", "-e", "frame.number").out, "1\n2\n")
    expect(decode([SYN, UDP, UDP, UDP], "-c", "2", "-e", "frame.number", "udp").out, "2\n3\n")
    expect_in("-c needs a number from 1, not '0'", decode([UDP], "-c", "0", code=2).err)


@test
def filter_expression_selects_packets():
    packets = [SYN, UDP, HTTP]
    expect(decode(packets, "-e", "frame.number", "tcp").out, "1\n3\n")
    expect(decode(packets, "-e", "frame.number", "tcp", "and", "not", "tcp[13] & 2 != 0").out, "3\n")
    expect(decode(packets, "-e", "frame.number", "port 80 or udp").out, "1\n2\n3\n")


@test
def filter_is_compiled_for_each_link_type():
    ip = HTTP[14:]
    path = file(pcapng([(0, HTTP, b""), (1, ip, b""), (1, UDP[14:], b"")], link_types=(1, 101)))
    expect(run("decode", "-r", path, "-e", "frame.number", "tcp port 80").out, "1\n2\n")


@test
def link_types_that_an_expression_is_not_for_are_left_out():
    path = file(pcapng([(0, HTTP, b""), (1, UDP[14:], b""), (0, SYN, b"")], link_types=(1, 101)))
    command = [harness.TAPIR, "decode", "-r", path, "-e", "frame.number"]
    done = subprocess.run([*command, "ether", "src", "2:0:0:0:0:1"], capture_output=True, text=True)
    expect((done.returncode, done.stdout), (0, "1\n3\n"))
    expect_in("tapir: packets of link type 101 (Raw IP) are left out: filter expression: ", done.stderr)
    expect(len(done.stderr.splitlines()), 1, "lines of warning")
    run("decode", "-r", file(pcap([UDP[14:]], 101)), "vlan", code=2)


def expect_caret(expression, token, message):
    """The caret stands under the first character of `token`; None: behind the expression."""
    err = decode([UDP], "-e", "frame.number", expression, code=2).err
    lines = err.splitlines()
    expect_in(message, lines[0])
    expect(lines[1], "  " + expression, "the expression")
    place = len(expression) if token is None else expression.index(token)
    expect(lines[2], "  " + " " * place + "^", f"caret in {expression}")


@test
def wrong_expression_gets_a_caret_under_the_place():
    expect_caret("tcp an 80", "an", "syntax error at 'an'")
    expect_caret("tcp and", None, "syntax error at its end")
    expect_caret("(tcp or udp", None, "syntax error at its end")
    expect_caret("tcp ) and udp", ")", "syntax error")
    expect_caret("tcp[13 & 2 != 0", "!=", "syntax error")
    expect_caret("tcp and port 99999", "99999", "illegal port number")
    expect_caret("udp or ip proto foo", "foo", "unknown ip proto 'foo'")
    expect_caret("net 10.0.0.0/40", "40", "mask length")


@test
def long_expression_is_shown_around_the_place():
    expression = " or ".join(f"port {port}" for port in range(100)) + " or tcp oops"
    lines = decode([UDP], "-e", "frame.number", expression, code=2).err.splitlines()
    expect(lines[1][lines[2].index("^") :], "oops")
    expect(lines[1].startswith("  ..."), True)


@test
def wrong_expression_is_told_even_when_there_are_no_packets():
    decode([], "tcp and", code=2)
    run("decode", "-r", file(pcapng([], link_types=())), "tcp and", code=2)


@test
def layer_stops_there():
    result = decode([SYN], "--layer", "ip")
    expect_in("Internet Protocol version 4", result.out)
    expect_not_in("tcp.", result.out)
    expect_in("Payload of ip, bytes 34-61", result.out)
    layers = objects(decode([SYN], "-T", "json", "--layer", "ip"))[0]["layers"]
    expect([layer["name"] for layer in layers], ["eth", "ip"])
    expect(decode([SYN], "--layer", "ip", "-e", "frame.protocols", "-e", "tcp.port").out, "eth:ip\t\n")
    expect_in("no protocol 'udpp'; did you mean udp", decode([SYN], "--layer", "udpp", code=2).err)


@test
def decode_as_gives_a_key_to_another_protocol():
    inner = ethernet(ipv4(udp(ipv4(udp(b""), 17, src="192.0.2.1"), dst=7777), 17))
    show = ["-e", "frame.protocols"]
    expect(decode([inner], *show).out, "eth:ip:udp:data\n")
    expect(decode([inner], *show, "-d", "udp.port==7777,ip").out, "eth:ip:udp:ip:udp\n")
    expect(decode([inner], *show, "-d", "udp.port==0x1e00-0x1eff,ip").out, "eth:ip:udp:ip:udp\n")
    expect(decode([inner], *show, "-d", "ip.proto==17,data").out, "eth:ip:data\n")
    expect(decode([inner], *show, "-d", "ethertype==0x0800,data").out, "eth:data\n")


@test
def wrong_decode_as_is_explained():
    for text, message in [
            ("udp.port=1,ip", "not of the form KEY==VALUE,NAME"),
            ("udp.prt==1,ip", "no key 'udp.prt'; did you mean udp.port"),
            ("udp.port==many,ip", "'many' is no value of udp.port"),
            ("udp.port==9-1,ip", "'9-1' is no value of udp.port"),
            ("udp.port==65536,ip", "'65536' is no value of udp.port: a number up to 65535"),
            ("ip.proto==250-256,udp", "'250-256' is no value of ip.proto: a number up to 255"),
            ("udp.port==1,ipx9", "no protocol 'ipx9'")]:
        expect_in(message, decode([UDP], "-d", text, code=2).err)


@test
def options_that_do_not_go_together_are_wrong_usage():
    for arguments, message in [
            (["-T", "fields"], "needs fields"), (["-T", "json", "-e", "ip.src"], "-e goes with"),
            (["-E", "header=y"], "-E goes with"),
            (["-T", "csv", "-e", "ip.src", "-E", "quote=s"], "-E quote=s goes with -T fields"),
            (["-T", "json", "-x"], "-x goes with -T tree"), (["-T", "xml"], "no format 'xml'"),
            (["-e", "ip.src", "--verify"], "--verify goes with"), (["--color", "blue"], "--color is"),
            (["-e", "ip.src", "-E", "color=red"], "is none of header"), (["-c", "x"], "-c needs"),
            (["-Q"], "no option -Q"), (["--quux"], "no option --quux"), (["-T"], "-T needs an argument")]:
        result = decode([UDP], *arguments, code=2)
        expect_in(message, result.err)
        expect_in("Try 'tapir decode --help'.", result.err)
        expect(result.out, "", "stdout of wrong usage")


@test
def file_is_named_with_r():
    path = file(pcap([UDP]))
    expect_in("name a capture file with -r", run("decode", code=2).err)
    expect_in(f"name the file with -r: -r {path}", run("decode", path, code=2).err)


@test
def standard_input_is_a_file():
    expect(run("decode", "-r", "-", "-e", "ip.src", stdin=pcap([UDP])).out, "10.0.0.1\n")


@test
def files_that_cannot_be_read_are_explained():
    directory = harness.SCRATCH
    for path, message in [("missing.pcap", "No such file"), (directory, "directory"),
                          (file(b""), "empty"), (file(b"hello, world\n" * 9), "text"),
                          (file(os.urandom(64)), "not a capture file")]:
        result = run("decode", "-r", path, code=1)
        expect(result.err.startswith(f"tapir: {path}: "), True, result.err)
        expect_in(message, result.err)
        expect(len(result.err.splitlines()), 1, "lines of message")


@test
def unreadable_file_is_explained():
    path = file(pcap([UDP]))
    os.chmod(path, 0)
    os.chmod(harness.SCRATCH, 0o755)
    drop = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
    try:
        done = subprocess.run([harness.TAPIR, "decode", "-r", path], capture_output=True, **drop)
    except PermissionError as reason:
        raise Skip("the command cannot be run by another user") from reason
    expect(done.returncode, 1)
    expect_in("Permission denied", done.stderr.decode())


@test
def cut_file_gives_whole_packets_then_an_error():
    data = pcap([UDP, SYN, HTTP])
    result = run("decode", "-r", file(data[:-10]), "-e", "frame.number", code=1)
    expect(result.out, "1\n2\n")
    expect_match(r"at byte \d+: the file ends inside", result.err)


@test
def colours_only_on_a_terminal_and_when_wanted():
    path = file(pcap([UDP]))
    arguments = ["decode", "-r", path]
    expect_in("\x1b[1m", on_terminal(*arguments), "on a terminal")
    expect_not_in("\x1b", on_terminal(*arguments, NO_COLOR="1"), "with NO_COLOR")
    expect_not_in("\x1b", on_terminal(*arguments, "--color=never"), "with never")
    expect_not_in("\x1b", on_terminal("decode", "-r", path, "-T", "json"), "JSON")
    expect_not_in("\x1b", run(*arguments).out, "in a pipe")
    expect_in("\x1b[1m", run(*arguments, "--color", "always").out, "with always")


@test
def colours_change_nothing_else():
    path = file(pcap([UDP, SYN, BAD_CHECKSUM, (HTTP[:40], 99)]))
    arguments = ["decode", "-r", path, "--verify", "-x"]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", run(*arguments, "--color=always").out)
    expect(plain, run(*arguments).out)


@test
def progress_shows_on_a_terminal_beside_no_data():
    """A slow reader of many packets: the line appears on stderr and goes again."""
    path = file(pcap([UDP] * 20000))
    reader, writer = os.pipe()
    leader, follower = pty.openpty()
    process = subprocess.Popen([harness.TAPIR, "decode", "-r", path, "-x"], stdout=writer,
                               stderr=follower, env=harness.environment())
    os.close(writer)
    os.close(follower)
    deadline = time.time() + 1.5
    while time.time() < deadline and os.read(reader, 65536):
        time.sleep(0.005)
    while os.read(reader, 1 << 20):
        pass
    process.wait(timeout=30)
    shown = all_of(leader)
    expect_match(r"\d+ packets, \d+\.\d MB, \d+ %", shown)
    expect(shown.endswith("\r\x1b[K"), True, "the line goes")


@test
def reader_that_goes_away_ends_it_quietly():
    path = file(pcap([UDP] * 20000))
    process = subprocess.Popen([harness.TAPIR, "decode", "-r", path], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdout.read(100)
    process.stdout.close()
    expect(process.stderr.read(), b"")
    expect(process.wait(timeout=30), 0)


@test
def full_disk_is_an_error():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([harness.TAPIR, "decode", "-r", file(pcap([UDP]))], stdout=full,
                              stderr=subprocess.PIPE)
    expect(done.returncode, 1)
    expect_in(b"standard output: No space left on device", done.stderr)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([harness.TAPIR, "help"], stdout=full, stderr=subprocess.PIPE)
    expect((done.returncode, b"No space left" in done.stderr), (1, True), "help")


def interrupted(number):
    process = subprocess.Popen([harness.TAPIR, "decode", "-r", "-", "-l", "-e", "frame.number"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(pcap([UDP, UDP]))
    process.stdin.flush()
    expect(process.stdout.readline() + process.stdout.readline(), b"1\n2\n")
    time.sleep(0.1)
    process.send_signal(number)
    process.wait(timeout=30)  # with its input still open
    out, err = process.communicate()
    expect((process.returncode, out, err), (0, b"", b""), "an interrupted run")


@test
def signal_ends_a_waiting_read():
    interrupted(signal.SIGINT)
    interrupted(signal.SIGTERM)


@test
def packets_come_out_at_once_with_l():
    process = subprocess.Popen([harness.TAPIR, "decode", "-r", "-", "-l", "-e", "ip.src"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write(pcap([UDP]))
    process.stdin.flush()
    expect(process.stdout.readline(), b"10.0.0.1\n")
    process.stdin.close()
    expect(process.wait(timeout=30), 0)


@test
def stranger_link_type_is_payload():
    result = decode([b"\x01\x02\x03"], link_type=147)
    expect_in("no protocol for wtap_encap 147", result.out)


@test
def tcp_payload_is_shown():
    fields = objects(decode([ethernet(ipv4(tcp(b"\x00\xff", dst=4444), 6))], "-T", "json"))
    expect(fields[0]["layers"][3]["fields"]["data.data"], "00:ff")


@test
def packets_are_shown_as_code_and_digits():
    names = {}
    exec(decode([SYN, UDP], "-T", "python").out, names)
    expect((names["packet_1"], names["packet_2"]), (SYN, UDP))
    expect(decode([SYN, UDP], "-T", "hex").out, f"{SYN.hex()}\n{UDP.hex()}\n")
    out = decode([UDP], "-T", "c").out
    expect_in(f"static const uint8_t packet_1[{len(UDP)}] = {{\n    /* 0: Ethernet (eth) */\n", out)
    expect_in("    /* 34: User Datagram Protocol (udp) */\n    0x9c, 0x40, ", out)
    out = decode([UDP], "-T", "text2pcap").lines()
    expect(out[1:3], ["2026-01-02T03:04:05.123456789Z", f"000000 {UDP[:16].hex(' ')}"])
    expect_in("--verify goes with", decode([UDP], "-T", "c", "--verify", code=2).err)
    expect_in("-e goes with", decode([UDP], "-T", "hex", "-e", "ip.src", code=2).err)
