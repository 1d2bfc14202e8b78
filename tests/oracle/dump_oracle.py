#!/usr/bin/python3
"""Compares the lines of `tapir dump -r FILE OPTIONS` with those of tcpdump.

A test point per set of options: it passes when at least 99.5 % of the packets made only of the
protocols tapir decodes are printed byte for byte as tcpdump prints them. --verbose shows every
difference, --options checks one set of options, as in: --options "-nn -v" FILE...
"""

import collections
import os
import re
import sys

import oracle

# First the sets that matter most, then the rest of tcpdump's options for reading files. (-f is
# not among them: tcpdump refuses it with -r.)
OPTION_SETS = (
    "-nn",
    "-nn -e",
    "-nn -v",
    "-nn -vv -XX",
    "-nn -A",
    "-nn -t",
    "-nn -tt",
    "-nn -ttt",
    "-nn -tttt",
    "-nn -ttttt",
    "-n",
    "-nn -N",
    "-nn -vv",
    "-nn -vvv",
    "-nn -q",
    "-nn -q -e",
    "-nn -q -v",
    "-nn -S",
    "-nn -S -vv",
    "-nn -x",
    "-nn -xx",
    "-nn -X",
    "-nn -AA",
    "-nn -e -vvv -X",
    "-nn -#",
    "-nn -# -e -v",
    "-nn -K",
    "-nn -K -vv",
    "-nn --nano",
    "-nn --micro",
    "-nn --nano -ttt",
    "-nn --nano -tttt",
    "-nn -l -U",
    "-nn -c 3",
    "-nn --count",
    "-nn -s 64",
    "-nn -v tcp",
    "-nn -e vlan or arp",
    "-nn ip6 and not tcp",
)
# These print something other than a record per packet.
WHOLE_OUTPUT = ("--count",)

# Packets that only tcpdump takes for another protocol: by the port, or by looking at the payload.
# They are outside the comparison, as are the packets in which tshark finds other protocols.
OTHER_PROTOCOLS = re.compile(
    r": (OTV|Geneve|VXLAN-GPE|LISP|NTPv\d|RIPv\d|ripng|dhcp6|isakmp|RADIUS|BFDv\d|BFD"
    r"|sFlowv\d|SYSLOG|kerberos|NBT|GTP|l2tp|syslog|SIP|HSRP|aodv|babel|hncp|PGM|NFS|OpenFlow"
    r"|SOMEIP|VQPv\d|BCM-LI-SHIM|LCP|EGPv\d+)\b"
    # Behind the ports: Kerberos, something malformed without a name, or nothing at all.
    r"|> ((\d+\.){4}|[0-9a-f]*:[0-9a-f:]*\.)\d+: *"
    r"(v\d [bl]e KDC_|\(invalid\)|\[!init SEQ\]|$)"
    r"| (PTPv\d|mobility: |mobile: |AT [\d.]+ > |CALM FAST src|: \(protocol 0x\w+ invalid\))"
    r"|: +\[length \d+ < \d+\] \(invalid\)"
    r"| \[\|(isoclns|isakmp_rfc3948|802\.11_radio|igmp|pgm)\]"
    r"| (Information|Supervisory|Unnumbered), |\tOSI NLPID |\) (CLNP|ES-IS|IS-IS)"
    r"|\[PPID (M3UA|ForCES)|: sctp\[ForCES"
)

# Differences we know and have a reason for: part of tcpdump's text, the reason. They count as
# differences; the table only explains them.
KNOWN = (
    (
        r"\[Error converting time\]",
        "the seconds of a record are unsigned (draft-ietf-opsawg-pcap 5), tcpdump's end in 2038",
    ),
    (
        r"\.(1\d{6}|\d{10}) ",
        "a record with a second or more of microseconds: tapir's time carries them over",
    ),
    (
        r"RT6 \(len=0, type=4.* cksum 0x",
        "without a segment (RFC 8754 2) tcpdump takes what is behind for the last destination",
    ),
)


def normal(text):
    """tcpdump's or tapir's output as lines, undecodable bytes kept apart."""
    return text.decode("utf-8", "surrogateescape").split("\n")[:-1]


def strip_numbers(lines):
    """Split the output of -# into records, one list of lines each, without the numbers."""
    records = []
    for line in lines:
        prefix = f"{len(records) + 1:5d}  "
        if line.startswith(prefix):
            records.append([line[len(prefix) :]])
        elif records:
            records[-1].append(line)
    return records


def split_plain(lines):
    """Split output into records by indentation, when there is nothing better to go by."""
    records = []
    for line in lines:
        if records and (not line or line[0] in " \t"):
            records[-1].append(line)
        else:
            records.append([line])
    return records


def split_records(lines, command, words, time_zone):
    """Split output into records, using the same command's numbered output as the ruler."""
    if "-#" in command:
        return [
            [f"{number + 1:5d}  {record[0]}"] + record[1:]
            for number, record in enumerate(strip_numbers(lines))
        ]
    numbered = strip_numbers(normal(oracle.output(command + ["-#"] + words, TZ=time_zone)[1]))
    if sum(map(len, numbered)) != len(lines):
        return split_plain(lines)
    records, at = [], 0
    for record in numbered:
        records.append(lines[at : at + len(record)])
        at += len(record)
    return records


def filter_last(command, options):
    """Options first, the words of a filter expression after them, as tcpdump wants them."""
    words = options.split()
    flags = []
    while words and (words[0].startswith("-") or flags and flags[-1] in ("-c", "-s")):
        flags.append(words.pop(0))
    return command + flags, words


class Result:
    """The comparison of one file under one set of options."""

    def __init__(self, path, options):
        self.path, self.options = path, options
        self.packets = self.equal = self.outside = 0
        self.differences = []
        self.problem = None


def compared_packets(path):
    """For every packet of a file, whether it is inside the comparison."""
    views = oracle.tshark_views(path)
    command = ["tcpdump", "-r", path, "-nn", "-#"]
    # Of some packets more is printed when asked to.
    records = [
        one + more
        for one, more in zip(
            strip_numbers(normal(oracle.output(command)[1])),
            strip_numbers(normal(oracle.output(command + ["-v"])[1])),
        )
    ]
    return [
        oracle.ours_only(view) and not any(map(OTHER_PROTOCOLS.search, record))
        for view, record in zip(views, records)
    ]


def packet_numbers(path, words):
    """Which packets a filter expression lets through, or None for all of them."""
    if not words:
        return None
    # In hexadecimal: by their text alone one packet may be taken for another.
    command = ["tcpdump", "-r", path, "-nn", "-tt", "-xx", "-#"]
    everything = strip_numbers(normal(oracle.output(command)[1]))
    numbers, at = [], 0
    for record in strip_numbers(normal(oracle.output(command + words)[1])):
        while at < len(everything) and everything[at] != record:
            at += 1
        numbers.append(at)
        at += 1
    return numbers


def compare(tapir, path, options, inside):
    result = Result(path, options)
    zone = "Asia/Kathmandu" if "-tttt" in options.split() else "UTC"
    tcpdump_command, words = filter_last(["tcpdump", "-r", path], options)
    tapir_command, _ = filter_last([tapir, "dump", "-r", path], options)
    expected_status, expected_bytes, _ = oracle.output(tcpdump_command + words, TZ=zone)
    status, actual_bytes, messages = oracle.output(tapir_command + words, TZ=zone)
    if expected_status and not expected_bytes and status == 2:
        return result  # Neither takes the expression for this link type.
    if status not in (0, 1):
        problem = messages.decode(errors="replace").strip().splitlines()
        result.problem = f"exit status {status}: {problem[0] if problem else ''}"
    if any(flag in options.split() for flag in WHOLE_OUTPUT):
        result.packets = 1
        result.equal = int(expected_bytes == actual_bytes)
        if not result.equal:
            result.differences.append((0, normal(expected_bytes), normal(actual_bytes)))
        return result

    expected = split_records(normal(expected_bytes), tcpdump_command, words, zone)
    numbers = packet_numbers(path, words)
    actual = None
    if expected_bytes != actual_bytes:
        actual = split_records(normal(actual_bytes), tapir_command, words, zone)
    for index, record in enumerate(expected):
        number = numbers[index] if numbers is not None and index < len(numbers) else index
        if number >= len(inside) or not inside[number]:
            result.outside += 1
            continue
        result.packets += 1
        if actual is None:
            result.equal += 1
            continue
        other = actual[index] if index < len(actual) else None
        if other == record:
            result.equal += 1
        else:
            result.differences.append((number + 1, record, other or ["(no record)"]))
    if actual is not None and len(actual) != len(expected):
        result.problem = result.problem or f"{len(actual)} records, tcpdump {len(expected)}"
    return result


def reason(record):
    text = "\n".join(record)
    return next((why for part, why in KNOWN if re.search(part, text)), None)


def show(tap, result, difference):
    number, expected, actual = difference
    tap.note(f"{result.path} packet {number}, {result.options}")
    why = reason(expected)
    if why:
        tap.note(f"  known: {why}")
    shown = 0
    for index in range(max(len(expected), len(actual))):
        want = expected[index] if index < len(expected) else None
        have = actual[index] if index < len(actual) else None
        if want == have:
            continue
        for mark, line in (("tcpdump", want), ("tapir  ", have)):
            if line is not None:
                tap.note(
                    f"  {mark} |{line.encode('utf-8', 'surrogateescape').decode(errors='replace')}"
                )
        shown += 1
        if shown == 6:
            tap.note("  ...")
            break


def main():
    parser = oracle.arguments(__doc__)
    parser.add_argument("--options", action="append", help="a set of options instead of the usual")
    chosen = parser.parse_args()
    oracle.need("tcpdump", "tshark", chosen.tapir)
    paths = oracle.captures(chosen.captures)
    inside = dict(zip(paths, oracle.each(compared_packets, paths)))
    tap = oracle.Tap()
    for options in chosen.options or OPTION_SETS:
        results = oracle.each(
            lambda path, options=options: compare(chosen.tapir, path, options, inside[path]), paths
        )
        packets = sum(result.packets for result in results)
        equal = sum(result.equal for result in results)
        outside = sum(result.outside for result in results)
        share = oracle.percent(equal, packets)
        note = f", {outside} outside" if outside else ""
        tap.point(
            share >= oracle.THRESHOLD and packets > 0,
            f"dump {options}: {equal} of {packets} packets equal ({share:.2f} %{note})",
        )
        problems = [result for result in results if result.problem]
        for result in problems[: None if chosen.verbose else chosen.show]:
            tap.note(f"{result.path}, {options}: {result.problem}")
        differing = [(result, one) for result in results for one in result.differences]
        for result, difference in differing[: None if chosen.verbose else chosen.show]:
            show(tap, result, difference)
        if differing and not chosen.verbose:
            by_file = collections.Counter(os.path.basename(one.path) for one, _ in differing)
            worst = ", ".join(f"{name} {count}" for name, count in by_file.most_common(8))
            explained = sum(reason(one[1]) is not None for _, one in differing)
            tap.note(f"{len(differing)} differ ({explained} for a known reason): {worst}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
