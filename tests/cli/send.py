"""tapir send without a wire: what it would send, written to a file; rules and tags; what is wrong usage. What
comes out of an interface is looked at by tests/live/send.py."""

import os
import struct

import harness
from harness import HTTP, SYN, UDP, checksum, ethernet, expect, expect_in, file, ipv4, pcap, run, tcp, test, udp


def written(*words, packets=None, link_type=1, name="sent.pcap", **options):
    """The frames that would be sent."""
    path = os.path.join(harness.SCRATCH, name)
    inputs = [file(pcap(packets, link_type))] if packets else []
    run("send", "-w", path, *words, *inputs, **options)
    with open(path, "rb") as handle:
        data = handle.read()
    frames, at = [], 24
    while at < len(data):
        caplen, = struct.unpack_from("<I", data, at + 8)
        frames.append(data[at + 16:at + 16 + caplen])
        at += 16 + caplen
    return frames


def wrong(message, *words, code=2):
    result = run("send", *words, code=code)
    expect(result.out, "")
    expect_in(message, result.err)


def rewritten(rules, *packets):
    return written("--rewrite", rules, packets=packets)


@test
def send_writes_what_it_would_send():
    expect(written(packets=[SYN, HTTP, UDP]), [SYN, HTTP, UDP])
    expect(written("--loop", "2", packets=[SYN, UDP]), [SYN, UDP] * 2)
    expect(written("--loop", "2", "--preload", packets=[SYN, UDP]), [SYN, UDP] * 2)
    expect(written("--loop", "0", "-c", "5", packets=[SYN, UDP]), [SYN, UDP, SYN, UDP, SYN])
    expect(written("--filter", "udp", packets=[SYN, UDP]), [UDP])


@test
def send_reads_standard_input_once_and_sends_it_again():
    expect(written("--loop", "3", "-", stdin=pcap([SYN])), [SYN] * 3)


@test
def send_sends_what_stands_before_the_damage_once():
    damaged = pcap([SYN, HTTP, UDP])[:-3]
    for words in ((), ("--loop", "3"), ("--preload",), ("--loop", "2", "--preload")):
        expect(written(*words, file(damaged), code=1), [SYN, HTTP], words)


@test
def send_makes_packets_from_text():
    frames = written("--craft", 'eth/ip/udp(dport=[7,9])/"x"', packets=[SYN])
    expect(len(frames), 3)
    expect([frame[36:38] for frame in frames[:2]], [b"\0\7", b"\0\x09"])
    expect(frames[2], SYN)
    result = run("send", "-w", os.path.join(harness.SCRATCH, "no"), "--craft", "eth/ipp", code=2)
    expect_in("^", result.err)


@test
def send_leaves_out_cut_packets_unless_told_otherwise():
    cut = (UDP[:30], len(UDP))
    expect(written(packets=[SYN, cut]), [SYN])
    expect(written("--truncated", "send", packets=[SYN, cut]), [SYN, UDP[:30]])
    for words in (("--pad",), ("--truncated", "pad")):
        expect(written(*words, packets=[SYN, cut]), [SYN, UDP[:30] + bytes(len(UDP) - 30)])


@test
def send_leaves_a_check_sequence_at_home():
    data = pcap([UDP + b"\xde\xad\xbe\xef", (UDP, len(UDP) + 4)], 1 | 0x04000000 | 2 << 28)
    expect(written("-", stdin=data), [UDP, UDP])


@test
def rules_change_addresses_ports_and_numbers_and_their_checksums():
    moved = ethernet(ipv4(udp(b"hello"), 17, src="192.168.0.1"))
    ip = ipv4(b"", 17, src="192.168.0.1", length=20 + 13)
    total = checksum(harness.pseudo(17, 13, src="192.168.0.1") + struct.pack(">HHHH", 40000, 9, 13, 0) + b"hello")
    expect(rewritten("ip.src=10.0.0.0/8>192.168.0.0/16", UDP),
           [UDP[:14] + ip + struct.pack(">HHHH", 40000, 9, 13, total) + b"hello"])
    expect(len(moved), len(UDP))
    expect(rewritten("eth.dst=aa:bb:cc:dd:ee:ff", UDP), [bytes.fromhex("aabbccddeeff") + UDP[6:]])
    expect(rewritten("eth.addr=02:00:00:00:00:00/24>06:01:02:00:00:00/24", UDP),
           [bytes.fromhex("060102000002 060102000001") + UDP[12:]])
    expect(rewritten("tcp.dstport=80>8080", HTTP), [ethernet(ipv4(tcp(b"GET / HTTP/1.1\r\n\r\n", dst=8080), 6))])
    expect(rewritten("tcp.port=81>8080", HTTP), [HTTP])
    changed, = rewritten("ip.ttl=1,ip.flags=0", HTTP)
    expect((changed[22], changed[20], checksum(changed[14:34])), (1, 0, 0))
    # A checksum given is the one that is sent.
    expect(rewritten("tcp.checksum=0xdead", HTTP)[0][50:52], b"\xde\xad")


@test
def a_wrong_checksum_stays_as_wrong():
    changed, = rewritten("ip.ttl=63", harness.BAD_CHECKSUM)
    expect(changed[24:26], struct.pack(">H", 0xdead + 0x100))


@test
def the_first_rule_that_matches_is_it():
    back = HTTP[:26] + HTTP[30:34] + HTTP[26:30] + HTTP[34:]
    expect(rewritten("ip.addr=10.0.0.1>10.0.0.2,ip.addr=10.0.0.2>10.0.0.1", HTTP), [back])
    expect(rewritten("ip.src=10.0.0.1>10.0.0.1,ip.src=1.2.3.4", HTTP), [HTTP])


@test
def a_rule_without_a_condition_is_for_the_outermost_header():
    inner = ipv4(udp(b"in"), 17, src="10.0.0.9")
    outer = ethernet(ipv4(inner, 4))
    expect(rewritten("ip.src=1.1.1.1", outer)[0][34:], inner)
    changed, = rewritten("ip.src=10.0.0.0/24>11.0.0.0/24", outer)
    expect((changed[26:30], changed[46:50]), (bytes([11, 0, 0, 1]), bytes([11, 0, 0, 9])))


@test
def a_cut_header_stays_as_it_is():
    expect(written("--truncated", "send", "--rewrite", "ip.src=1.1.1.1", packets=[(UDP[:25], len(UDP))]), [UDP[:25]])


@test
def tags_are_pushed_set_and_popped():
    tagged = UDP[:12] + bytes.fromhex("8100 a02a") + UDP[12:]
    service = UDP[:12] + bytes.fromhex("88a8 0007") + tagged[12:]
    expect(written("--vlan", "push:42:5", packets=[UDP]), [tagged])
    expect(written("--vlan", "push:42:5", "--vlan", "push:7:0:0x88a8", packets=[UDP]), [service])
    expect(written("--vlan", "pop", packets=[service, tagged, UDP]), [tagged, UDP, UDP])
    expect(written("--vlan", "set:43", packets=[tagged, UDP]), [UDP[:12] + bytes.fromhex("8100 a02b") + UDP[12:], UDP])
    expect(written("--vlan", "set:43:1", packets=[tagged]), [UDP[:12] + bytes.fromhex("8100 202b") + UDP[12:]])
    expect(written("--rewrite", "vlan.id=42>9", packets=[tagged]), [UDP[:12] + bytes.fromhex("8100 a009") + UDP[12:]])
    # No tag where there is no Ethernet.
    raw = UDP[14:]
    expect(written("--vlan", "push:42", packets=[raw], link_type=101), [raw])


@test
def send_says_what_is_wrong_with_its_options():
    path = file(pcap([UDP]))
    wrong("name an interface", path)
    wrong("what is to be sent?", "-i", "lo")
    wrong("leave -i out", "-i", "lo", "-w", "x", path)
    wrong("one of --speed, --pps, --rate and --top", "-i", "lo", "--top", "--pps", "5", path)
    wrong("--pps: 'x' is not a rate", "-i", "lo", "--pps", "x", path)
    wrong("--rate: '5T' is not a rate", "-i", "lo", "--rate", "5T", path)
    wrong("--speed: '0' is not a number", "-i", "lo", "--speed", "0", path)
    wrong("--method: 'raw' is not one of pcap, afpacket and afxdp", "-i", "lo", "--method", "raw", path)
    wrong("--truncated: 'cut' is not one of", "-i", "lo", "--truncated", "cut", path)
    wrong("--loop 0 into a file would never end", "-w", "x", "--loop", "0", path)
    wrong("is read and written", "-w", path, path)
    wrong("is --rate here", "-M", "10", path)
    wrong("--rewrite 'ip.src' is not FIELD=VALUE", "-i", "lo", "--rewrite", "ip.src", path)
    wrong("'ip.scr' is no field of a fixed place in a header; did you mean ip.src", "-i", "lo", "--rewrite",
          "ip.scr=1.2.3.4", path)
    wrong("'1.2.3' is no value for ip.src", "-i", "lo", "--rewrite", "ip.src=1.2.3", path)
    wrong("'1.2.3.4/33' is no value", "-i", "lo", "--rewrite", "ip.src=1.2.3.4/33", path)
    wrong("'70000' is no value for tcp.dstport", "-i", "lo", "--rewrite", "tcp.dstport=70000", path)
    wrong("--vlan 'push:5000' is none of", "-i", "lo", "--vlan", "push:5000", path)
    wrong("--vlan 'pop:1' is none of", "-i", "lo", "--vlan", "pop:1", path)
    wrong("--vlan 'push' is none of", "-i", "lo", "--vlan", "push", path)


@test
def send_says_what_cannot_be_sent():
    path = file(pcap([UDP]))
    wrong("nope0: there is no such interface", "-i", "nope0", path, code=1)
    wrong("any: frames are sent on one interface", "-i", "any", path, code=1)
    wrong("no-such-file", "-w", os.path.join(harness.SCRATCH, "o"), "no-such-file", code=1)
    wrong("^", "-w", os.path.join(harness.SCRATCH, "o"), "--filter", "udp an", path)
