#!/usr/bin/python3
"""Compares what capture files say before and after tapir has written them anew: read by tshark,
tcpdump, capinfos and gopacket, decompressed by the programs of the compressions, and, cut into
several files, with those of tcpdump.

The files are the pcapng test files of gopacket, and those that editcap and mergecap make here from
the captures given.
"""

import filecmp
import glob
import os
import shutil
import sys
import tempfile

import files_oracle
import oracle

DECOMPRESS = {".gz": "gzip", ".zst": "zstd", ".lz4": "lz4", ".xz": "xz"}
# Counts, times and contents; not the file's own name, size and hashes.
CAPINFOS = ["capinfos", "-M", "-E", "-c", "-d", "-u", "-a", "-e", "-y", "-i", "-z", "-x", "-I"]

resave_program = None


def resave(how, file_format, order, path, *sources, compression="none"):
    """Writes sources anew; returns complaints."""
    command = [resave_program, how, file_format, order, compression, path] + list(sources)
    status, _, messages = oracle.output(command)
    if status != 0 or messages:
        return [f"{how} to {file_format} ({order}): {messages.decode(errors='replace').strip()}"]
    return []


def identical(path, copy):
    """A copy block by block is the same file."""
    yield from resave("copy", "pcapng", "little", copy, path)
    if not filecmp.cmp(path, copy, shallow=False):
        yield f"{os.path.basename(path)}: the copy differs"


def compared(name, mine, theirs):
    if mine != theirs:
        yield f"{name}: {str(theirs)[:300]} before, {str(mine)[:300]} after"


def frames_compared(before, after, ignore=()):
    """What tshark says of every packet before and after."""
    if len(before) != len(after):
        yield f"tshark reads {len(before)} packets before, {len(after)} after"
    for number, (old, new) in enumerate(zip(before, after), 1):
        for key, value in old.items():
            if key not in ignore and value != new[key]:
                yield f"packet {number}: {key} {value!r} before, {new[key]!r} after"


def hosts(path):
    lines = oracle.output(["tshark", "-r", path, "-q", "-z", "hosts"])[1].splitlines()
    return sorted(line for line in lines if not line.startswith(b"#"))


def by_tshark(path, made, ignore=()):
    """What tshark says of two files that should hold the same packets."""
    status, before = files_oracle.tshark_frames(path)
    status_after, after = files_oracle.tshark_frames(made)
    yield from compared("tshark's status", status_after, status)
    yield from frames_compared(before, after, ignore)


def by_tcpdump(path, made):
    status, text, _ = oracle.output(["tcpdump", "-n", "-r", path])
    # tcpdump refuses files of several link types.
    if status == 0:
        yield from compared("tcpdump", oracle.output(["tcpdump", "-n", "-r", made])[1], text)


def by_all(path, made):
    yield from by_tshark(path, made)
    yield from by_tcpdump(path, made)
    yield from by_capinfos(path, made)
    yield from compared("comments", files_oracle.tshark_comments(made),
                        files_oracle.tshark_comments(path))
    yield from compared("hosts", hosts(made), hosts(path))


def by_capinfos(path, made):
    lines = [oracle.output(CAPINFOS + [one])[1].decode(errors="replace").split("\n", 1)[-1]
             for one in (path, made)]
    yield from compared("capinfos", lines[1], lines[0])


def secrets_of(view):
    return [(block["secrets_type"], block["secrets"]) for block in view["blocks"]
            if "secrets" in block]


def names_of(view):
    return [block["names"] for block in view["blocks"] if "names" in block]


def same_to_us(path, made):
    """Names, secrets, counters and interfaces before and after, all sections of known version."""
    before, after = files_oracle.ours(path), files_oracle.ours(made)
    known = [block for block in before["blocks"] if not block["unsupported"]]
    yield from compared("blocks", [block["block"] for block in after["blocks"]],
                        [block["block"] for block in known])
    for what in secrets_of, names_of:
        yield from compared(what.__name__, what(after), what(before))
    for key in "received", "dropped":
        yield from compared(key, [block.get(key) for block in after["blocks"]],
                            [block.get(key) for block in known])
    yield from compared("interfaces", after["interfaces"], before["interfaces"])
    yield from compared("codes of options",
                        [sorted(code for code, _ in block["options"]) for block in after["blocks"]],
                        [sorted(code for code, _ in block["options"]) for block in known])


def has_unsupported(path):
    return any(block["unsupported"] for block in files_oracle.ours(path)["blocks"])


def built_anew(case):
    """Copies a file and builds it anew; returns what is wrong with the copy, and with the other."""
    path, order, made, programs = case
    copy = list(identical(path, made + ".copy"))
    problems = resave("build", "pcapng", order, made, path)
    problems += same_to_us(path, made)
    # tshark stops at a section of another version, which is not written anew.
    if not has_unsupported(path):
        problems += programs(path, made)
    return copy, problems


def to_gopacket(path, before, after):
    yield from compared("gopacket's error", after["error"], before["error"])
    if not has_unsupported(path):
        for what in "frames", "sections":
            yield from compared(what, [dict(one, file="") for one in after[what]],
                                [dict(one, file="") for one in before[what]])


def pcapng_files(report, directory, paths, made):
    """gopacket's files, each in the byte order it is not in, and others in both."""
    cases = []
    for path in paths:
        order = "little" if path.split("/")[-2] == "be" else "big"
        cases.append((path, order, os.path.join(directory, f"built-{len(cases)}"), by_tshark))
    for path in made:
        for order in "little", "big":
            cases.append((path, order, os.path.join(directory, f"built-{len(cases)}"), by_all))
    results = oracle.each(built_anew, cases)
    views = files_oracle.gopacket_views(
        directory, sorted({case[0] for case in cases}) + [case[2] for case in cases])
    for (path, order, one, _), (copy, problems) in zip(cases, results):
        name = "/".join(path.split("/")[-2:])
        problems += to_gopacket(path, views[path], views[one])
        report.check(f"{name}: a copy is identical", copy)
        report.check(f"{name} built anew, {order}-endian", problems)


def packets_written(report, directory, captures):
    """Packets of captures as pcap in microseconds and nanoseconds, and as pcapng."""
    for path in captures:
        name = os.path.basename(path)
        for file_format, suffix in (("pcap", ".pcap"), ("nano", ".pcap"), ("pcapng", ".pcapng")):
            # pcap has two orders, and two units; each is in one of the files.
            for order in ("big",) if file_format == "nano" else ("little",):
                made = os.path.join(directory, "packets-" + order + suffix)
                problems = resave("frames", file_format, order, made, path)
                if problems and "one only" in problems[0]:
                    continue
                # In microseconds, time may have lost something; a pcap file has no interfaces.
                ignore = ["section"] if file_format == "pcapng" else [
                    "section", "name", "direction", "drops", "local"]
                if file_format == "pcap":
                    ignore.append("time")
                # To tshark, an interface of pcapng without name is called unknown.
                if files_oracle.ours(path)["format"] != "pcapng":
                    ignore.append("name")
                problems += by_tshark(path, made, ignore)
                problems += by_tcpdump(path, made) if file_format != "pcap" else []
                report.check(f"{name}: packets as {file_format}, {order}-endian", problems)


def compressions(report, directory, path):
    for suffix, program in DECOMPRESS.items():
        plain = os.path.join(directory, "plain.pcapng")
        made = plain + suffix
        problems = resave("copy", "pcapng", "little", made, path, compression="auto")
        if problems and "cannot compress" in problems[0] or not shutil.which(program):
            continue
        status, data, messages = oracle.output([program, "-dc", made])
        problems += compared(f"{program}'s status", (status, messages), (0, b""))
        with open(path, "rb") as file:
            problems += compared("content", data, file.read())
        if program == "gzip":
            problems += by_tshark(path, made)
        report.check(f"{program} decompresses what is written", problems)


def merged(report, directory, paths):
    """Several files in one section: one after the other, interfaces numbered on."""
    for order in "little", "big":
        made = os.path.join(directory, f"merged-{order}.pcapng")
        problems = resave("merge", "pcapng", order, made, *paths)
        expected, interfaces = [], 0
        for path in paths:
            for frame in files_oracle.tshark_frames(path)[1]:
                expected.append(dict(frame, local=frame["local"] + interfaces))
            interfaces += len(files_oracle.ours(path)["interfaces"])
        status, frames = files_oracle.tshark_frames(made)
        problems += compared("tshark's status", status, 0)
        problems += frames_compared(expected, frames, ["name"])
        report.check(f"{len(paths)} files merged, {order}-endian", problems)


def large_capture(directory, captures):
    """A pcap file of more than 12 MB: captures of one kind, over and over."""
    path = os.path.join(directory, "large.pcap")
    header = b""
    with open(path, "wb") as out:
        for capture in captures:
            part = os.path.join(directory, "part.pcap")
            oracle.output(["editcap", "-F", "pcap", capture, part])
            with open(part, "rb") as file:
                data = file.read()
            if not header:
                header = data[:24]
                out.write(header)
            if data[:24] == header:  # most are Ethernet
                out.write(data[24:] * (1 + 12_000_000 // len(captures) // len(data)))
    return path


def rotation(report, directory, captures):
    """The same files as tcpdump's: names and content."""
    large = large_capture(directory, captures)
    for size, files in ((1, 0), (1, 1), (1, 2), (1, 10), (1, 11), (5, 0), (5, 2), (30, 3)):
        theirs, mine = (os.path.join(directory, f"{who}-{size}-{files}") for who in "tm")
        os.mkdir(theirs)
        os.mkdir(mine)
        command = ["tcpdump", "-Z", "root", "-r", large, "-w", os.path.join(theirs, "x"), "-C",
                   str(size)]
        status, _, messages = oracle.output(command + (["-W", str(files)] if files else []))
        problems = list(compared("tcpdump's status", (status, messages)[:1], (0,)))
        problems += resave(f"rotate={size * 1_000_000},{files}", "pcap", "little",
                           os.path.join(mine, "x"), large)
        names = sorted(os.listdir(theirs))
        problems += compared("names", sorted(os.listdir(mine)), names)
        problems += [f"{name} differs from tcpdump's" for name in names
                     if os.path.exists(os.path.join(mine, name)) and not filecmp.cmp(
                         os.path.join(mine, name), os.path.join(theirs, name), shallow=False)]
        report.check(f"rotation as tcpdump's -C {size} -W {files}: {len(names)} files", problems)


def made_by_others(directory, captures):
    """pcapng files with names, comments, secrets and several interfaces: paths."""
    log = os.path.join(directory, "keys.log")
    with open(log, "wb") as file:
        file.write(b"CLIENT_RANDOM " + b"0" * 64 + b" " + b"1" * 96 + b"\n")
    # mergecap does not take secrets, so they come last.
    merged_path = os.path.join(directory, "mergecap.pcapng")
    oracle.output(["mergecap", "-F", "pcapng", "-I", "none", "-w", merged_path] + captures)
    made = []
    for number, path in enumerate(captures + [merged_path]):
        one = os.path.join(directory, f"made-{number}.pcapng")
        status = oracle.output(
            ["editcap", "-F", "pcapng", "-a", "1:first", "-a", "2:zweiter, größer",
             "--capture-comment", "of the file", "--inject-secrets", f"tls,{log}", path, one])[0]
        if status == 0:
            made.append(one)
    return made


def main():
    global resave_program
    parser = oracle.arguments(__doc__)
    parser.add_argument("--frames", required=True, help="the built tests/oracle/frames.c")
    parser.add_argument("--resave", required=True, help="the built tests/oracle/resave.c")
    parser.add_argument("--most", type=int, default=8, help="captures to make files from (8)")
    chosen = parser.parse_args()
    files_oracle.frames_program = chosen.frames
    resave_program = chosen.resave
    oracle.need("tshark", "editcap", "mergecap", "capinfos", "tcpdump", "go",
                files_oracle.GOPACKET)
    captures = [path for path in oracle.captures(chosen.captures)
                if 1000 < os.path.getsize(path) < 300_000]
    # Spread over what there is, the same ones every time.
    captures = captures[::max(1, len(captures) // chosen.most)][:chosen.most]
    report = files_oracle.Report(chosen.show)
    with tempfile.TemporaryDirectory() as directory:
        made = made_by_others(directory, captures)
        paths = sorted(glob.glob(os.path.join(files_oracle.GOPACKET, "?e", "*.pcapng")))
        pcapng_files(report, directory, paths, made)
        packets_written(report, directory, captures + made[-1:])
        compressions(report, directory, made[-1])
        merged(report, directory, made[:3])
        rotation(report, directory, captures)
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
