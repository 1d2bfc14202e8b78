"""tapir diff: which packets and fields differ, in text, JSON and exit status."""

import struct

from harness import (HTTP, SYN, UDP, checksum, ethernet, expect, expect_in, expect_not_in, file,
                     ipv4, objects, pcap, pcapng, run, tcp, test, udp)

DIFFERENT, TROUBLE = 1, 2


def routed(packet):
    """As the next hop has it: other addresses of Ethernet, one hop less, another checksum."""
    head = bytearray(packet[14:34])
    head[8] -= 1
    head[10:12] = b"\0\0"
    head[10:12] = struct.pack(">H", checksum(bytes(head)))
    return bytes.fromhex("020000000004 020000000003 0800") + bytes(head) + packet[34:]


def numbered(number):
    return ethernet(ipv4(udp(b"number %d" % number, dst=4000 + number), 17))


def shifted(data, seconds):
    """The same capture, later."""
    result, at = bytearray(data), 24
    while at < len(result):
        begun, length = struct.unpack_from("<I4xI", result, at)
        struct.pack_into("<I", result, at, begun + seconds)
        at += 16 + length
    return bytes(result)


def diff(a, b, *arguments, code=DIFFERENT, **changes):
    paths = [file(data if isinstance(data, bytes) else pcap(data)) for data in (a, b)]
    result = run("diff", *paths, *arguments, code=code, **changes)
    if code == DIFFERENT:
        expect(result.err, "", "stderr")
    return result


@test
def same_captures_are_the_same():
    expect(diff([SYN, HTTP, UDP], [SYN, HTTP, UDP], code=0).out, "")
    expect(diff(pcap([SYN]), pcapng([(0, SYN, b"")]), code=0).out, "")
    expect(diff([], [], code=0).out, "")
    expect(diff([], [], "tcp", code=0).out, "")


@test
def fields_that_differ_are_told_by_name():
    lower = bytearray(HTTP)
    lower[22] = 63
    expect(diff([SYN, HTTP], [SYN, bytes(lower)]).out, "packet 2 | 2: ip.ttl 64 -> 63\n")
    expect(diff([SYN], [SYN[:-8] + bytes.fromhex("02040578 01030307")]).out,
           "packet 1 | 1: tcp.options.mss_val 1460 -> 1400\n")
    tagged = UDP[:12] + bytes.fromhex("8100 002a") + UDP[12:]
    out = diff([UDP], [tagged]).out
    expect_in("packet 1 | 1: frame.protocols eth:ip:udp:data -> eth:vlan:ip:udp:data, frame.len ", out)
    expect_in("eth.type 0x0800 -> 0x8100", out)
    expect_not_in("vlan.id", out)
    expect(diff([UDP], [tagged], "--only", "vlan.id").out, "packet 1 | 1: vlan.id (none) -> 42\n")


@test
def fields_of_inner_layers_have_a_number():
    def tunnel(ttl):
        inner = bytearray(ipv4(udp(b"x"), 17))
        inner[8] = ttl
        return ethernet(ipv4(bytes(inner), 4))
    expect(diff([tunnel(3)], [tunnel(4)]).out, "packet 1 | 1: ip.ttl#2 3 -> 4\n")


@test
def packets_of_one_capture_have_a_line():
    out = diff([numbered(1), numbered(2), numbered(3)], [numbered(1), numbered(3), UDP],
               "--ignore-time").out
    expect(out, "- packet 2: 03:04:06.123456 IP 10.0.0.1.40000 > 10.0.0.2.4002: UDP, length 8\n"
                "+ packet 3: 03:04:07.123456 IP 10.0.0.1.40000 > 10.0.0.2.9: UDP, length 5\n")
    out = diff([UDP], [], code=DIFFERENT).out
    expect(out.split(":")[0], "- packet 1")


@test
def a_hop_between_is_seen_through():
    before = [numbered(number) for number in range(60)]
    behind = [routed(packet) for packet in before]
    del behind[20]
    lines = diff(before, behind, "--ignore-time").lines()
    expect(len(lines), 60)
    expect(lines[0], "packet 1 | 1: eth.dst 02:00:00:00:00:02 -> 02:00:00:00:00:04, "
                     "eth.src 02:00:00:00:00:01 -> 02:00:00:00:00:03, ip.ttl 64 -> 63, "
                     "ip.checksum 0x1493 -> 0x1593")
    expect(lines[20].split(":")[0], "- packet 21")
    expect_in("packet 60 | 59: eth.dst", lines[59])
    lines = diff(before, behind, "--ignore-time", "--ignore", "eth,ip.ttl", "--ignore",
                 "ip.checksum").lines()
    expect([line.split(":")[0] for line in lines], ["- packet 21"])


@test
def captures_far_apart_are_found_again():
    packets = [ethernet(ipv4(udp(struct.pack(">I", number)), 17)) for number in range(9000)]
    lines = diff(packets, packets[5000:], "--ignore-time").lines()
    expect(len(lines), 5000)
    expect(lines[4999].split(":")[0], "- packet 5000")
    expect(len(diff(packets[5000:], packets, "--ignore-time", "--only", "data").lines()), 5000)


@test
def what_is_ignored_is_no_difference():
    behind = routed(HTTP)
    diff([HTTP], [behind], "--ignore=eth.addr,ip.ttl,ip.checksum", code=0)
    expect_in("ip.ttl", diff([HTTP], [behind], "--ignore=eth").out)
    expect(diff([HTTP], [behind], "--only=ip.ttl,ip.src").out, "packet 1 | 1: ip.ttl 64 -> 63\n")
    diff([HTTP], [behind], "--only=tcp", code=0)
    flags = ethernet(ipv4(tcp(b"GET / HTTP/1.1\r\n\r\n", flags=0x10), 6))
    out = diff([HTTP], [flags]).out
    expect_in("tcp.flags 0x0018 -> 0x0010", out)
    expect_not_in("tcp.flags.push", out)
    expect(diff([HTTP], [flags], "--only=tcp.flags.push").out,
           "packet 1 | 1: tcp.flags.push True -> False\n")
    diff([HTTP], [flags], "--ignore=tcp.flags.push,tcp.checksum", code=0)


@test
def times_and_comments_differ_too():
    later = shifted(pcap([SYN]), 1)
    expect(diff(pcap([SYN]), later).out,
           "packet 1 | 1: frame.time 2026-01-02T03:04:05.123456789Z -> "
           "2026-01-02T03:04:06.123456789Z\n")
    diff(pcap([SYN]), later, "--ignore-time", code=0)
    diff(pcap([SYN]), later, "--ignore=frame.time_epoch", code=0)
    a, b = pcapng([(0, SYN, b"one\x1b")]), pcapng([(0, SYN, b"")], name=b"eth8")
    expect(diff(a, b).out, "packet 1 | 1: frame.interface_name eth7 -> eth8, "
                           "frame.comment one\\x1b -> (none)\n")
    diff(a, b, "--ignore=frame", code=0)
    expect(diff(pcap([(SYN, 100)]), pcap([SYN]), "--only=frame.len").out,
           f"packet 1 | 1: frame.len 100 -> {len(SYN)}\n")


@test
def bytes_are_shown_below():
    lines = diff([UDP], [UDP[:-1] + b"!"], "--bytes").lines()
    expect_in("data", lines[0])
    expect(lines[-2:], ["  - 0020       00 02 9c 40 00 09 00 0d  0b b6 68 65 6c 6c-6f",
                        "  +      0020  00 02 9c 40 00 09 00 0d  0b b6 68 65 6c 6c+21"])


@test
def trailers_are_compared():
    expect_in("eth.", diff([UDP + b"\1\2\3\4\5\6"], [UDP + b"\1\2\3\4\5\7"]).out)


@test
def long_values_are_shown_where_they_differ():
    a = ethernet(ipv4(udp(bytes(300)), 17))
    b = a[:-10] + b"\1" + a[-9:]
    out = diff([a], [b], "--only=data").out
    expect_in("...", out)
    expect_in(":01:", out.split("->")[1])
    expect(len(out) < 250, True, out)


@test
def json_has_an_object_per_difference():
    lower = bytearray(HTTP)
    lower[22] = 63
    found = objects(diff([HTTP, UDP], [bytes(lower), numbered(1), numbered(2), UDP], "--json",
                         "--ignore-time"))
    expect(found[0], {"kind": "changed", "a": 1, "b": 1,
                      "fields": [{"name": "ip.ttl", "a": 64, "b": 63}]})
    expect([(item["kind"], item.get("b")) for item in found[1:]], [("added", 2), ("added", 3)])
    expect_in("10.0.0.2.4001: UDP", found[1]["summary"])
    found = objects(diff([HTTP], [bytes(lower)], "--json", "--bytes"))
    expect(found[0]["bytes"], [{"kind": "replaced", "a_at": 22, "b_at": 22, "a": "40", "b": "3f"}])
    tagged = UDP[:12] + bytes.fromhex("8100 002a") + UDP[12:]
    found = objects(diff([UDP], [tagged], "--json", "--only", "vlan.id"))
    expect(found[0]["fields"], [{"name": "vlan.id", "a": None, "b": 42}])


@test
def quiet_says_nothing_and_count_stops():
    expect(diff([SYN], [UDP], "-q").out, "")
    expect(diff([SYN], [SYN], "-q", code=0).out, "")
    expect(len(diff([SYN, SYN, SYN], [UDP, UDP, UDP], "-c", "2").lines()), 2)


@test
def ports_may_be_decoded_as_another_protocol():
    def tunnel(ttl):
        inner = bytearray(ethernet(ipv4(udp(b"x"), 17)))
        inner[22] = ttl
        return ethernet(ipv4(udp(bytes.fromhex("0800000000000100") + bytes(inner), dst=5555), 17))
    expect_in("data.data ", diff([tunnel(3)], [tunnel(4)], "--ignore", "udp").out)
    expect(diff([tunnel(3)], [tunnel(4)], "-d", "udp.port==5555,vxlan", "--ignore", "udp").out,
           "packet 1 | 1: ip.ttl#2 3 -> 4\n")
    expect_in("no protocol 'vxlam'; did you mean vxlan",
              diff([SYN], [SYN], "-d", "udp.port==5555,vxlam", code=TROUBLE).err)


@test
def expression_selects_in_both():
    diff([SYN, UDP], [SYN, numbered(1)], "--ignore-time", "tcp", code=0)
    out = diff([SYN, UDP, UDP], [UDP], "--ignore-time", "udp").out
    expect(len(out.splitlines()), 1)
    expect_in("syntax error", diff([SYN], [SYN], "tcp", "or", "or", code=TROUBLE).err)
    expect_in("syntax error", diff([], [], "tcp", "or", "or", code=TROUBLE).err)


@test
def colors_are_for_terminals():
    expect_not_in("\x1b", diff([SYN], [UDP]).out)
    out = diff([SYN], [UDP], "--color=always").out
    expect_in("\x1b[31m- packet 1", out)
    expect_in("\x1b[32m+ packet 1", out)


@test
def standard_input_may_be_one_of_both():
    path = file(pcap([SYN]))
    run("diff", "-", path, stdin=pcap([SYN]))
    expect_in("one of the files only", run("diff", "-", "-", code=TROUBLE).err)


@test
def damage_is_trouble_after_what_was_whole():
    lower = bytearray(SYN)
    lower[22] = 63
    result = diff(pcap([bytes(lower), HTTP, UDP])[:-3], [SYN, HTTP, UDP], code=TROUBLE)
    expect(result.out, "packet 1 | 1: ip.ttl 63 -> 64\n")
    expect_in("the file ends inside a packet record", result.err)


@test
def wrong_usage_is_trouble():
    path = file(pcap([SYN]))
    for arguments, message in (
            ([path], "name two capture files"),
            ([path, path, "--ignore", "ip.tt"], "no field 'ip.tt'; did you mean ip.ttl"),
            ([path, path, "-c", "0"], "-c needs a number from 1"),
            ([path, path, "--color", "red"], "--color is auto, always or never"),
            ([path, "/nowhere"], "/nowhere: cannot open"),
            (["/nowhere", path], "/nowhere: cannot open"),
            ([path, path, "--colour"], "no option --colour")):
        expect_in(message, run("diff", *arguments, code=TROUBLE).err)
