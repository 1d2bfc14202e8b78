#!/usr/bin/python3
"""Compares streams with tshark's and tcpflow's, and with themselves in disorder.

The captures are those recorded from real programs. Each stream is what `tshark -z follow,tcp,raw`
and tcpflow make of it; and once its segments have been reordered, duplicated, split and made to
overlap, the same as before.
"""

import collections
import glob
import os
import random
import struct
import subprocess
import sys
import tempfile

import oracle

SEEDS = 3
SYN, RST, FIN = 2, 4, 1

Stream = collections.namedtuple("Stream", "source target data missing conflicts begins ends reset")


def ours(program, path):
    """The streams of a file: a list of pairs, client's first; and how many packets came too late."""
    with tempfile.TemporaryDirectory(prefix="tapir-streams-") as directory:
        result = subprocess.run(
            [program, path, directory], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False
        )
        if result.returncode == 2:
            raise RuntimeError(result.stderr.decode())
        pairs = []
        *lines, late = result.stdout.decode().splitlines()
        for line in lines:
            number, client, client_port, server, server_port, *rest = line.split()
            ends = [f"{client} {client_port}", f"{server} {server_port}"]
            pair = []
            for way in range(2):
                length, missing, conflicts, flags = rest[4 * way:4 * way + 4]
                data = b""
                name = os.path.join(directory, f"{number}.{way}")
                if os.path.exists(name):
                    with open(name, "rb") as file:
                        data = file.read()
                if len(data) != int(length):
                    raise RuntimeError(f"{line}: file of {len(data)} bytes")
                pair.append(Stream(ends[way], ends[1 - way], data, int(missing), int(conflicts),
                                   *(flag == "1" for flag in flags)))
            pairs.append((int(number), pair))
        return [pair for _, pair in sorted(pairs, key=lambda entry: entry[0])], int(late)


# --- tshark --------------------------------------------------------------------------------

FOLLOW = ["tshark", "-n", "-q", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"]
MOST_AT_ONCE = 100


def end_of(text):
    """An address and a port, of tshark's "Node 0: 10.0.0.1:80"."""
    address, _, port = text.rpartition(":")
    return f"{address.strip('[]')} {port}"


def followed(path, numbers):
    """What tshark makes of some streams: (number, ends, what each said)."""
    command = FOLLOW + ["-r", path]
    for number in numbers:
        command += ["-z", f"follow,tcp,raw,{number}"]
    text = oracle.output(command)[1].decode()
    number, nodes, said = None, [], []
    for line in text.splitlines():
        if line.startswith("Filter: tcp.stream eq "):
            number, nodes, said = int(line.split()[-1]), [], [[], []]
        elif line.startswith("Node "):
            nodes.append(end_of(line.split(": ", 1)[1]))
        elif line.startswith("=====") and nodes:
            yield number, nodes, [bytes.fromhex("".join(way)) for way in said]
            nodes = []
        elif nodes and not line.startswith("Follow: "):
            said[line.startswith("\t")].append(line.strip())


def tshark_streams(path):
    """All streams of a file: source and target to the list of what was said, in order."""
    count = oracle.output(FOLLOW[:2] + FOLLOW[3:] + ["-r", path, "-T", "fields", "-e", "tcp.stream",
                                                      "-Y", "tcp && !icmp && !icmpv6"])[1]
    numbers = sorted({int(value) for line in count.decode().split()
                      for value in [line.split(",")[-1]]})
    streams = collections.defaultdict(list)
    for first in range(0, len(numbers), MOST_AT_ONCE):
        for _, nodes, said in followed(path, numbers[first:first + MOST_AT_ONCE]):
            for way in range(2):
                streams[nodes[way], nodes[1 - way]].append(said[way])
    return streams


# --- tcpflow -------------------------------------------------------------------------------


def padded(end):
    """An end as tcpflow names it in a file's name; None for IPv6."""
    address, port = end.split()
    if ":" in address:
        return None
    return ".".join(f"{int(part):03}" for part in address.split(".")) + f".{int(port):05}"


def tcpflow_streams(path):
    """What tcpflow makes of a file: source and target to the list of what was said."""
    streams = collections.defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="tapir-tcpflow-") as directory:
        oracle.output(["tcpflow", "-q", "-E", "tcpdemux", "-r", path, "-o", directory])
        for name in sorted(glob.glob(os.path.join(directory, "*-*"))):
            source, _, rest = os.path.basename(name).partition("-")
            with open(name, "rb") as file:
                streams[source, rest[:len(source)]].append(file.read())
    return streams


# --- disorder ------------------------------------------------------------------------------

Segment = collections.namedtuple("Segment", "ip ip_len tcp_len version seq flags data key")


def read_pcap(path):
    """Header and frames of a little-endian pcap file of Ethernet, None for others."""
    with open(path, "rb") as file:
        content = file.read()
    if content[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return None
    if struct.unpack_from("<I", content, 20)[0] & 0xFFFF != 1:
        return None
    frames, at = [], 24
    while at + 16 <= len(content):
        captured, length = struct.unpack_from("<II", content, at + 8)
        if captured != length or at + 16 + captured > len(content):
            return None
        frames.append(content[at + 16:at + 16 + captured])
        at += 16 + captured
    return content[:24], frames


def write_pcap(path, header, frames):
    """Writes frames ten microseconds apart."""
    with open(path, "wb") as file:
        file.write(header)
        for number, frame in enumerate(frames):
            seconds, rest = divmod(number * 10, 1000000)
            file.write(struct.pack("<IIII", 1700000000 + seconds, rest, len(frame), len(frame)))
            file.write(frame)


def segment_of(frame):
    """The TCP segment of an Ethernet frame that is plainly one, else None."""
    if len(frame) < 54:
        return None
    if frame[12:14] == b"\x08\x00" and frame[23] == 6 and not frame[20] & 0x3F and not frame[21]:
        ip_len = (frame[14] & 15) * 4
        length = struct.unpack_from(">H", frame, 16)[0]
        version, addresses = 4, (frame[26:30], frame[30:34])
    elif frame[12:14] == b"\x86\xdd" and frame[20] == 6:
        ip_len = 40
        length = 40 + struct.unpack_from(">H", frame, 18)[0]
        version, addresses = 6, (frame[22:38], frame[38:54])
    else:
        return None
    tcp = 14 + ip_len
    if len(frame) < tcp + 20:
        return None
    tcp_len = (frame[tcp + 12] >> 4) * 4
    ports, seq = frame[tcp:tcp + 4], struct.unpack_from(">I", frame, tcp + 4)[0]
    return Segment(14, ip_len, tcp_len, version, seq, frame[tcp + 13],
                   frame[tcp + tcp_len:14 + length], (addresses, ports))


def with_data(frame, segment, seq, data, flags):
    """The frame with other data at another place; checksums are not made anew."""
    tcp = segment.ip + segment.ip_len
    head = bytearray(frame[:tcp + segment.tcp_len])
    length = segment.ip_len + segment.tcp_len + len(data)
    if segment.version == 4:
        struct.pack_into(">H", head, 16, length)
    else:
        struct.pack_into(">H", head, 18, length - 40)
    struct.pack_into(">I", head, tcp + 4, seq & 0xFFFFFFFF)
    head[tcp + 13] = flags
    return bytes(head) + data


def split(rng, frame, segment):
    """The frame as two or three that share bytes, or none."""
    size = len(segment.data)
    cut = rng.randrange(1, size)
    early, late = rng.randrange(0, cut + 1), rng.randrange(cut, size + 1)
    pieces = [with_data(frame, segment, segment.seq, segment.data[:late], segment.flags & ~FIN),
              with_data(frame, segment, segment.seq + early, segment.data[early:], segment.flags)]
    if rng.random() < 0.5:
        a, b = sorted(rng.sample(range(size + 1), 2))
        pieces.append(with_data(frame, segment, segment.seq + a, segment.data[a:b],
                                segment.flags & ~FIN))
    return pieces


def anchored(frame):
    """Whether nothing may overtake this one: it begins or aborts a connection."""
    segment = segment_of(frame)
    return segment is None or segment.flags & (SYN | RST)


def disorder(rng, frames):
    """The same streams by other segments in another order."""
    more = []
    for frame in frames:
        segment = segment_of(frame)
        if not segment or segment.flags & (SYN | RST):
            more.append(frame)
        elif len(segment.data) > 1 and rng.random() < 0.4:
            more += split(rng, frame, segment)
        else:
            more += [frame] * (2 if rng.random() < 0.1 else 1)
    result, run = [], []
    for frame in more + [None]:
        if frame is not None and not anchored(frame):
            run.append(frame)
            continue
        # Each moves by a few places.
        run = [item for _, item in sorted(
            ((place + rng.uniform(0, 12), place), item) for place, item in enumerate(run))]
        result += run
        run = []
        if frame is not None:
            result.append(frame)
    return result


def by_ends(pairs):
    """Streams of our own: source and target to the list of what was said."""
    streams = collections.defaultdict(list)
    for pair in pairs:
        for stream in pair:
            streams[stream.source, stream.target].append(stream.data)
    return streams


# --- the comparisons -----------------------------------------------------------------------


def is_whole(pair):
    """Whether everything was captured and nobody contradicts himself."""
    return all(not stream.missing and not stream.conflicts for stream in pair)


class Comparison:
    """What was compared, and what differed."""

    def __init__(self, name):
        self.name, self.streams, self.bytes, self.differences = name, 0, 0, []

    def compare(self, where, mine, other):
        self.streams += 1
        self.bytes += len(mine)
        if mine != other:
            common = os.path.commonprefix([mine, other])
            self.differences.append(f"{where}: {len(mine)} bytes here, {len(other)} there, "
                                    f"{len(common)} alike")

    def report(self, tap, show):
        for difference in self.differences[:show]:
            tap.note(f"{self.name}: {difference}")
        tap.point(not self.differences and self.streams > 0,
                  f"{self.streams} streams of {self.bytes} bytes are {self.name}")


def compare_with(comparison, path, pairs, late, theirs, name_of, may_lack=False):
    """Compares the streams of a file with another program's, which may lack some.

    What comes behind a reset others count to the stream: nobody received it (RFC 9293 3.10.7.1). Where
    packets are late a stream that was reset may be the beginning of theirs.
    """
    seen = collections.Counter()
    for pair in pairs:
        for stream in pair:
            names = name_of(stream.source), name_of(stream.target)
            turn = seen[names]
            seen[names] += 1
            if not is_whole(pair) or not stream.data or None in names:
                continue
            others = [data for data in theirs[names] if data]
            if not others and may_lack:
                continue
            if late and any(each.reset for each in pair):
                others = [data[:len(stream.data)] for data in others]
            # Several connections between the same ports: any of them.
            other = stream.data if stream.data in others else b"".join(others[:1])
            where = f"{os.path.basename(path)} {stream.source} > {stream.target} #{turn}"
            comparison.compare(where, stream.data, other)


def compare_disorder(comparison, program, path, pairs):
    read = read_pcap(path)
    if not read or not all(map(is_whole, pairs)):
        return
    # What is first in the middle of a connection cannot be told when segments overtake.
    unknown = {ends for pair in pairs if not all(stream.begins or not stream.data for stream in pair)
               for ends in (pair[0][:2], pair[1][:2])}
    before = {ends: said for ends, said in by_ends(pairs).items() if ends not in unknown}
    for seed in range(SEEDS):
        rng = random.Random(f"{os.path.basename(path)} {seed}")
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            write_pcap(file.name, read[0], disorder(rng, read[1]))
            after = by_ends(ours(program, file.name)[0])
        for ends in before:
            comparison.compare(f"{os.path.basename(path)} seed {seed} {ends[0]} > {ends[1]}",
                               b"\n".join(before[ends]), b"\n".join(after[ends]))


def main():
    parser = oracle.arguments(__doc__.splitlines()[0])
    parser.add_argument("--streams", required=True, help="the program that puts streams together")
    options = parser.parse_args()
    oracle.need("tshark")
    by_tshark, by_tcpflow = Comparison("tshark's"), Comparison("tcpflow's")
    in_disorder = Comparison("the same in disorder")
    has_tcpflow = oracle.shutil.which("tcpflow")

    for path in oracle.captures(options.captures):
        pairs, late = ours(options.streams, path)
        if not pairs:
            continue
        compare_with(by_tshark, path, pairs, late, tshark_streams(path), lambda end: end)
        if has_tcpflow:
            compare_with(by_tcpflow, path, pairs, late, tcpflow_streams(path), padded,
                         may_lack=True)  # it looks into no tunnels
        compare_disorder(in_disorder, options.streams, path, pairs)

    tap = oracle.Tap()
    if not by_tshark.streams:
        print("1..0 # SKIP no capture has a stream")
        return oracle.SKIP_STATUS
    by_tshark.report(tap, options.show)
    if has_tcpflow:
        by_tcpflow.report(tap, options.show)
    else:
        tap.point(True, "streams are tcpflow's", skip="tcpflow is not here")
    in_disorder.report(tap, options.show)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
