#!/usr/bin/python3
"""Compares how capture files are read: with tshark, with gopacket, and with what was written.

The files are the pcapng test files of gopacket, and those that editcap, mergecap, tcpdump and the
compressors make here from the captures given, whole and cut short.
"""

import glob
import gzip
import hashlib
import json
import lzma
import os
import random
import shutil
import subprocess
import sys
import tempfile

import oracle

GOPACKET = "/usr/share/gocode/src/github.com/google/gopacket/pcapgo/tests"
# Time of a packet without one, in gopacket: the zero of Go's clock.
GO_ZERO_TIME = -6795364578871345152
SECTION = 0x0A0D0D0A
DIRECTIONS = {None: 0, "0x00000000": 0, "0x00000001": 1, "0x00000002": 2}

frames_program = None


def ours(path, data=None):
    """Everything our reader finds: frames, blocks, interfaces, and how it ended."""
    result = subprocess.run(
        [frames_program, "-" if data is not None else path],
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    if result.returncode == 2:
        return {"status": result.stderr.decode().strip(), "frames": [], "blocks": [],
                "interfaces": [], "format": None, "compression": None}
    records = [json.loads(line) for line in result.stdout.decode().splitlines()]
    whole = records.pop()
    whole["frames"] = [record for record in records if "number" in record]
    whole["blocks"] = [record for record in records if "block" in record]
    whole["interfaces"] = [r for r in records if "block" not in r and "number" not in r]
    described = []
    for block in whole["blocks"]:
        if block["block"] == 1 and not block["unsupported"]:
            described.append(block["section"])
    for frame in whole["frames"]:
        section = frame["interface_section"]
        frame["local"] = frame["interface"] - sum(1 for s in described if s < section)
    return whole


def seconds(text):
    """A time as tshark prints it, in nanoseconds."""
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 10**9 + int((fraction + "0" * 9)[:9]))


def tshark_frames(path):
    """What tshark says of every packet; its exit status; whether custom blocks are among them."""
    command = oracle.TSHARK + ["-r", path, "-o", "frame.generate_md5_hash:TRUE", "-T", "json",
                               "-J", "frame", "--no-duplicate-keys"]
    status, text, _ = oracle.output(command)
    try:
        packets = json.loads(text.decode(errors="surrogateescape"))
    except ValueError:
        packets = json.loads(text.decode(errors="surrogateescape").rstrip().rstrip(",") + "]")
    found = []
    for packet in packets:
        layers = packet["_source"]["layers"]
        frame = layers["frame"]
        if "frame.cb_pen" in frame:
            continue  # a custom block, which tshark counts among the packets
        interface = frame.get("frame.interface_id_tree", {})
        found.append({
            "time": frame.get("frame.time_epoch"),
            "caplen": int(frame["frame.cap_len"]),
            "len": int(frame["frame.len"]),
            "local": int(frame.get("frame.interface_id", 0)),
            "section": int(frame.get("frame.section_number", 1)) - 1,
            "name": interface.get("frame.interface_name", frame.get("frame.interface_name")),
            "direction": frame.get("frame.packet_flags_tree", {}).get(
                "frame.packet_flags_direction"),
            "drops": frame.get("frame.drop_count"),
            "md5": frame["frame.md5_hash"],
        })
    return status, found


def tshark_comments(path):
    """The comments of every packet, as JSON would not tell several from one."""
    command = oracle.TSHARK + ["-r", path, "-T", "fields", "-e", "frame.comment", "-e",
                               "frame.cb_pen", "-E", "aggregator=/s", "-E", "occurrence=f"]
    lines = oracle.output(command)[1].decode(errors="replace").split("\n")[:-1]
    return [line.split("\t")[0] for line in lines if line.split("\t")[1] == ""]


def differences(path, mine, theirs, comments):
    """What differs between our frames and tshark's, as sentences."""
    name = os.path.basename(path)
    if len(mine["frames"]) != len(theirs):
        yield f"{name}: {len(mine['frames'])} packets, tshark {len(theirs)}"
    for number, (frame, other) in enumerate(zip(mine["frames"], theirs), 1):
        pairs = [("caplen", frame["caplen"], other["caplen"]), ("len", frame["len"], other["len"]),
                 ("MD5", hashlib.md5(bytes.fromhex(frame["data"])).hexdigest(), other["md5"])]
        if mine["format"] == "pcapng":
            pairs += [("interface", frame["local"], other["local"]),
                      ("section", frame["interface_section"], other["section"]),
                      ("direction", frame["direction"], DIRECTIONS.get(other["direction"], None)),
                      ("drops", str(frame.get("drops", None)), str(other["drops"]))]
            # tshark takes the names of later sections from the first one.
            if "interface_name" in frame and frame["interface_section"] == 0:
                pairs.append(("name", frame["interface_name"], other["name"]))
        if "time" in frame:
            # Beyond what 64 bits of nanoseconds hold, our time stays at the end.
            time = max(-2**63, min(2**63 - 1, seconds(other["time"] or "0")))
            pairs.append(("time", seconds(frame["time"]), time))
        if number <= len(comments):
            pairs.append(("comment", " ".join(frame.get("comment", "").split()),
                          " ".join(comments[number - 1].split())))
        for key, our, their in pairs:
            if our != their:
                yield f"{name}: packet {number}: {key} {our!r}, tshark {their!r}"


class Report:
    """TAP, one line a check, with the first differences below it."""

    def __init__(self, show):
        self.number = self.failed = 0
        self.show = show

    def check(self, name, problems):
        problems = list(problems)
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {name}", flush=True)
        for problem in problems[:self.show]:
            print(f"# {problem}")
        if len(problems) > self.show:
            print(f"# and {len(problems) - self.show} more")


def against_tshark(path):
    mine = ours(path)
    status, theirs = tshark_frames(path)
    problems = list(differences(path, mine, theirs, tshark_comments(path)))
    if (mine["status"] == "end") != (status == 0):
        problems.append(f"{os.path.basename(path)}: ends with '{mine['status']}', "
                        f"tshark with {status}")
    return problems


def gopacket_views(directory, paths):
    """What gopacket reads from each file: its packets, its sections, its complaint."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gopacket_files")
    program = os.path.join(directory, "gopacket-files")
    status, _, messages = oracle.output(
        ["go", "build", "-o", program, os.path.join(here, "main.go")], timeout=600,
        GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="-p=2",
        GOCACHE=os.path.join(directory, "go-cache"))
    if status != 0:
        print(f"Bail out! go build: {messages.decode(errors='replace').strip()}")
        sys.exit(2)
    views = {path: {"frames": [], "sections": [], "error": None} for path in paths}
    for line in oracle.output([program] + paths)[1].decode().splitlines():
        record = json.loads(line)
        view = views[record["file"]]
        if "data" in record:
            record["section"] = len(view["sections"])
            view["frames"].append(record)
        elif "interfaces" in record:
            view["sections"].append(record)
        else:
            view["error"] = record["error"]
    return views


def text_option(block, code):
    for number, value in block["options"]:
        if number == code:
            return bytes.fromhex(value).split(b"\0")[0].decode(errors="replace")
    return ""


def against_gopacket(path, mine, view):
    name = os.path.basename(path)
    sections = [block for block in mine["blocks"]
                if block["block"] == SECTION and not block["unsupported"]]
    known = {block["section"]: index for index, block in enumerate(sections)}
    if view["error"]:
        yield f"{name}: gopacket: {view['error']}"
    if len(mine["frames"]) != len(view["frames"]):
        yield f"{name}: {len(mine['frames'])} packets, gopacket {len(view['frames'])}"
    for number, (frame, other) in enumerate(zip(mine["frames"], view["frames"]), 1):
        time = seconds(frame["time"]) if "time" in frame else GO_ZERO_TIME
        for key, our, their in (
            ("time", time, other["nanoseconds"]),
            ("caplen", frame["caplen"], other["caplen"]),
            ("len", frame["len"], other["len"]),
            ("interface", frame["local"], other["interface"]),
            ("section", known[frame["interface_section"]], other["section"]),
            ("link type", frame["link_type"], other["link_type"]),
            ("data", frame["data"], other["data"]),
        ):
            if our != their:
                yield f"{name}: packet {number}: {key} {our!r}, gopacket {their!r}"
    if len(sections) != len(view["sections"]):
        yield f"{name}: {len(sections)} sections, gopacket {len(view['sections'])}"
    for block, other in zip(sections, view["sections"]):
        our = [text_option(block, code) for code in (2, 3, 4, 1)]
        their = [other[key] for key in ("hardware", "os", "application", "comment")]
        if our != their:
            yield f"{name}: section {our}, gopacket {their}"
        interfaces = [one for one in mine["blocks"]
                      if one["block"] == 1 and one["section"] == block["section"]]
        our = [[text_option(one, 2), text_option(one, 3)] for one in interfaces]
        their = [[one["name"], one["description"]] for one in other["interfaces"]]
        if our != their:
            yield f"{name}: interfaces {our}, gopacket {their}"


ADDRESS_KINDS = {1: lambda raw: ".".join(str(byte) for byte in raw),
                 2: lambda raw: raw.hex()}


def names_of(path, mine):
    """The names a file gives to IPv4 addresses: ours and, from -z hosts, tshark's."""
    our = {(ADDRESS_KINDS[kind](bytes.fromhex(address)), name)
           for block in mine["blocks"] for kind, address, name in block.get("names", [])
           if kind == 1}
    text = oracle.output(["tshark", "-r", path, "-q", "-z", "hosts"])[1].decode(errors="replace")
    their = {tuple(line.split("\t")) for line in text.splitlines()
             if line and not line.startswith("#") and ":" not in line.split("\t")[0]}
    # tshark keeps one name of an address, we hand out all of them.
    return sorted(f"{os.path.basename(path)}: tshark has {pair}, we do not"
                  for pair in their - our)


def made_from(path, directory):
    """Files that other programs write from a capture: (name, path)."""
    stem = os.path.join(directory, os.path.basename(path).replace(".", "-"))
    variants = [
        ("pcap", ["editcap", "-F", "pcap", path, stem + ".pcap"]),
        ("nanosecond pcap", ["editcap", "-F", "nsecpcap", path, stem + "-nano.pcap"]),
        ("modified pcap", ["editcap", "-F", "modpcap", path, stem + "-mod.pcap"]),
        ("pcapng", ["editcap", "-F", "pcapng", path, stem + ".pcapng"]),
        ("snoop", ["editcap", "-F", "snoop", path, stem + ".snoop"]),
        ("pcapng cut to 40", ["editcap", "-F", "pcapng", "-s", "40", path, stem + "-40.pcapng"]),
        ("commented pcapng", ["editcap", "-F", "pcapng", "-a", "1:first comment", "-a",
                              "2:grüße, \"quoted\"", "--capture-comment", "of the file", path,
                              stem + "-comments.pcapng"]),
        ("tcpdump's pcap", ["tcpdump", "-r", path, "-w", stem + "-tcpdump.pcap"]),
        ("tcpdump's nanoseconds", ["tcpdump", "--nano", "-r", path, "-w", stem + "-tcpn.pcap"]),
        ("tshark's pcapng", ["tshark", "-r", path, "-w", stem + "-tshark.pcapng"]),
    ]
    for name, command in variants:
        # Some formats cannot hold some link types: then there is nothing to compare.
        if oracle.output(command)[0] == 0:
            yield name, command[-1]


def compressed(path, directory):
    """The same file compressed, whole and as two members: (name, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    half = len(data) // 2
    yield "gzip", gzip.compress(data[:half]) + gzip.compress(data[half:])
    yield "xz", lzma.compress(data[:half]) + lzma.compress(data[half:])
    for program in "zstd", "lz4":
        if shutil.which(program):
            parts = [subprocess.run([program, "-c"], input=part, stdout=subprocess.PIPE,
                                    check=True).stdout for part in (data[:half], data[half:])]
            yield program, parts[0] + parts[1]


def merged(paths, directory):
    path = os.path.join(directory, "merged.pcapng")
    oracle.output(["mergecap", "-F", "pcapng", "-w", path] + paths)
    again = os.path.join(directory, "merged-none.pcapng")
    oracle.output(["mergecap", "-F", "pcapng", "-I", "none", "-w", again] + paths)
    together = os.path.join(directory, "concatenated.pcapng")
    with open(together, "wb") as out:
        for one in (path, os.path.join(GOPACKET, "be", "test010.pcapng"), again):
            if os.path.exists(one):
                with open(one, "rb") as file:
                    out.write(file.read())
    return [path, again, together]


def with_secrets(path, directory):
    """Secrets that editcap puts in come out as they went in."""
    secrets = b"CLIENT_RANDOM " + b"0" * 64 + b" " + b"1" * 96 + b"\n"
    log = os.path.join(directory, "keys.log")
    with open(log, "wb") as file:
        file.write(secrets)
    made = os.path.join(directory, "secrets.pcapng")
    oracle.output(["editcap", "-F", "pcapng", "--inject-secrets", f"tls,{log}", path, made])
    found = [(block["secrets_type"], block["secrets"]) for block in ours(made)["blocks"]
             if "secrets" in block]
    if found != [(0x544C534B, secrets.hex())]:
        yield f"secrets {found}"


def cuts(path, directory, seed):
    """A file cut short: as many packets as tshark finds, and an end that is no end."""
    chooser = random.Random(seed)
    with open(path, "rb") as file:
        data = file.read()
    for _ in range(6):
        length = chooser.randrange(400, len(data))
        name = os.path.join(directory, "cut")
        with open(name, "wb") as file:
            file.write(data[:length])
        mine = ours(name)
        status, text, _ = oracle.output(["tshark", "-n", "-r", name, "-T", "fields", "-e",
                                         "frame.number"])
        theirs = len(text.split())
        if len(mine["frames"]) != theirs:
            yield f"{path} cut at {length}: {len(mine['frames'])} packets, tshark {theirs}"
        # tshark lets a file end within the header of a pcap record.
        if mine["status"] == "end" and status != 0:
            yield f"{path} cut at {length}: '{mine['status']}', tshark ends with {status}"


def same(name, mine, expected, compression):
    if [f["data"] for f in mine["frames"]] != [f["data"] for f in expected["frames"]]:
        yield f"{name}: other packets than uncompressed"
    if mine["status"] != "end" or mine["compression"] != compression:
        yield f"{name}: {mine['status']}, {mine['compression']}"


def gopacket_files(report, directory):
    paths = sorted(glob.glob(os.path.join(GOPACKET, "?e", "*.pcapng")))
    if len(paths) != 52:
        print(f"# {len(paths)} files of gopacket's, 52 expected")
    views = gopacket_views(directory, paths)
    for path in paths:
        name = "/".join(path.split("/")[-2:])
        mine = ours(path)
        report.check(f"{name} reads as gopacket reads it",
                     against_gopacket(path, mine, views[path]))
        # tshark stops at a section of another version, the specification says to skip it.
        if not any(block["unsupported"] for block in mine["blocks"]):
            report.check(f"{name} reads as tshark reads it", against_tshark(path))
            report.check(f"{name} has tshark's names", names_of(path, mine))


def written_files(report, directory, captures):
    for path in captures:
        base = os.path.basename(path)
        for name, made in made_from(path, directory):
            report.check(f"{base} as {name} reads as tshark reads it", against_tshark(made))
        pcap = os.path.join(directory, base.replace(".", "-") + ".pcap")
        pcapng = pcap + "ng"
        for one in pcap, pcapng:
            if os.path.exists(one):
                report.check(f"{os.path.basename(one)} cut short", cuts(one, directory, base))
                expected = ours(one)
                for compression, data in compressed(one, directory):
                    report.check(f"{os.path.basename(one)} through {compression} and a pipe",
                                 same(compression, ours(None, data), expected, compression))


def main():
    global frames_program
    parser = oracle.arguments(__doc__)
    parser.add_argument("--frames", required=True, help="the built tests/oracle/frames.c")
    parser.add_argument("--most", type=int, default=8, help="captures to make files from (8)")
    chosen = parser.parse_args()
    frames_program = chosen.frames
    oracle.need("tshark", "editcap", "mergecap", "tcpdump", "go", GOPACKET)
    captures = [path for path in oracle.captures(chosen.captures)
                if 1000 < os.path.getsize(path) < 300_000]
    # Spread over what there is, the same ones every time.
    captures = captures[::max(1, len(captures) // chosen.most)][:chosen.most]
    report = Report(chosen.show)
    with tempfile.TemporaryDirectory() as directory:
        gopacket_files(report, directory)
        written_files(report, directory, captures)
        if captures:
            for path in merged(captures[:4], directory):
                report.check(f"{os.path.basename(path)} reads as tshark reads it",
                             against_tshark(path))
            report.check("secrets are handed out", with_secrets(captures[0], directory))
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
