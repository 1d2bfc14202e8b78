"""tapir convert: formats, selections, changes, several inputs, several outputs, messages."""

import gzip
import os
import resource
import shutil
import stat
import struct
import subprocess

import harness
from harness import (HTTP, SYN, TIME, UDP, Skip, address, block, ethernet, expect, expect_in,
                     expect_not_in, file, ipv4, option, pcap, pcapng, run, test, udp)

SECOND = 1_000_000_000
THREE = [SYN, HTTP, UDP]  # at TIME and one second and one nanosecond later each


def out(name):
    """A path for output in a directory of its own, so that its neighbours can be listed."""
    directory = os.path.join(harness.SCRATCH, f"out{len(os.listdir(harness.SCRATCH))}")
    os.mkdir(directory)
    return os.path.join(directory, name)


def beside(path):
    return sorted(os.listdir(os.path.dirname(path)))


def data_of(path):
    with open(path, "rb") as handle:
        return handle.read()


def convert(*arguments, name="out.pcap", **options):
    """Converts to a new file and returns its path. What follows None is the filter."""
    path = out(name)
    split = arguments.index(None) if None in arguments else len(arguments)
    run("convert", *arguments[:split], "-w", path, *arguments[split + 1:], **options)
    return path


def records(path):
    """(time in ns, bytes, wire length) of each packet of a pcap file, and its link type."""
    data = data_of(path)
    order = "<" if data[0] in (0xD4, 0x4D) else ">"
    magic, _, _, _, _, _, link_type = struct.unpack(order + "IHHiIII", data[:24])
    unit = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}[magic]
    packets, at = [], 24
    while at < len(data):
        seconds, rest, captured, length = struct.unpack_from(order + "IIII", data, at)
        packets.append((seconds * SECOND + rest * unit, data[at + 16:at + 16 + captured], length))
        at += 16 + captured
    return packets, link_type


def packets(path):
    return [packet for _, packet, _ in records(path)[0]]


def times(path):
    return [time for time, _, _ in records(path)[0]]


def blocks(path, order="<"):
    """(type, body) of each block of a pcapng file."""
    data, found, at = data_of(path), [], 0
    while at < len(data):
        kind, length = struct.unpack_from(order + "II", data, at)
        found.append((kind, data[at + 8:at + length - 4]))
        at += length
    return found


def comments(path):
    """The comment of each packet of a pcapng file, None where there is none."""
    found = []
    for kind, body in blocks(path):
        if kind != 6:
            continue
        captured = struct.unpack_from("<I", body, 12)[0]
        options, text = body[20 + captured + -captured % 4:], None
        while len(options) >= 4:
            code, length = struct.unpack_from("<HH", options)
            if code == 0:
                break
            if code == 1:
                text = options[4:4 + length].decode()
            options = options[4 + length + -length % 4:]
        found.append(text)
    return found


def at_times(times_and_packets, link_type=1):
    data = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link_type)
    for time, packet in times_and_packets:
        data += struct.pack("<IIII", *divmod(time, SECOND), len(packet), len(packet)) + packet
    return data


def rich():
    """A pcapng file with a block of every kind there is and comments everywhere."""
    section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, b"of the section") + \
        option(4, b"a program") + option(0, b"")
    data = block(0x0A0D0D0A, section)
    data += block(1, struct.pack("<HHI", 1, 0, 0) + option(1, b"of the interface") +
                  option(2, b"eth7") + option(9, b"\x09") + option(0, b""))
    data += block(0x0A, struct.pack("<II", 0x544C534B, 8) + b"SECRET!\n")
    data += block(4, struct.pack("<HH", 1, 13) + address("10.0.0.1") + b"host.lan\0" + b"\0" * 3 +
                  struct.pack("<HH", 0, 0))
    for index, packet in enumerate(THREE):
        time = TIME + index * SECOND
        options = option(1, b"first") + option(1, b"second") + option(2, struct.pack("<I", 1)) + \
            option(3, b"\x02abcd") + option(0, b"") if index == 0 else b""
        data += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(packet),
                                     len(packet)) + packet + b"\0" * (-len(packet) % 4) + options)
    data += block(9, b"MESSAGE=hello\n")
    data += block(0x0BAD, struct.pack("<I", 32473) + b"custom content!!")
    data += block(0x7F, b"of a kind nobody knows  ")
    data += block(5, struct.pack("<III", 0, TIME >> 32, TIME & 0xFFFFFFFF) +
                  option(4, struct.pack("<Q", 3)) + option(0, b""))
    return data


# Formats.


@test
def convert_writes_pcap_as_it_was():
    source = file(pcap(THREE))
    expect(data_of(convert(source)), data_of(source))


@test
def convert_keeps_every_block_and_option_of_pcapng():
    source = file(rich(), "rich.pcapng")
    expect(data_of(convert(source, name="out.pcapng")), data_of(source))


@test
def convert_keeps_sections_and_byte_orders():
    """Two sections, the second of the other byte order."""
    big = b"".join(
        struct.pack(">II", kind, len(body) + 12) + body + struct.pack(">I", len(body) + 12)
        for kind, body in (
            (0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1)),
            (1, struct.pack(">HHI", 1, 0, 0)),
            (6, struct.pack(">IIIII", 0, 5, 6, 4, 4) + b"abcd")))
    source = file(rich() + big, "sections.pcapng")
    expect(data_of(convert(source, name="out.pcapng")), data_of(source))
    # And so with a packet changed in each: the second's interface is its section's first.
    copy = convert(source, "-s", "4", name="out.pcapng")
    expect(data_of(copy)[-len(big):], big)


@test
def convert_changes_the_byte_order():
    source = file(pcap(THREE))
    big = convert(source, "--byte-order", "big")
    expect(data_of(big)[:4].hex(), "a1b23c4d")
    expect(records(big), records(source))
    expect(data_of(convert(big, "--byte-order", "little")), data_of(source))
    ng = file(rich(), "order.pcapng")
    path = out("out.pcapng")
    done = subprocess.run([harness.TAPIR, "convert", ng, "-w", path, "--byte-order", "big"],
                          capture_output=True, text=True, timeout=60, check=True)
    expect_in("0x0000007f", done.stderr, "what is left out")
    expect([kind for kind, _ in blocks(path, ">")],
           [kind for kind, _ in blocks(ng) if kind != 0x7F], "all that is known")
    back = convert(path, "--byte-order", "little", name="out.pcapng")
    expect([body for kind, body in blocks(back) if kind in (1, 4, 6, 0x0A)],
           [body for kind, body in blocks(ng) if kind in (1, 4, 6, 0x0A)])


@test
def convert_chooses_the_format_by_name_or_by_input():
    micro = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1) + \
        struct.pack("<IIII", 1, 2, 4, 4) + b"abcd"
    nano, ng = file(pcap(THREE)), file(rich(), "in.pcapng")
    for source, arguments, name, magic in (
            (nano, [], "x", "4d3cb2a1"), (ng, [], "x", "0a0d0d0a"), (ng, [], "x.pcap", "4d3cb2a1"),
            (nano, [], "x.pcapng", "0a0d0d0a"), (nano, [], "x.pcapng.gz", "1f8b"),
            (file(micro), [], "x", "d4c3b2a1"),
            (nano, ["--format", "pcap-us"], "x", "d4c3b2a1"),
            (file(micro), ["--format", "pcap-ns"], "x", "4d3cb2a1"),
            (nano, ["--format", "pcapng"], "x.pcap", "0a0d0d0a"),
            (ng, ["--format", "pcap"], "x.pcapng", "4d3cb2a1")):
        path = convert(source, *arguments, name=name)
        expect(data_of(path)[:len(magic) // 2].hex(), magic, f"{source} {arguments} {name}")
    expect(times(convert(nano, "--format", "pcap-us"))[0], TIME // 1000 * 1000)
    expect(times(convert(ng))[0], TIME)


@test
def convert_compresses_by_name_or_option():
    source = file(pcap(THREE))
    expect(gzip.decompress(data_of(convert(source, name="x.pcap.gz"))), data_of(source))
    expect(gzip.decompress(data_of(convert(source, "--compress", "gzip:9"))), data_of(source))
    expect(data_of(convert(source, "--compress", "none", name="x.pcap.gz")), data_of(source))
    for method, magic in (("zstd", "28b52ffd"), ("lz4", "04224d18"), ("xz", "fd377a58")):
        path = convert(source, "--compress", method)
        expect(data_of(path)[:4].hex(), magic)
        expect(data_of(convert(path)), data_of(source))


@test
def convert_reads_stdin_and_writes_stdout():
    data = pcap(THREE)
    done = subprocess.run([harness.TAPIR, "convert", "-", "-w", "-", "udp"], input=data,
                          capture_output=True, timeout=60, check=True)
    expect(done.stderr, b"")
    expect(done.stdout, data[:24] + data[-16 - len(UDP):])


@test
def convert_reads_snoop():
    packet = b"\1\2\3\4"
    source = file(b"snoop\0\0\0" + struct.pack(">II", 2, 4) +
                  struct.pack(">IIIIII", 4, 4, 28, 0, 5, 6) + packet)
    expect(records(convert(source, name="x.pcap")), ([(5 * SECOND + 6000, packet, 4)], 1))


# Selections.


@test
def convert_takes_packets_by_number():
    source = file(at_times([(TIME + n, bytes([n])) for n in range(1, 11)]))
    for ranges, wanted in (("3", [3]), ("2-4,9-", [2, 3, 4, 9, 10]), ("-2", [1, 2]),
                           ("9,1,5-6,4", [1, 4, 5, 6, 9]), ("2-5,3-7,6", [2, 3, 4, 5, 6, 7]),
                           ("20-", [])):
        expect(packets(convert(source, "--packets", ranges)), [bytes([n]) for n in wanted], ranges)
    expect(packets(convert(source, "-c", "2", "--packets", "4-")), [b"\4", b"\5"])
    for wrong in ("", "0", "5-3", "a", "1,,2", "1-2-3", "-"):
        result = run("convert", source, "-w", out("x"), "--packets", wrong, code=2)
        expect_in("--packets", result.err)


@test
def convert_takes_packets_by_time():
    start = 1767323045  # 2026-01-02T03:04:05Z
    source = file(at_times([(start * SECOND + n * SECOND // 2, bytes([n])) for n in range(10)]))

    def taken(*arguments, **changes):
        return [packet[0] for packet in packets(convert(source, *arguments, **changes))]

    expect(taken("--from", "2026-01-02T03:04:07Z"), [4, 5, 6, 7, 8, 9], "from is included")
    expect(taken("--to", "2026-01-02T03:04:07Z"), [0, 1, 2, 3], "to is not")
    expect(taken("--from", "2026-01-02T04:04:06.5+01:00", "--to", f"{start}.75"), [])
    expect(taken("--from", "2026-01-02T04:04:06.5+01:00", "--to", f"{start + 2}.75"), [3, 4, 5])
    expect(taken("--from", "+1s", "--to", "+2000ms"), [2, 3])
    expect(taken("--from", "2026-01-02 05:04:08", TZ="EET-2"), [6, 7, 8, 9], "local time")
    for wrong in ("yesterday", "2026-02-30T00:00:00Z", "2026-01-02", "+", "1.2.3", ""):
        run("convert", source, "-w", out("x"), "--from", wrong, code=2)


@test
def convert_filters():
    source = file(pcap(THREE))
    expect(packets(convert(source, None, "tcp", "port", "80")), [SYN, HTTP])
    expect(packets(convert(source, None, "udp")), [UDP])
    expression = file(b"udp # and nothing else\n", "expression")
    expect(packets(convert(source, "-F", expression)), [UDP])
    result = run("convert", source, "-w", out("x"), "prot 80", code=2)
    expect_in("^", result.err, "the place that is wrong")
    expect(packets(convert(source, None, "ip6")), [], "an empty file")


@test
def convert_drops_duplicates():
    names = b"aabacadaea"
    source = file(at_times([(TIME + n * SECOND, b"header" + bytes([name]))
                            for n, name in enumerate(names)]))

    def left(*arguments):
        return b"".join(packet[6:] for packet in packets(convert(source, *arguments)))

    expect(left("--dedup", "1"), b"abacadaea")
    expect(left("--dedup", "2"), b"abcde")
    expect(left("--dedup-time", "1"), b"abacadaea")
    expect(left("--dedup-time", "2s"), b"abcde")
    expect(left("--dedup", "1", "--dedup-time", "500ms"), b"aabacadaea")
    expect(left("--dedup", "1000000"), b"abcde")
    heads = file(at_times([(TIME, b"1same"), (TIME, b"2same"), (TIME, b"3diff"), (TIME, b"4")]))
    expect(packets(convert(heads, "--dedup", "5", "--dedup-skip", "1")),
           [b"1same", b"3diff", b"4"])


@test
def convert_forgets_packets_that_are_too_long_ago():
    """Many different packets between equal ones, with a table that wraps around many times."""
    order = [n * n % 251 for n in range(5000)]
    source = file(at_times([(TIME, struct.pack("<I", n)) for n in order]))
    for window in (1, 3, 16, 17, 100, 300):
        expected = [n for at, n in enumerate(order) if n not in order[max(0, at - window):at]]
        found = [struct.unpack("<I", packet)[0]
                 for packet in packets(convert(source, "--dedup", str(window)))]
        expect(found, expected, f"window of {window}")


# Changes.


@test
def convert_shifts_times():
    source = file(pcap(THREE))
    before = times(source)
    expect(times(convert(source, "--shift", "3600")), [time + 3600 * SECOND for time in before])
    expect(times(convert(source, "--shift", "-1.5s")), [time - 1500000000 for time in before])
    expect(times(convert(source, "--shift", "+2h")), [time + 7200 * SECOND for time in before])
    expect(times(convert(source, "--start", "2020-01-01T00:00:00.5Z")),
           [time - TIME + 1577836800 * SECOND + SECOND // 2 for time in before])
    run("convert", source, "-w", out("x"), "--shift", "1", "--start", "5", code=2)
    run("convert", source, "-w", out("x"), "--start", "+5s", code=2)
    shifted = convert(file(rich(), "in.pcapng"), "--shift", "1s", name="x.pcapng")
    statistics = [body for kind, body in blocks(shifted) if kind == 5][0]
    high, low = struct.unpack_from("<II", statistics, 4)
    expect(high << 32 | low, TIME + SECOND, "the time of counters")
    expect(times(convert(shifted)), [TIME + n * SECOND for n in (1, 2, 3)])
    expect(comments(shifted), comments(file(rich(), "in.pcapng")), "what else packets have")


@test
def convert_cuts_packets_short():
    path = convert(file(pcap(THREE)), "-s", "20")
    expect([(packet, length) for _, packet, length in records(path)[0]],
           [(packet[:20], len(packet)) for packet in THREE])
    expect(struct.unpack_from("<I", data_of(path), 16)[0], 20, "announced snapshot length")


@test
def convert_takes_check_sequences_off():
    with_fcs = 1 | 1 << 26 | 2 << 28  # two times 16 bits of it
    source = file(pcap([HTTP + b"FCS!", (HTTP[:-2], len(HTTP) + 4)], with_fcs))
    expect(records(convert(source))[1], with_fcs, "kept unless asked for")
    path = convert(source, "--strip-fcs")
    expect(records(path)[1], 1)
    expect([(packet, length) for _, packet, length in records(path)[0]],
           [(HTTP, len(HTTP)), (HTTP[:-2], len(HTTP))])
    ng = convert(source, "--strip-fcs", name="x.pcapng")
    expect(packets(convert(ng)), [HTTP, HTTP[:-2]])


IP4 = ipv4(udp(b"hello"), 17)
IP6 = struct.pack(">IHBB", 6 << 28, 0, 59, 64) + bytes(15) + b"\1" + bytes(15) + b"\2"
ARP = ethernet(bytes.fromhex("0001080006040001020000000001 0a000001 000000000000 0a000002"), 0x806)


@test
def convert_strips_link_headers():
    tagged = ethernet(struct.pack(">HH", 7, 0x800) + IP4, 0x8100)
    source = file(pcap([ethernet(IP4), tagged, ethernet(IP6, 0x86DD), ethernet(IP4) + bytes(9)]))
    path = convert(source, "--link-type", "raw")
    expect(records(path)[1], 101)
    expect(packets(path), [IP4, IP4, IP6, IP4])
    expect(records(convert(source, "--link-type", "null"))[1], 0)
    expect(packets(convert(source, "--link-type", "null"))[::2],
           [struct.pack("<I", 2) + IP4, struct.pack("<I", 30) + IP6])
    expect(packets(convert(source, "--link-type", "loop"))[::2],
           [struct.pack(">I", 2) + IP4, struct.pack(">I", 24) + IP6])
    expect(packets(convert(file(pcap([ethernet(IP4)])), "--link-type", "ipv4")), [IP4])
    expect(packets(convert(file(pcap([ethernet(IP6, 0x86DD)])), "--link-type", "ipv6")), [IP6])
    path = out("x.pcapng")
    run("convert", source, "-w", path, "--link-type", "raw")
    expect(struct.unpack_from("<H", blocks(path)[1][1])[0], 101)


@test
def convert_says_what_has_no_place_in_a_link_type():
    source, path = file(pcap([ARP, HTTP])), out("x.pcap")
    done = subprocess.run([harness.TAPIR, "convert", source, "-w", path, "--link-type", "raw"],
                          capture_output=True, timeout=60, check=True)
    expect(done.stderr, b"tapir: 1 packet was left out that --link-type has no place for\n")
    expect(packets(path), [HTTP[14:]])


@test
def convert_makes_ethernet_headers():
    macs = bytes.fromhex("020000000001")
    sll = struct.pack(">HHH", 0, 1, 6) + macs + bytes(2) + struct.pack(">H", 0x800) + IP4
    sll2 = struct.pack(">HHIHBB", 0x86DD, 0, 3, 1, 1, 6) + macs + bytes(2) + IP6
    path = convert(file(pcap([sll], 113)), "--link-type", "ethernet")
    expect((packets(path), records(path)[1]), ([bytes(6) + macs + b"\x08\x00" + IP4], 1))
    path = convert(file(pcap([sll2], 276)), "--link-type", "ethernet")
    expect(packets(path), [b"\xff" * 6 + macs + b"\x86\xdd" + IP6], "a broadcast")
    path = convert(file(pcap([IP4, IP6], 101)), "--link-type", "ethernet", "--macs",
                   "02:00:00:00:00:0a,02-00-00-00-00-0b")
    head = bytes.fromhex("02000000000b 02000000000a")
    expect(packets(path), [head + b"\x08\x00" + IP4, head + b"\x86\xdd" + IP6])
    path = convert(file(pcap([struct.pack("<I", 2) + IP4], 0)), "--link-type", "ethernet")
    expect(packets(path), [bytes(12) + b"\x08\x00" + IP4])
    expect(packets(convert(file(pcap([sll2], 276)), "--link-type", "raw")), [IP6])
    run("convert", path, "-w", out("x"), "--link-type", "token-ring", code=2)
    run("convert", path, "-w", out("x"), "--macs", "1,2", "--link-type", "ethernet", code=2)
    run("convert", path, "-w", out("x"), "--macs", "02:00:00:00:00:0a,02:00:00:00:00:0b", code=2)


def anonymises():
    result = run("convert", file(pcap([UDP])), "-w", out("x"), "--anonymise", "key", code=None)
    if result.code:
        expect_in("Nettle", result.err)
        raise Skip("built without Nettle")


def checksums_hold(path):
    """Whether tapir finds no wrong checksum."""
    shown = run("decode", "-r", path, "--verify").out
    expect_not_in("incorrect", shown)
    expect_in("correct", shown)


@test
def convert_replaces_addresses():
    anonymises()
    source = file(pcap(THREE))
    path = convert(source, "--anonymise", "key")
    for packet in packets(path):
        expect_not_in(address("10.0.0.1"), packet)
        expect_not_in(bytes.fromhex("000000000001"), packet)
    checksums_hold(path)
    expect(data_of(convert(source, "--anonymise", "key")), data_of(path), "the same key")
    key = file(b"key\n", "key")
    expect(data_of(convert(source, "--key-file", key)), data_of(path), "the same from a file")
    other = convert(source, "--anonymise", "another")
    expect(packets(other)[0] == packets(path)[0], False, "another key")
    expect([packet[54:] for packet in packets(path)], [packet[54:] for packet in THREE])
    vendor = packets(convert(source, "--anonymise", "key", "--keep-oui"))[0]
    expect((vendor[:3], vendor[6:9]), (b"\2\0\0", b"\2\0\0"))


@test
def convert_blanks_or_cuts_payload():
    anonymises()
    source = file(pcap([HTTP, UDP]))
    zero = convert(source, "--anonymise", "key", "--payload", "zero")
    expect([packet[54:] for packet in packets(zero)], [bytes(18), b""])
    expect(packets(zero)[1][42:], bytes(5))
    checksums_hold(zero)
    cut = records(convert(source, "--anonymise", "key", "--payload", "cut"))[0]
    expect([(len(packet), length) for _, packet, length in cut],
           [(54, len(HTTP)), (42, len(UDP))])
    for wrong in (["--payload", "zero"], ["--keep-oui"], ["--anonymise", "a", "--key-file", "b"],
                  ["--anonymise", "a", "--payload", "burn"]):
        run("convert", source, "-w", out("x"), *wrong, code=2)


@test
def convert_leaves_out_what_may_tell_addresses():
    anonymises()
    path = convert(file(rich(), "in.pcapng"), "--anonymise", "key", name="x.pcapng")
    expect([kind for kind, _ in blocks(path)], [0x0A0D0D0A, 1, 6, 6, 6])
    for word in (b"host.lan", b"SECRET", b"first", b"of the", b"MESSAGE", b"nobody"):
        expect_not_in(word, data_of(path))
    expect_in(b"eth7", data_of(path))


@test
def convert_edits_comments():
    source = file(rich(), "in.pcapng")
    path = convert(source, "--comment", "2:now", "--comment", "1:", "--comment", "3:old",
                   "--comment", "3:new", name="x.pcapng")
    expect(comments(path), [None, "now", "new"])
    expect_in(b"of the section", data_of(path))
    expect_in(b"\x02abcd", data_of(path), "other options of the packet")
    for wrong in ("x", "0:a", ":a", "1"):
        run("convert", source, "-w", out("x"), "--comment", wrong, code=2)


@test
def convert_strips_comments_secrets_and_names():
    source = file(rich(), "in.pcapng")
    path = convert(source, "--strip", "comments", name="x.pcapng")
    for word in (b"first", b"second", b"of the section", b"of the interface"):
        expect_not_in(word, data_of(path))
    expect([kind for kind, _ in blocks(path)], [kind for kind, _ in blocks(source)])
    expect_in(b"\x02abcd", data_of(path), "other options of the packet")
    expect_in(b"a program", data_of(path))
    path = convert(source, "--strip", "secrets,names", name="x.pcapng")
    expect([kind for kind, _ in blocks(path)],
           [kind for kind, _ in blocks(source) if kind not in (4, 0x0A)])
    run("convert", source, "-w", out("x"), "--strip", "everything", code=2)


# Several inputs.


def letters(text, start=TIME):
    return file(at_times([(start + 2 * n * SECOND, letter.encode())
                          for n, letter in enumerate(text)]))


@test
def convert_merges_in_order_of_time():
    first, second = letters("ace"), letters("bdf", TIME + SECOND)
    expect(b"".join(packets(convert(first, second))), b"abcdef")
    expect(b"".join(packets(convert(second, "-r", first))), b"abcdef")
    expect(b"".join(packets(convert(first, second, "--concatenate"))), b"acebdf")
    expect(b"".join(packets(convert(first, second, "--packets", "2-4", "-c", "2"))), b"bc")


@test
def convert_announces_the_longest_packets_of_all():
    """The second of two files keeps more of each packet than the first."""
    first = bytearray(pcap([b"short"]))
    first[16:20] = struct.pack("<I", 96)
    path = out("x.pcap")
    with open(path, "wb") as handle:
        subprocess.run([harness.TAPIR, "convert", file(bytes(first)), file(pcap([HTTP])), "-w",
                        "-"], stdout=handle, timeout=60, check=True)
    expect(struct.unpack_from("<I", data_of(path), 16)[0], 262144)


@test
def convert_keeps_interfaces_apart_or_joins_them():
    first = file(pcapng([(0, SYN, b"a comment")], b"eth0"), "first.pcapng")
    second = file(pcapng([(0, HTTP, None)], b"eth1"), "second.pcapng")
    path = convert(first, second, first, name="x.pcapng")
    expect([kind for kind, _ in blocks(path)], [0x0A0D0D0A, 1, 1, 1, 6, 6, 6])
    expect([struct.unpack_from("<I", body)[0] for kind, body in blocks(path) if kind == 6],
           [0, 1, 2])
    expect(comments(path), ["a comment", None, "a comment"])
    path = convert(first, second, first, "--join-interfaces", name="x.pcapng")
    expect([struct.unpack_from("<I", body)[0] for kind, body in blocks(path) if kind == 6],
           [0, 1, 0])
    expect([kind for kind, _ in blocks(path)].count(1), 2)
    both = convert(file(pcap([SYN])), first, name="x")
    expect([kind for kind, _ in blocks(both)], [0x0A0D0D0A, 1, 1, 6, 6], "pcap and pcapng")


@test
def convert_merges_what_stands_beside_packets():
    first, second = file(rich(), "one.pcapng"), file(pcapng([(0, SYN, None)]), "two.pcapng")
    path = convert(second, first, name="x.pcapng")
    kinds = [kind for kind, _ in blocks(path)]
    for kind in (4, 5, 9, 0x0A, 0x0BAD, 0x7F):
        expect(kinds.count(kind), 1, f"blocks of type {kind:#x}")
    statistics = [body for kind, body in blocks(path) if kind == 5][0]
    expect(struct.unpack_from("<I", statistics)[0], 1, "the interface counted")


@test
def convert_refuses_to_mix_link_types_in_pcap():
    mixed = file(pcapng([(0, HTTP, None), (1, IP4, None)], link_types=(1, 101)), "mixed.pcapng")
    path = out("x.pcap")
    result = run("convert", mixed, "-w", path, code=1)
    expect_in("packet 2 has link type 101", result.err)
    expect(packets(path), [HTTP])
    expect(packets(convert(mixed, "--link-type", "raw")), [IP4.__class__(HTTP[14:]), IP4])
    expect(records(convert(mixed, "--packets", "2"))[1], 101, "the first that is written tells")


# Several outputs.


@test
def convert_splits_by_count_and_size():
    source = file(pcap(THREE))
    path = convert(source, "--split-count", "2")
    expect(beside(path), ["out.pcap", "out.pcap1"])
    expect([packets(path), packets(path + "1")], [[SYN, HTTP], [UDP]])
    path = convert(source, "--split-size", "50")
    expect(beside(path), ["out.pcap", "out.pcap1", "out.pcap2"])
    path = convert(file(rich(), "in.pcapng"), "--split-count", "1", name="x.pcapng")
    expect(beside(path), ["x.pcapng", "x.pcapng1", "x.pcapng2"])
    for part in beside(path):
        part = os.path.join(os.path.dirname(path), part)
        expect([kind for kind, _ in blocks(part)][:2], [0x0A0D0D0A, 1])
        expect([kind for kind, _ in blocks(part)].count(6), 1)
    for wrong in (["--split-size", "0"], ["--split-size", "5T"], ["--split-count", "x"],
                  ["--split-seconds", "0"], ["--split-count", "1", "--split-flow"]):
        run("convert", source, "-w", out("x"), *wrong, code=2)
    run("convert", source, "-w", "-", "--split-count", "1", code=2)


@test
def convert_splits_by_time():
    path = convert(letters("abcde"), "--split-seconds", "4")
    expect(beside(path), ["out_20260102030405.pcap", "out_20260102030409.pcap",
                          "out_20260102030413.pcap"])
    first = os.path.join(os.path.dirname(path), beside(path)[0])
    expect(packets(first), [b"a", b"b"])
    path = convert(letters("abc"), "--split-seconds", "4", name="at-%H-%M-%S.pcap")
    expect(beside(path), ["at-03-04-05.pcap", "at-03-04-09.pcap"])


def from_port(port, text, back=False):
    ends = (9, port) if back else (port, 9)
    hosts = ("10.0.0.2", "10.0.0.1") if back else ("10.0.0.1", "10.0.0.2")
    return ethernet(ipv4(udp(text, *ends), 17, *hosts))


@test
def convert_splits_by_flow_with_few_files_open():
    count = 40
    rounds = [[from_port(1000 + n, b"%d" % turn, turn % 2) for n in range(count)]
              for turn in range(4)]
    source = file(pcap(sum(rounds, []) + [ARP]))
    for name in ("x.pcap", "x.pcapng", "x.pcap.gz"):
        path = out(name)
        # Few descriptors, so that files have to be closed and gone on with.
        done = subprocess.run(
            ["sh", "-c", f"ulimit -n 80; exec {harness.TAPIR} convert {source} -w {path} "
             "--split-flow"], capture_output=True, text=True, timeout=60)
        expect((done.returncode, done.stderr), (0, ""))
        stem, suffix = name.split(".", 1)
        expect(beside(path), [f"{stem}-{n:06}.{suffix}" for n in range(1, count + 2)])
        for n, part in enumerate(beside(path)):
            part = convert(os.path.join(os.path.dirname(path), part), name="y.pcap")
            expect(packets(part), [ARP] if n == count else [turn[n] for turn in rounds], name)


# Trouble.


@test
def convert_keeps_what_stands_before_damage():
    whole = pcap(THREE)
    path = out("x.pcap")
    result = run("convert", file(whole[:-3]), "-w", path, code=1)
    expect_in("ends inside a packet record", result.err)
    expect(packets(path), [SYN, HTTP])
    result = run("convert", file(whole[:-3]), file(whole), "-w", path, code=1)
    expect(len(packets(path)), 5, "the rest of the others comes, too")
    source = file(rich()[:-9], "cut.pcapng")
    path = out("x.pcapng")
    run("convert", source, "-w", path, code=1)
    expect(data_of(source).startswith(data_of(path)), True)
    expect([kind for kind, _ in blocks(path)].count(6), 3)


@test
def convert_refuses_to_write_what_it_reads():
    source = file(pcap(THREE))
    before = data_of(source)
    link = out("link.pcap")
    os.symlink(source, link)
    for arguments in ([source, "-w", source], [source, "-w", link], [link, "-w", source],
                      [file(pcap(THREE)), "-r", source, "-w", source]):
        result = run("convert", *arguments, code=2)
        expect_in("is being read", result.err)
    numbered = source + "1"
    shutil.copy(source, numbered)
    expect_in("is being read", run("convert", numbered, "-w", source, "--split-count", "1",
                                   code=2).err)
    expect(data_of(source), before)


@test
def convert_says_what_is_missing():
    source = file(pcap(THREE))
    expect_in("-w FILE is needed", run("convert", source, code=2).err)
    expect_in("name what to read", run("convert", "-w", out("x"), code=2).err)
    expect_in("stands behind -w", run("convert", "-w", out("x"), source, code=2).err)
    expect_in("once", run("convert", source, "-w", "a", "-w", "b", code=2).err)
    expect_in("cannot open", run("convert", source + "?", "-w", out("x"), code=1).err)
    expect_in("is not a capture file", run("convert", file(b"text\n" * 9), "-w", out("x"),
                                           code=1).err)
    expect_in("exclude", run("convert", source, "-F", "f", "-w", out("x"), "udp", code=2).err)
    for wrong in (["--format", "erf"], ["--compress", "rar"], ["--compress", "gzip:x"],
                  ["--byte-order", "middle"], ["-c", "0"], ["-s", "x"], ["--dedup", "0"],
                  ["--dedup-time", "-1"], ["--dedup-skip", "4"], ["--shift", "x"]):
        result = run("convert", source, "-w", out("x"), *wrong, code=2)
        expect_in(wrong[0], result.err)
    path = out("nowhere") + "/x.pcap"
    expect_in(path, run("convert", source, "-w", path, code=1).err)


@test
def convert_warns_of_comments_that_pcap_cannot_hold():
    path = out("x.pcap")
    done = subprocess.run([harness.TAPIR, "convert", file(pcap(THREE)), "-w", path, "--comment",
                           "1:x"], capture_output=True, text=True, timeout=60, check=True)
    expect_in("has no comments", done.stderr)
    expect(packets(path), THREE)


@test
def convert_ends_quietly_when_nobody_reads_on():
    source = file(at_times([(TIME, bytes(60000))] * 50))
    done = subprocess.run(["sh", "-c", f"{harness.TAPIR} convert {source} -w - | head -c 1000"],
                          capture_output=True, timeout=60, check=True)
    expect((len(done.stdout), done.stderr), (1000, b""))


def convert_under(prepare, source, path):
    """What converting gives in a process that `prepare` was called in."""
    return subprocess.run([harness.TAPIR, "convert", source, "-w", path], capture_output=True,
                          text=True, timeout=120, preexec_fn=prepare, restore_signals=False)


def long_capture():
    """Some buffers' worth of packets that all differ."""
    return pcap([HTTP + struct.pack(">I", n) * 200 for n in range(4000)])


@test
def convert_writes_the_same_with_one_processor():
    source = file(long_capture())
    one = {min(os.sched_getaffinity(0))}
    for name in ("x.pcap", "x.pcapng", "x.pcap.gz"):
        paths = [out(name), out(name)]
        for path, prepare in zip(paths, (None, lambda: os.sched_setaffinity(0, one))):
            done = convert_under(prepare, source, path)
            expect((done.returncode, done.stderr), (0, ""))
        # Compressed bytes may differ, which come from buffers of different sizes.
        datas = [gzip.decompress(data_of(path)) if name.endswith(".gz") else data_of(path)
                 for path in paths]
        expect(datas[0] == datas[1], True, name)
        expect(data_of(convert(paths[0], "--format", "pcap-ns")) == data_of(source), True, name)


@test
def convert_to_a_full_disk_keeps_whole_packets():
    source, path = file(long_capture()), out("x.pcap")
    limit = 2_000_000
    done = convert_under(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)), source,
                         path)
    expect(done.returncode, 1)
    kept = packets(path)
    expect(kept, packets(source)[:len(kept)])
    expect(len(kept), (limit - 24) // (16 + len(HTTP) + 800))
    expect(done.stderr, f"tapir: {path}: File too large; kept {len(kept)} packets, "
           f"{os.path.getsize(path)} bytes\n")


@test
def convert_writes_an_empty_file_for_no_packets():
    expect(records(convert(file(pcap([], 113)))), ([], 113))
    path = convert(file(pcap([], 113)), name="x.pcapng")
    expect([kind for kind, _ in blocks(path)], [0x0A0D0D0A, 1])
    expect(stat.S_ISREG(os.stat(path).st_mode), True)
