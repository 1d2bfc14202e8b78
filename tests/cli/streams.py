"""tapir streams: connections listed, shown and extracted, from captures that tapir craft made."""

import gzip
import json
import os
import subprocess

import harness
from harness import expect, expect_in, expect_match, expect_not_in, file, on_terminal, pcap, test

HOUR = "2026-01-02T03:04:05"
CLIENT, SERVER = "src=10.0.0.1,dst=10.0.0.2", "src=10.0.0.2,dst=10.0.0.1"
REQUEST = b"GET /a?b HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


def streams(*arguments, code=0, stdin=b"", text=True, **settings):
    """Runs tapir streams, which says at its end what there was, and checks its exit code."""
    done = subprocess.run([harness.TAPIR, "streams", *arguments], input=stdin, capture_output=True,
                          timeout=60, env=harness.environment(), **settings)
    out = done.stdout.decode() if text else done.stdout
    result = harness.Result(done.returncode, out, done.stderr.decode())
    expect(result.code, code, f"exit code of streams {arguments}: {result.err}")
    return result


def out(name):
    directory = os.path.join(harness.SCRATCH, f"streams{len(os.listdir(harness.SCRATCH))}")
    os.mkdir(directory)
    return os.path.join(directory, name)


def craft(*packets, interval="1ms", name="made.pcap", options=()):
    """A capture of these packets, texts for tapir craft."""
    path = out(name)
    texts = [word for packet in packets for word in (packet if isinstance(packet, list) else [packet])]
    harness.run("craft", "-w", path, "--time", HOUR + "Z", "--interval", interval, *options, *texts)
    return path


def segment(way, flags, seq, ack, payload=b"", port=40000, server=80, ip="", more=""):
    ports = f"sport={port},dport={server}" if way == ">" else f"sport={server},dport={port}"
    text = (f"eth/ip({CLIENT if way == '>' else SERVER}{ip})/tcp({ports},flags={flags},seq={seq},"
            f"ack={ack}{more})")
    return text + (f"/0x{payload.hex()}" if payload else "")


def opening(port=40000, server=80, seq=1000, ack=5000):
    return [segment(">", "syn", seq, 0, port=port, server=server),
            segment("<", "syn+ack", ack, seq + 1, port=port, server=server),
            segment(">", "ack", seq + 1, ack + 1, port=port, server=server)]


def closing(seq, ack, port=40000, server=80):
    return [segment(">", "fin+ack", seq, ack, port=port, server=server),
            segment("<", "fin+ack", ack, seq + 1, port=port, server=server),
            segment(">", "ack", seq + 1, ack + 1, port=port, server=server)]


def conversation(sent, answered, port=40000, server=80, first=1000):
    """A whole connection: a request, its acknowledgment, an answer, the end."""
    seq, ack = first + 1 + len(sent), 5001 + len(answered)
    return [*opening(port, server, first), segment(">", "psh+ack", first + 1, 5001, sent, port, server),
            segment("<", "psh+ack", 5001, seq, answered, port, server), *closing(seq, ack, port, server)]


def response(body, *fields):
    head = b"".join(b"%s\r\n" % field for field in fields)
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


def objects(*arguments, **options):
    return [json.loads(line) for line in streams("-T", "json", *arguments, **options).lines()]


@test
def connections_are_listed_in_columns():
    path = craft(conversation(REQUEST, response(b"hello")), opening(40001, 22))
    result = streams("-r", path)
    expect(result.lines(), [
        "id  start                        duration  client          server       state        packets  back  "
        "bytes  back  retrans  reorder  gaps       rtt  protocol",
        " 0  2026-01-02T03:04:05.000000Z  0.007000  10.0.0.1:40000  10.0.0.2:80  closed             5     3  "
        "   45    43        0        0     0  0.002000  http",
        " 1  2026-01-02T03:04:05.008000Z  0.002000  10.0.0.1:40001  10.0.0.2:22  established        2     1  "
        "    0     0        0        0     0  0.002000  ssh"])
    expect(result.err, "2 connections, 11 packets, 11 of TCP\n")
    expect(streams("-q", "-r", path).err, "")
    lines = streams("-r", path, "--wide").lines()
    expect(lines[0].split()[-5:], ["missing", "conflicts", "end", "community", "id"])
    expect_match(r"  0 +0  fin +1:[A-Za-z0-9+/]{27}=$", lines[1])


@test
def columns_are_as_wide_as_what_stands_in_them():
    address = "ipv6(src=2001:db8::1,dst=2001:db8:0:0:1:2:3:4)"
    path = craft(f"eth/{address}/tcp(sport=1,dport=443,flags=syn)", opening())
    lines = streams("-r", path).lines()
    expect_in("  [2001:db8::1]:1  [2001:db8::1:2:3:4]:443  opening  ", lines[1])
    place = lines[0].index("state")
    expect([line[place - 2 : place + 4] for line in lines[1:]], ["  open", "  esta"])


@test
def json_has_an_object_for_each_connection():
    first, second = objects("-r", craft(conversation(REQUEST, response(b"hello")), opening(40001, 22)))
    expect(first["id"], 0)
    expect([first[name] for name in ("src", "sport", "dst", "dport")], ["10.0.0.1", 40000, "10.0.0.2", 80])
    expect(first["start"], HOUR + ".000000000Z")
    expect(first["end"], HOUR + ".007000000Z")
    expect([first["state"], first["reason"], first["protocol"]], ["closed", "fin", "http"])
    expect([first["handshake_rtt"], first["synack_rtt"]], ["0.002000000", "0.001000000"])
    expect_match(r"^1:[A-Za-z0-9+/]{27}=$", first["community_id"])
    for way, packets, count in (("forward", 5, 45), ("backward", 3, 43)):
        expect({name: first[way][name] for name in ("packets", "bytes", "retransmitted", "out_of_order",
                                                   "overlap_conflicts", "gap_bytes")},
               {"packets": packets, "bytes": count, "retransmitted": 0, "out_of_order": 0,
                "overlap_conflicts": 0, "gap_bytes": 0}, way)
    expect([second["state"], second["reason"]], ["established", "finished"])


@test
def what_went_wrong_is_counted():
    path = craft(opening(), segment(">", "ack", 1001, 5001, b"aaaa"), segment(">", "ack", 1001, 5001, b"aaaa"),
                 segment(">", "ack", 1009, 5001, b"cccc"), segment(">", "ack", 1005, 5001, b"bbbb"),
                 segment("<", "ack", 5011, 1013, b"zz"))
    one, = objects("-r", path)
    expect([one["forward"][name] for name in ("bytes", "retransmitted", "out_of_order", "gap_bytes")],
           [12, 1, 1, 0])
    expect([one["backward"][name] for name in ("bytes", "gaps", "gap_bytes")], [2, 1, 10])
    expect_in("1 gap of 10 bytes", streams("-r", path).err)


@test
def protocols_are_not_guessed_across_gaps():
    def protocol(seq):
        path = craft(opening(server=9999), segment(">", "ack", 1001, 5001, b"GE", server=9999),
                     segment(">", "ack", seq, 5001, b"T / HTTP/1.1\r\n\r\n", server=9999))
        return objects("-r", path)[0]["protocol"]
    expect([protocol(1003), protocol(1013)], ["http", None])


@test
def lists_are_sorted_by_any_column():
    path = craft(opening(5, 80), conversation(b"a" * 9, b"b", 3, 22), opening(4, 443))
    def ports(*options):
        return [line.split()[3].split(":")[1] for line in streams("-r", path, *options).lines()[1:]]
    expect(ports(), ["5", "3", "4"])
    for key, order in (("start", "534"), ("id", "534"), ("client", "345"), ("server", "354"),
                       ("bytes", "354"), ("packets", "354"), ("duration", "354"), ("gaps", "534"),
                       ("rtt", "534"), ("retransmitted", "534"), ("out-of-order", "534")):
        expect("".join(ports("--sort", key)), order, key)
        expect("".join(ports("--sort", key, "--reverse")), order[::-1], key)
    expect([one["sport"] for one in objects("-r", path, "--sort", "bytes")], [3, 5, 4])


@test
def both_sides_are_followed_as_wireshark_shows_them():
    path = craft(conversation(b"ask\x1b[31m\r\n", b"say\r\n\x00\xff"), opening(9))
    line = "=" * 67
    head = [f"Follow: tcp,ascii", "Filter: tcp.stream eq 0", "Node 0: 10.0.0.1:40000", "Node 1: 10.0.0.2:80"]
    expect(streams("-r", path, "--follow", "0").lines(),
           ["", line, *head, "10", "ask.[31m", "", "\t7", "say", "..", line])
    head[0] = "Follow: tcp,hex"
    expect(streams("-r", path, "--follow", "0", "--as", "hex").lines(), [
        "", line, *head, "00000000  61 73 6b 1b 5b 33 31 6d  0d 0a                    ask.[31m ..",
        "\t00000000  73 61 79 0d 0a 00 ff                              say....", line])
    for way, expected in (("forward", b"ask\x1b[31m\r\n"), ("backward", b"say\r\n\x00\xff"),
                          ("both", b"ask\x1b[31m\r\nsay\r\n\x00\xff")):
        expect(streams("-r", path, "--follow", "0", "--as", "raw", "--way", way, text=False).out, expected)
    expect_in("say", streams("-r", path, "--follow", "all").out)
    expect([one["id"] for one in objects("-r", path, "--follow", "1")], [1])


@test
def what_is_missing_is_said_when_following():
    path = craft(opening(), segment(">", "ack", 1011, 5001, b"later"))
    expect_in("\n[10 bytes missing in capture file]\n5\nlater\n", streams("-r", path, "--follow", "0").out)


@test
def several_connections_are_followed_in_turn():
    path = craft(opening(1), opening(2), segment(">", "ack", 1001, 5001, b"a", 1),
                 segment(">", "ack", 1001, 5001, b"b", 2), segment(">", "ack", 1002, 5001, b"c", 1))
    out = streams("-r", path, "--follow", "0", "--follow", "1").out
    expect([line for line in out.splitlines() if line.startswith("Filter") or line in "abc" and line],
           ["Filter: tcp.stream eq 0", "a", "Filter: tcp.stream eq 1", "b", "Filter: tcp.stream eq 0", "c"])


@test
def sides_have_colours_on_a_terminal_only():
    path = craft(conversation(b"ask", b"say"))
    arguments = ("streams", "-q", "-r", path, "--follow", "0")
    shown = on_terminal(*arguments)
    expect_in("\033[31m3\r\nask", shown)
    expect_in("\033[34m\t3\r\nsay", shown)
    expect_not_in("\033", on_terminal(*arguments, NO_COLOR="1"))
    expect_not_in("\033", on_terminal(*arguments, "--color", "never"))
    expect_in("\033[31m", streams(*arguments[1:], "--color", "always").out)
    expect_in("--as raw is not for a terminal", on_terminal(*arguments, "--as", "raw"))


@test
def connections_that_are_not_there_are_named():
    path = craft(opening())
    result = streams("-r", path, "--follow", "3", "--follow", "0", code=1)
    expect_in("tapir: no connection 3; there is 1\n", result.err)


@test
def streams_are_extracted_to_files_as_tcpflow_names_them():
    path = craft(conversation(b"ask", b"say"), conversation(b"ask again", b"", first=900000))
    to = out("files")
    streams("-r", path, "--extract", to)
    def held():
        return {name: open(os.path.join(to, name), "rb").read() for name in sorted(os.listdir(to))}
    there, back = "010.000.000.001.40000-010.000.000.002.00080", "010.000.000.002.00080-010.000.000.001.40000"
    first = {there: b"ask", back: b"say", there + "c1": b"ask again"}
    expect(held(), first)
    # Nothing is written over.
    streams("-r", path, "--extract", to)
    expect(held(), {**first, there + "c2": b"ask", back + "c2": b"say", there + "c3": b"ask again"})
    to = out("files")
    streams("-r", path, "--extract", to, "--way", "backward", "--follow", "0")
    expect(held(), {back: b"say"})


@test
def extracted_files_follow_no_links_and_leave_no_directory():
    path, victim = craft(conversation(b"ask", b"say")), out("victim")
    there, back = "010.000.000.001.40000-010.000.000.002.00080", "010.000.000.002.00080-010.000.000.001.40000"
    for taken in (there, back):
        to = out("files")
        os.mkdir(to)
        os.symlink(victim, os.path.join(to, taken))
        streams("-r", path, "--extract", to)
        expect(os.path.lexists(victim), False)
        # Both of a connection have the same number.
        expect(sorted(os.listdir(to)), sorted([taken, there + "c1", back + "c1"]))
        expect(open(os.path.join(to, there + "c1"), "rb").read(), b"ask")


@test
def addresses_of_ipv6_are_written_in_full():
    ip = "ipv6(src=2001:db8::1,dst=fe80::2)"
    path = craft(f"eth/{ip}/tcp(sport=1,dport=443,flags=syn,seq=1)",
                 f'eth/{ip}/tcp(sport=1,dport=443,flags=ack,seq=2,ack=1)/"x"')
    to = out("files")
    streams("-r", path, "--extract", to)
    expect(os.listdir(to), ["2001:0db8:0000:0000:0000:0000:0000:0001.00001-"
                            "fe80:0000:0000:0000:0000:0000:0000:0002.00443"])


def limited(limit, *arguments):
    """The exit code and messages of a run whose shell has set a limit."""
    done = subprocess.run(["sh", "-c", limit + '; exec "$@"', "sh", harness.TAPIR, "streams", "-q", *arguments],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, env=harness.environment())
    return done.returncode, done.stderr.decode()


@test
def more_files_than_may_be_open_are_written_at_a_time():
    ports = range(1, 201)
    packets = [part for port in ports for part in opening(port)]
    for turn in range(3):
        packets += [segment(">", "ack", 1001 + turn, 5001, b"%d" % turn, port) for port in ports]
    path = craft(packets)
    for limit in (1000, 100, 20):
        to = out("files")
        expect(limited(f"ulimit -n {limit}", "-r", path, "--extract", to), (0, ""))
        expect({open(os.path.join(to, name)).read() for name in os.listdir(to)}, {"012"})
        expect(len(os.listdir(to)), len(ports))


@test
def what_is_held_back_and_cannot_be_written_is_complained_of_once():
    packets = [part for port in (1, 2) for part in opening(port) + [segment(">", "ack", 1001, 5001, b"x" * 99, port)]]
    for more in ([], [segment(">", "ack", 1100, 5001, b"y" * 20000, 1)]):
        code, said = limited("trap '' XFSZ; ulimit -f 0", "-r", craft(packets + more), "--extract", out("files"))
        expect((code, said.count("File too large"), said.count("\n")), (1, 1, 1), said)


@test
def gaps_are_holes_or_nothing_in_files():
    path = craft(opening(), segment(">", "ack", 1001, 5001, b"ab"), segment(">", "ack", 1006, 5001, b"cd"))
    for options, expected in (((), b"ab\0\0\0cd"), (("--gaps", "zero"), b"ab\0\0\0cd"), (("--gaps", "skip"), b"abcd")):
        to = out("files")
        streams("-r", path, "--extract", to, *options)
        name, = os.listdir(to)
        expect(open(os.path.join(to, name), "rb").read(), expected, options)


@test
def files_that_cannot_be_written_are_complained_of():
    path = craft(conversation(b"ask", b"say"))
    expect_in("/dev/null: ", streams("-r", path, "--extract", "/dev/null", code=1).err)
    expect_in("cannot make the directory", streams("-r", path, "--extract", "/dev/null/x", code=1).err)


@test
def exchanges_of_http_have_a_line_each():
    path = craft(conversation(REQUEST, response(b"hello", b"Content-Type: text/html; charset=utf-8")))
    expect(streams("-r", path, "--http").out,
           "2026-01-02T03:04:05.003000Z 10.0.0.1:40000 GET http://www.example.test/a?b 200 text/html 5 0.001000\n")
    one, = objects("-r", path, "--http")
    expect([one[name] for name in ("id", "number", "method", "url", "status", "type", "size", "latency", "complete")],
           [0, 0, "GET", "http://www.example.test/a?b", 200, "text/html", 5, "0.001000000", True])
    expect([one["request"]["version"], one["response"]["content_type"]], ["1.1", "text/html; charset=utf-8"])


@test
def exchanges_that_are_not_whole_say_so():
    path = craft(opening(), segment(">", "ack", 1001, 5001, REQUEST))
    expect_match(r" GET http://www\.example\.test/a\?b - - 0 - incomplete\n$", streams("-r", path, "--http").out)
    one, = objects("-r", path, "--http")
    expect([one["status"], one["latency"], one["response"], one["complete"]], [0, None, None, False])


@test
def who_asks_is_the_client_even_when_the_answer_was_seen_first():
    path = craft(segment("<", "ack", 5001, 1001, response(b"one")), segment(">", "ack", 1001, 5046, REQUEST),
                 segment("<", "ack", 5042, 1046, response(b"two")))
    one, two = objects("-r", path, "--http")
    expect([[each["src"], each["status"]] for each in (one, two)], [["10.0.0.1", 200]] * 2)
    expect([one["method"], two["method"]], ["", "GET"])


@test
def more_http_than_is_read_at_a_time_is_shown_all_the_same():
    count = 4200
    path = craft("eth/ip(src=10.0.0.1,dst=10.0.0.2)/tcp(sport=1-%d,dport=80,flags=syn,seq=1)" % count,
                 "eth/ip(src=10.0.0.1,dst=10.0.0.2)/tcp(sport=1-%d,dport=80,flags=ack,seq=2)/0x%s" % (
                     count, REQUEST.hex()))
    result = streams("-r", path, "--http")
    expect(len(result.lines()), count)
    expect_in("HTTP on more than 4096 connections at a time", result.err)


@test
def lines_of_http_are_safe_for_a_terminal():
    request = b"GET /\x1b[2J\xff HTTP/1.1\r\nHost: a\x07b\r\n\r\n"
    out = streams("-r", craft(conversation(request, response(b""))), "--http").out
    expect(all(c >= " " or c == "\n" for c in out), True, repr(out))
    expect(out.count("\n"), 1)


@test
def contents_of_http_are_extracted_decoded_and_named_safely():
    body = b"hello " * 100
    path = craft(
        conversation(b"GET /../../etc/passwd?x=1 HTTP/1.1\r\nHost: a/../b\r\n\r\n",
                     response(gzip.compress(body, mtime=0), b"Content-Encoding: gzip")),
        conversation(b"POST /form HTTP/1.1\r\nHost: c\r\nContent-Length: 3\r\n\r\nx=1", response(b"done"), 40001))
    to = out("files")
    objects("-r", path, "--http", "--extract", to)
    expect({name: open(os.path.join(to, name), "rb").read() for name in os.listdir(to)},
           {"0.0-a_.._b-.._.._etc_passwd": body, "1.0-request-c-form": b"x=1", "1.0-c-form": b"done"})
    expect([one["response"]["file"] for one in objects("-r", path, "--http", "--extract", out("again"))],
           ["0.0-a_.._b-.._.._etc_passwd", "1.0-c-form"])


@test
def packets_of_chosen_connections_are_written():
    path = craft(conversation(b"ask", b"say"), opening(9), conversation(b"a", b"b", 7))
    to = out("some.pcap")
    streams("-r", path, "--follow", "1", "-w", to)
    lines = harness.run("decode", "-r", to, "-e", "tcp.srcport", "-e", "tcp.dstport").lines()
    expect(lines, ["9\t80", "80\t9", "9\t80"])
    streams("-r", path, "--follow", "1", "--way", "backward", "-w", to)
    expect(len(harness.run("decode", "-r", to, "-T", "hex").lines()), 1)
    expect_in("is being read", streams("-r", path, "-w", path, code=2).err)


@test
def fragments_are_put_together_first():
    payload = bytes(range(48))
    first, second = payload[:28], payload[28:]
    head = bytes.fromhex("9c400050 000003e9 00001389 50101000 00000000".replace(" ", ""))
    ip = "ip(src=10.0.0.1,dst=10.0.0.2,id=7,proto=6"
    path = craft(opening(), f"eth/{ip},flags=mf)/0x{(head + first).hex()}",
                 f"eth/{ip},frag_offset={(20 + len(first)) // 8})/0x{second.hex()}")
    one, = objects("-r", path)
    expect(one["forward"]["bytes"], len(payload))
    expect_in("1 datagram put together", streams("-r", path).err)
    one, = objects("-r", path, "--no-defragment")
    expect(one["forward"]["bytes"], 0)
    expect_in("2 fragments left out", streams("-r", path, "--no-defragment").err)


@test
def options_of_reassembly_change_what_comes_of_it():
    twice = [opening(), segment(">", "ack", 1005, 5001, b"OLD"), segment(">", "ack", 1005, 5001, b"NEW"),
             segment(">", "ack", 1001, 5001, b"abcd")]
    path = craft(*twice)
    def said(*options):
        return streams("-r", path, "--follow", "0", "--as", "raw", *options, text=False).out
    expect(said(), b"abcdOLD")
    expect(said("--overlap", "last"), b"abcdNEW")
    expect(objects("-r", path)[0]["forward"]["overlap_conflicts"], 1)
    path = craft(segment(">", "ack", 1, 1, b"x"), opening(9))
    expect(len(objects("-r", path)), 2)
    expect([one["sport"] for one in objects("-r", path, "--need-syn")], [9])
    path = craft(opening(), segment(">", "ack", 1001, 5001, b"wrong", more=",checksum=1"),
                 segment(">", "ack", 1001, 5001, b"right"))
    expect(said(), b"wrong")
    expect(said("--check"), b"right")
    expect_in("1 wrong checksum", streams("-r", path, "--check").err)


@test
def filters_choose_packets():
    path = craft(conversation(b"ask", b"say"), opening(9, 22))
    expect([one["dport"] for one in objects("-r", path, "port", "22")], [22])
    expect(streams("-r", path, "-c", "3").err, "1 connection, 3 packets, 3 of TCP\n")
    expect_in("syntax error", streams("-r", path, "port", "and", code=2).err)


@test
def damaged_files_are_shown_up_to_the_damage():
    path = craft(opening(), segment(">", "ack", 1001, 5001, b"x"))
    with open(path, "rb") as whole:
        data = whole.read()[:-20]
    result = streams("-r", file(data), code=1)
    expect(len(result.lines()), 2)
    expect_in("the file ends inside a packet record", result.err)
    expect_in("no-such-file", streams("-r", "no-such-file", code=1).err)
    expect(streams("-r", "-", stdin=data, code=1).lines(), result.lines())


@test
def captures_without_connections_are_fine():
    result = streams("-r", file(pcap([harness.UDP])))
    expect([result.out, result.err], ["", "0 connections, 1 packet, 0 of TCP\n"])
    expect(objects("-r", file(pcap([]))), [])


@test
def wrong_usage_is_explained():
    path = file(pcap([]))
    for words, message in [
            ((), "name a capture file with -r, or an interface with -i"), ((path,), f"name the file with -r: -r {path}"),
            (("-r", path, "-i", "lo"), "one of them"), (("-T", "xml"), "-T: 'xml' is not text or json"),
            (("--sort", "size"), "--sort: 'size' is not start, id,"), (("--as", "x"), "ascii, hex or raw"),
            (("--way", "up"), "forward, backward or both"), (("--follow", "x"), "the number of a connection, or all"),
            (("--gaps", "x"), "zero or skip"), (("--overlap", "x"), "bsd-right"), (("--memory", "x"), "a size like"),
            (("--gap-time", "-1s"), "a time like"), (("--idle", "x"), "a time like"), (("-c", "0"), "a number from 1"),
            (("-r", path, "--http", "-w", "x"), "-w writes packets"),
            (("-r", path, "-T", "json", "--extract", "x"), "-T json goes with --http"), (("-n",), "no names are looked up"),
            (("--color", "x"), "auto, always or never"), (("-r", path, "--extract", ""), "--extract needs a directory")]:
        expect_in(message, streams(*words, code=2).err)


@test
def a_reader_that_has_seen_enough_ends_it_quietly():
    path = craft([part for port in range(1, 300) for part in opening(port)])
    done = subprocess.run(["sh", "-c", f"{harness.TAPIR} streams -q -T json -l -r {path} | head -1; true"],
                          capture_output=True, text=True, timeout=60)
    expect([done.stdout.count("\n"), done.stderr], [1, ""])
