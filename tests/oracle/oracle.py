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
    "llmnr dhcp vxlan gre mpls pwethcw pwach pppoed pppoes ppp lcp ipcp ipv6cp pap chap sctp data "
    "_ws.short _ws.malformed".split()
)
OPAQUE = set("http http2 tls ssl ssh websocket".split())
# The link types tapir decodes, by tshark's numbers: Ethernet, raw IP, BSD null and loop, Linux
# cooked.
LINK_TYPES = set("1 4 7 129 130 139 149 15 174 25 210".split())

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
    "sctp.checksum:CRC32C",
    "sctp.relative_tsns:FALSE",
    "sctp.tsn_analysis:FALSE",
    "sctp.reassembly:FALSE",
    "sctp.ulp_dissection:FALSE",
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
    """What tshark makes of one packet. Complaints are its words, and what it could have said."""

    link_type: str
    protocols: list
    complete: bool
    well_formed: bool
    complaints: str


# Groups and severities of tshark's complaints.
CHECKSUM, MALFORMED, PROTOCOL = "16777216", "117440512", "150994944"
WARNING, ERROR = "6291456", "8388608"


def is_fault(group, severity):
    """Whether a complaint says that the packet itself is wrong."""
    if group == CHECKSUM:
        return False
    return group == MALFORMED or severity == ERROR or (group, severity) == (PROTOCOL, WARNING)


# Layers that say the packet itself is wrong, and how names that are show; labels of bits are no
# longer to be used (RFC 6891 5).
FAULTS = {"_ws.malformed", "_ws.short"}
BROKEN_NAME = re.compile(r"<Name (contains|too)|<Unknown extended label>|\\\[x[0-9a-f]+/\d")

# What a view is made of; the names of DNS may hold anything, so they come last.
FIELDS = (
    "frame.encap_type frame.protocols frame.cap_len frame.len _ws.expert.group "
    "_ws.expert.severity _ws.expert.message _ws.unreassembled ip.version ipv6.plen "
    "ipv6.hopopts.len_oct icmpv6.mldr.nb_mcast_records icmpv6.mldr.mar.record_type "
    "ppp.length pap.length chap.length "
    "dns.qry.name dns.resp.name dns.ns dns.md dns.mf dns.cname dns.soa.mname dns.soa.rname dns.mb "
    "dns.mg dns.mr dns.ptr.domain_name dns.minfo.r dns.minfo.e dns.mx.mail_exchange dns.rp.mailbox "
    "dns.rp.txt_rr dns.afsdb.hostname dns.rt.intermediate_host dns.px.map822 dns.px.map400 "
    "dns.srv.target dns.kx.key_exchange dns.dname"
).split()


PPP_CONTROL_HEADER = 4


def overlooked(protocols, versions, announced, records, control_lengths):
    """Whether something is wrong with the packet that tshark says nothing about."""
    # It hands an IPv4 header of version 6 on (RFC 791 3.1).
    layers = [name for name in protocols if name in ("ip", "ipv6")]
    if ("ip", "6") in zip(layers, versions.split(",")):
        return True
    # It takes a control packet of PPP that is shorter than its own header (RFC 1661 5).
    lengths = [int(length) for length in ",".join(control_lengths).split(",") if length]
    if any(length < PPP_CONTROL_HEADER for length in lengths):
        return True
    # It stops where the records of a listener report do (RFC 3810 5.2.3).
    counts = [int(count) for count in announced.split(",") if count]
    return sum(counts) != sum(record != "" for record in records.split(","))


ONLY_HOP_BY_HOP = "The payload ends with the hop-by-hop header or before"


def ends_early(protocols, payload_lengths, header_lengths):
    """Whether nothing of what follows a hop-by-hop header is inside the payload (RFC 8200 3)."""
    payload = int(payload_lengths.split(",")[0] or 0)
    header = int(header_lengths.split(",")[0] or 8)
    return "ipv6.hopopts" in protocols and 0 < payload <= header


def view_of(line):
    """What a line of FIELDS says."""
    link_type, protocols, captured, length, groups, severities, complaints, *rest = line.split("\t")
    unreassembled, versions, payload_lengths, header_lengths, announced, records, *rest = rest
    control_lengths, names = rest[:3], rest[3:]
    protocols = protocols.split(":")
    wrong = any(map(is_fault, groups.split(","), severities.split(",")))
    wrong = wrong or unreassembled or FAULTS & set(protocols)
    wrong = wrong or BROKEN_NAME.search("\t".join(names))
    wrong = wrong or overlooked(protocols, versions, announced, records, control_lengths)
    if ends_early(protocols, payload_lengths, header_lengths):
        complaints += f",{ONLY_HOP_BY_HOP}"
    return View(link_type, protocols, captured == length, not wrong, complaints)


def tshark_views(path):
    """tshark's view of every packet of a file."""
    command = TSHARK + PACKETS_ONLY + ["-r", path, "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    text = output(command)[1].decode(errors="replace")
    return [view_of(line) for line in text.splitlines()]


def ours_only(view):
    """Whether a packet consists only of the protocols tapir decodes."""
    if view.link_type not in LINK_TYPES:
        return False
    for name in view.protocols:
        if name in OPAQUE:
            return True
        if name not in PROTOCOLS and not name.startswith("ipv6."):
            return False
    return bool(view.protocols)


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
