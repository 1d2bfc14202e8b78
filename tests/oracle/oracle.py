"""What the oracle comparisons share: capture files, tshark's view of them, and TAP output."""

import argparse
import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import typing

CAPTURE_SUFFIXES = (".pcap", ".pcapng", ".cap", ".pcap.gz", ".snoop")
THRESHOLD = 99.5
EXTRA_CAPTURES = "TAPIR_EXTRA_CAPTURES"
SKIP_STATUS = 77

# Layers of tshark's that stand for the protocols tapir decodes. Names that only belong to the
# payload of TCP are opaque to us, and so is whatever tshark finds inside them.
PROTOCOLS = set(
    "eth ethertype vlan ieee8021ad sll null raw arp ip ipv6 icmp icmpv6 tcp mptcp udp dns mdns "
    "llmnr vxlan gre data _ws.short _ws.malformed".split()
)
OPAQUE = set("http http2 tls ssl ssh websocket".split())

# tshark decodes every packet on its own, as we do, and verifies what we verify.
TSHARK = ["tshark", "-n"]
for preference in (
    "ip.defragment:FALSE",
    "ipv6.defragment:FALSE",
    "tcp.desegment_tcp_streams:FALSE",
    "tcp.relative_sequence_numbers:FALSE",
    "tcp.analyze_sequence_numbers:FALSE",
    "mptcp.relative_sequence_numbers:FALSE",
    "mptcp.analyze_mptcp:FALSE",
    "ip.check_checksum:TRUE",
    "tcp.check_checksum:TRUE",
    "udp.check_checksum:TRUE",
):
    TSHARK += ["-o", preference]

# Some blocks of pcapng are records to tshark that are no packets.
PACKETS_ONLY = ["-Y", "frame.encap_type"]


def arguments(description):
    """The argument parser all comparisons start from."""
    # Into `head` and the like: end quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tapir", default="build/tapir", help="the program under test")
    parser.add_argument("--verbose", action="store_true", help="show every difference")
    parser.add_argument("--show", type=int, default=5, help="differences to show (default 5)")
    parser.add_argument("captures", nargs="+", help="capture files, or directories of them")
    return parser


def captures(paths):
    """The capture files among paths and in directories; more from the environment."""
    extra = os.environ.get(EXTRA_CAPTURES)
    found = []
    for path in list(paths) + ([extra] if extra else []):
        if os.path.isdir(path):
            for folder, _, names in sorted(os.walk(path)):
                names = (name for name in sorted(names) if name.endswith(CAPTURE_SUFFIXES))
                found += [os.path.join(folder, name) for name in names]
        elif os.path.exists(path):
            found.append(path)
        else:
            print(f"Bail out! no such file or directory: {path}")
            sys.exit(2)
    return found


def need(*programs):
    """Skip the whole test when a program it compares with is missing."""
    for program in programs:
        if shutil.which(program) is None and not os.path.exists(program):
            print(f"1..0 # SKIP {program} is not here")
            sys.exit(SKIP_STATUS)


def environment():
    """One time zone, one language, nobody's personal settings."""
    changed = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
    changed["WIRESHARK_CONFIG_DIR"] = os.path.join(tempfile.gettempdir(), "no-wireshark-settings")
    return changed


def output(command, timeout=300, **changes):
    """A program's exit status, output and messages, as bytes."""
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment(), **changes),
        timeout=timeout,
        check=False,
    )
    return result.returncode, result.stdout, result.stderr


def each(function, items):
    """Call function for every item, two at a time, results in order."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(function, items))


class View(typing.NamedTuple):
    """What tshark makes of one packet."""

    protocols: list
    complete: bool
    well_formed: bool


# Groups and severities of tshark's complaints.
CHECKSUM, MALFORMED, PROTOCOL = "16777216", "117440512", "150994944"
WARNING, ERROR = "6291456", "8388608"


def is_fault(group, severity):
    """Whether a complaint says that the packet itself is wrong."""
    if group == CHECKSUM:
        return False
    return group == MALFORMED or severity == ERROR or (group, severity) == (PROTOCOL, WARNING)


# Layers that say the packet itself is wrong, and how names that are show.
FAULTS = {"_ws.malformed", "_ws.short"}
BROKEN_NAME = re.compile("<Name (contains|too)|<Unknown extended label>")


def view_of(line):
    protocols, captured, length, groups, severities, unreassembled, names = line.split("\t", 6)
    protocols = protocols.split(":")
    wrong = any(map(is_fault, groups.split(","), severities.split(",")))
    wrong = wrong or unreassembled or FAULTS & set(protocols) or BROKEN_NAME.search(names)
    return View(protocols, captured == length, not wrong)


def tshark_views(path):
    """tshark's view of every packet of a file."""
    command = TSHARK + PACKETS_ONLY + ["-r", path, "-T", "fields"]
    fields = "frame.protocols frame.cap_len frame.len _ws.expert.group _ws.expert.severity"
    for field in f"{fields} _ws.unreassembled dns.qry.name dns.resp.name".split():
        command += ["-e", field]
    text = output(command)[1].decode(errors="replace")
    return [view_of(line) for line in text.splitlines()]


def ours_only(protocols):
    """Whether a packet consists only of the protocols tapir decodes."""
    for name in protocols:
        if name in OPAQUE:
            return True
        if name not in PROTOCOLS and not name.startswith("ipv6."):
            return False
    return bool(protocols)


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


class Tap:
    """Counts and prints test points."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def point(self, passed, name, skip=None):
        self.count += 1
        self.failed += not passed
        name = name.replace("#", "\\#")
        reason = f" # SKIP {skip}" if skip else ""
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}{reason}", flush=True)

    @staticmethod
    def note(text=""):
        for line in text.split("\n"):
            print("# " + re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "?", line), flush=True)

    def finish(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
