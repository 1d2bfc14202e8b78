#!/usr/bin/python3
"""Compares the fields of `tapir decode -r FILE -T json` with tshark's of the same name.

Every value of ours is looked up in tshark's PDML: same packet, same layer instance, same field
name, same place among the repetitions. A test point per protocol and one for all: it passes at
99.5 % of the occurrences.

Where tshark shows no value of that name in that layer there is nothing to be equal to: options it
does not know, values it shows for some connections only. Such values are counted apart, by field,
but only when everything else in the packet agrees, so that a layer taken for another one, or read
at a wrong place, still counts as a disagreement. Values that tshark alone shows are counted as
well, but for headings and for what NOT_IN_THE_HEADER names; each side has its test point, which
bounds its share.

Names tshark does not know, and fields tshark shows that we never produce, are listed. --field NAME
shows only that field's disagreements.
"""

import collections
import datetime
import ipaddress
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import oracle

# Our layer name -> tshark's, where they differ.
LAYER_NAMES = {"sll2": "sll", "dot1q": "vlan", "dot1ad": "ieee8021ad"}

# Names tshark uses in a header and in an option of it: by the field around, ours in the option.
NAMES_INSIDE = {
    ("dhcp.option.type", "dhcp.hw.type"): "dhcp.client_id.hw_type",
    ("dhcp.option.type", "dhcp.hw.mac_addr"): "dhcp.client_id.hw_address",
}

# Fields whose value is the first byte of what tshark marks as theirs, whatever it shows.
FIRST_BYTE = ("dhcp.option.type",)

# Protocols tshark keeps apart, whose fields stand in the layer around them for us.
PART_OF_ANOTHER = ("mptcp",)

# Where we keep to the standard and tshark shows something else: fields, rule, what tshark does.
# They count as disagreements all the same; the table explains what is printed of them.
KNOWN = [
    (
        r"ip\.len",
        "a sender that leaves segmentation to the device writes 0",
        "tshark puts the captured length in the place of 0",
    ),
    (
        r"tcp\.flags\.(cwr|ece|ae)",
        "RFC 9768 3.2.2: the flags are a counter once both sides agreed on it in the handshake",
        "tshark shows tcp.flags.ace instead, for what it remembers of the connection",
    ),
    (
        r"tcp\.options\.mptcp\.checksum",
        "RFC 8684 3.3: the length of the option tells whether it is there",
        "tshark shows it only when it saw a handshake that asks for it",
    ),
    (
        r"tcp\.option_kind",
        "RFC 9293 3.1: the next option begins where the length of this one says",
        "tshark gives up the options behind one for Multipath TCP that has no subtype",
    ),
    (
        r"tcp\.options\.acc_ecn\..*",
        "RFC 9768 3.2.3: counters are left out from the end",
        "tshark shows none in an option whose length is not of whole counters",
    ),
    (
        r"dns\.length",
        "RFC 1035 4.2.2: a message of no bytes is one",
        "tshark takes what follows for it",
    ),
    (
        r"dns\.(qry|resp)\.name",
        "RFC 1035 3.1, RFC 3629 3: labels may have any bytes; overlong sequences are not UTF-8",
        "tshark ends the name at a byte of 0 and decodes overlong sequences",
    ),
    (
        r"dns\.(resp|rr)\..*",
        "RFC 1035 3.2.1: data ends where its length says",
        "tshark reads on into what follows",
    ),
    (
        r"data\.data",
        "RFC 4884 4: a quoted datagram ends where the length says, extensions follow",
        "tshark takes the extensions of ICMPv6 for a part of the quoted datagram, too",
    ),
    (
        r"icmp\.int_info\.name",
        "RFC 5837 4.3: the name takes as many bytes as its length says",
        "tshark leaves out one that ends with its object",
    ),
    (
        r"icmpv6\.opt\.(cga(\..*)?|type|length|mtu|nonce)",
        "RFC 4861 4.6: the next option begins where the length of this one says",
        "tshark gives up the options behind a public key that is not ASN.1",
    ),
    (
        r"ipv6\.opt\.(ioam|rpl)\..*",
        "RFC 9486, RFC 9008: types 0x11 and 0x23 as well",
        "tshark 4.0 knows 0x31 and 0x63 only",
    ),
    (
        r"ipv6\.opt[._].*",
        "RFC 8200 4.2: an option ends where its length says, the options with their header",
        "tshark reads an option's fields wherever they are, and goes on behind them",
    ),
    (
        r"ipv6\.routing\.rpl\.addr_count",
        "RFC 6554 3: no address fits where there are fewer bytes than one has",
        "tshark counts one",
    ),
    (
        r"ip\.(dst|cur_rt)",
        "RFC 791 3.1: a route is of whole addresses, and its pointer leads to one of them",
        "tshark takes the last four bytes of the option for an address",
    ),
    (
        r"pppoed\.tag\.unknown_data",
        "RFC 2516 appendix A: the value stands behind type and length",
        "tshark begins with the length",
    ),
    (
        r"ip\.opt\.sec_rfc791_tcc",
        "RFC 791 3.1: three octets",
        "tshark escapes what does not print in its own way",
    ),
]

# Differences of DHCP, apart since there are many.
KNOWN += [
    (
        r"dhcp\.secs",
        "RFC 2131 2: network byte order",
        "tshark turns it round where that looks more likely",
    ),
    (
        r"dhcp\.(server|file)",
        "RFC 2131 4.1: options only where the option says so, and that has one byte",
        "tshark takes the first byte of a longer one, and escapes bytes in a form of its own",
    ),
    (
        r"dhcp\.option\.bulk_lease\..*_time",
        "RFC 6926 6.2: absolute time is seconds since 1970",
        "tshark counts from 1900, as NTP does",
    ),
    (
        r"dhcp\.option\.bulk_lease\.data_source",
        "RFC 6926 6.2.8: the lowest bit",
        "tshark takes any bit for it",
    ),
    (
        r"dhcp\.option\.pcp\..*",
        "RFC 7291 4: lists of addresses, one behind the other",
        "tshark gives up behind the first length",
    ),
    (
        r"dhcp\.option\.vendor\.value",
        "RFC 2132 8.4: the whole information",
        "tshark shows the values inside by that name for vendors it knows",
    ),
    (
        r"dhcp\.option\.agent_information_option\.value",
        "RFC 4243 4: the data of a vendor",
        "tshark shows by that name only what it does not know",
    ),
    (
        r"dhcp\.option\.sip_server\.encoding",
        "RFC 3396: options are shown as they stand",
        "tshark joins the parts of this one",
    ),
    (
        r"dhcp\.option\..*",
        "RFC 2132 2: the next option begins where the length of this one says",
        "tshark gives up the options behind one that is wrong, or reads on beyond its place",
    ),
]

# What tshark shows that no header says, by reason.
NOT_IN_THE_HEADER = [
    ("looked up", r".*(_resolved|\.oui(_resolved)?|_host|\.host|asnum.*|geoip.*|\.id_name)"),
    ("a second name, for filters", r".*\.(addr|port)|eth\.(lg|ig)|tcp\.(seq|ack)_raw|.*\.str"
        r"|sctp\.initiate_tag"),
    ("the version, once more", r"ip\.version"),
    ("payload and its length", r"data\.(len|text)|(tcp|udp)\.payload|tcp\.len"),
    ("computed, or on request", r".*(\.checksum_calculated|\.(checksum|fcs)\.status)"),
    (
        "what it remembers of other packets",
        r".*\.(stream(\.pnum)?|time(_relative|_delta)?|no_resp|resptime|retransmi.*|analysis.*"
        r"|completeness.*|resp(onse)?_(in|to|time)|(pdu|segment|fragment|reassembled).*)"
        r"|tcp\.(nxtseq|window_size(_scalefactor)?|flags\.ace|options\.sack\.dsack_[lr]e)"
        r"|sctp\.assoc_index"
        r"|mptcp\.(ack|dsn|dss\.dsn|expected_(idsn|token)|master|rawdsn64)"
        r"|dns\.(unsolicited|retransmission)|arp\.seconds.*",
    ),
    ("counted", r"mptcp\.rm_addr\.count|tcp\.options\.sack\.count"),
    ("the difference of two fields", r"(ip|ipv6)\.opt\.qs_ttl_diff"),
    ("a judgement", r"arp\.is(announcement|gratuitous|probe)|dhcp\.bootp"),
    ("a guess at the payload", r"icmp\.data_time(_relative)?|tcp\.reset_cause"),
    (
        "read out of an address",
        r"ipv6\.((src|dst)_)?(6to4|tc|ts|embed|isatap|slaac)_.*",
    ),
    ("a name as it is on the wire, taken for text", r"dns\.opt\.chain\.fqdn"),
]
NOT_IN_THE_HEADER = re.compile("|".join(f"(?:{pattern})" for _, pattern in NOT_IN_THE_HEADER))

# At most as much of all values may be shown by only one of the two.
ALONE_THRESHOLD = 0.5


def explanation(name):
    """What is known of disagreements about a field, or None."""
    for pattern, rule, difference in KNOWN:
        if re.fullmatch(pattern, name):
            return f"{rule}; {difference}"
    return None


class Field:
    """One field of tshark's: its printed and its raw form, and whether that is some bits only."""

    __slots__ = ("show", "value", "masked")

    def __init__(self, element):
        self.show = element.get("show")
        self.value = element.get("value") or ""
        if element.get("name") in FIRST_BYTE and bytes_of(self.value):
            self.show = str(int(self.value[:2], 16))
        self.masked = "unmaskedvalue" in element.keys()

    def __repr__(self):
        return self.show if self.show is not None else self.value


class Instance:
    """One protocol in one packet, with its fields by name in order."""

    def __init__(self, name, position):
        self.name, self.position = name, position
        self.fields = collections.defaultdict(list)


def belongs(name, owner):
    return name in PART_OF_ANOTHER or name.startswith(owner.name + ".")


def walk(element, instance, instances, separate):
    """Collect the fields below element; nested protocols become instances of their own."""
    pending = [(child, instance, "") for child in reversed(element)]
    while pending:
        child, owner, around = pending.pop()
        name = child.get("name", "")
        name = NAMES_INSIDE.get((around, name), name)
        if name == "_ws.expert":
            continue
        if child.tag == "proto" and (name in separate or not belongs(name, owner)):
            owner = Instance(name, int(child.get("pos", 0)))
            instances.append(owner)
        elif name == "data" and child.tag == "field":
            first = next(iter(child), child)
            owner = Instance("data", int(first.get("pos", 0)))
            instances.append(owner)
        elif name:
            owner.fields[name].append(Field(child))
        pending += [(grandchild, owner, name) for grandchild in reversed(child)]


def joined(instances):
    """tshark begins a new layer of SCTP behind the payload of a chunk; to us it is all one."""
    kept, first = [], None
    for instance in instances:
        if instance.name == "sctp" and first and "sctp.srcport" not in instance.fields:
            for name, fields in instance.fields.items():
                first.fields[name] += fields
            continue
        first = instance if instance.name == "sctp" else first
        kept.append(instance)
    return kept


def packet_instances(packet, separate):
    instances = []
    for proto in packet:
        if proto.tag == "proto":
            instance = Instance(proto.get("name"), int(proto.get("pos", 0)))
            instances.append(instance)
            walk(proto, instance, instances, separate)
    return joined(instances)


class TsharkPackets:
    """Iterates over the lists of protocol instances of a file's packets."""

    def __init__(self, path, separate):
        self.path, self.separate = path, separate
        self.gave_up = ""

    def __iter__(self):
        command = oracle.TSHARK + oracle.PACKETS_ONLY + ["-r", self.path, "-T", "pdml"]
        status, text, messages = oracle.output(command)
        if status:
            lines = messages.decode(errors="replace").strip().splitlines()
            self.gave_up = lines[-1] if lines else f"exit status {status}"
        # A damaged file ends the document early; a character XML cannot carry would end it too.
        text = text.decode(errors="replace").encode()
        text = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"?", text)
        parser = ElementTree.XMLPullParser(["end"])
        for start in range(0, len(text), 1 << 20):
            parser.feed(text[start : start + (1 << 20)])
            for _, element in parser.read_events():
                if element.tag == "packet":
                    yield packet_instances(element, self.separate)
                    element.clear()


def our_packets(tapir, path):
    """The packets of `decode -T json`, with its exit status and messages."""
    status, text, messages = oracle.output([tapir, "decode", "-r", path, "-T", "json"])
    packets = [json.loads(line) for line in text.decode().splitlines() if line.strip()]
    return packets, status, messages.decode(errors="replace").strip()


def number_of(text):
    """A number as tshark prints it, or None."""
    text = text.strip()
    try:
        return int(text, 0)
    except ValueError:
        pass
    if re.fullmatch(r"0\d+", text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return {"True": 1, "False": 0}.get(text)


def raw_number(field):
    return int(field.value, 16) if re.fullmatch(r"[0-9a-fA-F]+", field.value) else None


def epoch_of(text):
    """Seconds since the epoch of tshark's "Jan  2, 2026 03:04:05.123456789 UTC"."""
    match = re.match(r"(\w+ +\d+, \d+ \d+:\d+:\d+)(\.\d+)? UTC$", text)
    if not match:
        return None
    moment = datetime.datetime.strptime(re.sub(" +", " ", match[1]), "%b %d, %Y %H:%M:%S")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp() + float(match[2] or 0)


def bytes_of(text):
    """The bytes of "aa:bb:cc", with any or no separator, or None."""
    digits = re.sub(r"[:\-. ]", "", text)
    return bytes.fromhex(digits) if re.fullmatch(r"([0-9a-fA-F]{2})*", digits) else None


def text_of(raw):
    return raw.decode(errors="replace")


def same_number(ours, field):
    show = number_of(field.show or "")
    if show is not None:
        # Several bits that tshark calls true or false are a number to us.
        exact = show == ours or field.masked and show in (0, 1) and raw_number(field) == ours
        return exact or isinstance(show, float) and abs(show - ours) < 1e-6
    moment = epoch_of(field.show or "")
    if moment is not None:
        return abs(moment - ours) < 1e-5
    return raw_number(field) == ours


def same_text(ours, field):
    show = field.show or ""
    if ours == show or ours.lower() == show.lower():
        return True
    try:
        return ipaddress.ip_address(ours) == ipaddress.ip_address(show)
    except ValueError:
        pass
    raw = bytes_of(field.value)
    if raw:
        # Text ends at a byte of 0, where there is one; what is not UTF-8 cannot be in JSON.
        if ours in (text_of(raw), text_of(raw.split(b"\0")[0])):
            return True
        # Only a byte string is compared as one: "12" may also be a name.
        if re.fullmatch(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2})*", ours) and bytes_of(ours) == raw:
            return True
    moment = epoch_of(show)
    if moment is not None and ours[:1].isdigit() and "T" in ours:
        iso = re.sub(r"(\.\d{6})\d*Z?$", r"\1", ours).rstrip("Z") + "+00:00"
        return abs(datetime.datetime.fromisoformat(iso).timestamp() - moment) < 1e-5
    # tshark escapes what is not printable, and we may too.
    return show.encode().decode("unicode_escape", "replace") == ours if "\\" in show else False


def same(ours, field):
    if isinstance(ours, bool):
        show = number_of(field.show or "")
        return bool(raw_number(field) if show is None else show) == ours
    if isinstance(ours, (int, float)):
        return same_number(ours, field)
    if isinstance(ours, str):
        return same_text(ours, field)
    return ours is None and not field.show


def matched(ours, theirs):
    """How many of ours agree, in order, and the pairs that do not."""
    if len(ours) == len(theirs):
        wrong = [pair for pair in zip(ours, theirs) if not same(*pair)]
        return len(ours) - len(wrong), wrong
    # Lists of different lengths: the most that can be paired up without changing the order.
    agreed, at = 0, 0
    for value in ours:
        for index in range(at, len(theirs)):
            if same(value, theirs[index]):
                agreed, at = agreed + 1, index + 1
                break
    return agreed, [(ours, theirs)]


class Score:
    """What is known of one field name."""

    def __init__(self):
        self.seen = self.agreed = 0
        self.alone = 0
        self.examples = []


class Comparison:
    """All files' results."""

    def __init__(self, types):
        self.types = types
        self.scores = collections.defaultdict(Score)
        self.unknown = collections.Counter()
        self.deeper = collections.Counter()
        self.not_ours = collections.Counter()
        self.left_out = collections.Counter()
        self.notes = []
        self.names = set()
        self.layer_names = set()

    def packet(self, path, number, layers, instances):
        free = list(instances)
        alone, agreed = [], True
        for layer in layers:
            # A protocol tshark takes for another: nothing below can be compared.
            instance = self.find(layer, free)
            if instance is not None:
                free.remove(instance)
            agreed &= self.layer((path, number), layer, instance, alone)
        for score, values in alone:
            if agreed:
                score.alone += len(values)
            else:
                score.seen += len(values)
                score.examples.append((path, number, values, []))

    @staticmethod
    def find(layer, free):
        name = LAYER_NAMES.get(layer["name"], layer["name"])
        same_name = [one for one in free if one.name == name]
        for one in same_name:
            if one.position == layer["offset"]:
                return one
        # What is left over for nobody has no name to recognise it by, only its place.
        if same_name and name != "data":
            return same_name[0]
        for one in free:
            if one.position == layer["offset"] and any(f in one.fields for f in layer["fields"]):
                return one
        return None

    def layer(self, place, layer, instance, alone):
        """Compare one layer; what tshark shows nothing of is added to alone."""
        name = layer["name"]
        equal = True
        for field, values in layer["fields"].items():
            if field not in self.types:
                self.unknown[f"{name}: {field}"] += 1
                continue
            if instance is None:
                self.deeper[name] += 1
                continue
            values = values if isinstance(values, list) else [values]
            theirs = instance.fields.get(field, [])
            if "status" in layer and len(values) > len(theirs):
                # We keep what was there of a broken header, tshark often gives up on more of it.
                self.deeper[name + " (partial)"] += len(values) - len(theirs)
                values = values[: len(theirs)]
            score = self.scores[(name, field)]
            if not theirs:
                if values:
                    alone.append((score, values))
                continue
            agreed, wrong = matched(values, theirs)
            score.seen += max(len(values), len(theirs))
            score.agreed += agreed
            equal = equal and not wrong
            for ours, expected in wrong:
                score.examples.append((*place, ours, expected))
        if instance is not None:
            self.names.update(layer["fields"])
            self.layer_names.add(instance.name)
            for field, theirs in instance.fields.items():
                if field not in layer["fields"] and self.is_header_field(field):
                    self.left_out[(instance.name, field)] += len(theirs)
        return equal

    def is_header_field(self, field):
        """Whether a field has a value of its own that stands in a header."""
        has_value = self.types.get(field, NO_VALUE) != NO_VALUE
        return has_value and not NOT_IN_THE_HEADER.fullmatch(field)

    def merge(self, other):
        for key, score in other.scores.items():
            mine = self.scores[key]
            mine.seen += score.seen
            mine.agreed += score.agreed
            mine.alone += score.alone
            mine.examples += score.examples
        for mine, theirs in (
            (self.unknown, other.unknown),
            (self.deeper, other.deeper),
            (self.left_out, other.left_out),
        ):
            mine.update(theirs)
        self.notes += other.notes
        self.names |= other.names
        self.layer_names |= other.layer_names


# The type of headings, and of bytes that tshark marks without a value.
NO_VALUE = "FT_NONE"


def field_types():
    """The type of every field tshark knows, by name; protocols are headings."""
    text = oracle.output(["tshark", "-G", "fields"])[1].decode(errors="replace")
    types = {}
    for row in (line.split("\t") for line in text.splitlines()):
        if row[0] == "F" and len(row) > 3:
            types[row[2]] = row[3]
        elif row[0] == "P" and len(row) > 2:
            types.setdefault(row[2], NO_VALUE)
    for (_, name), ours in NAMES_INSIDE.items():
        types[ours] = types.get(name, NO_VALUE)
    return types


def compare_file(tapir, path, types):
    """One file's comparison and what went wrong as a whole."""
    comparison, problems = Comparison(types), []
    try:
        packets, status, messages = our_packets(tapir, path)
    except (ValueError, KeyError) as problem:
        return comparison, [f"{path}: not the JSON we promise: {problem}"]
    if status not in (0, 1):
        problems.append(f"{path}: exit status {status}: {messages.splitlines()[:1]}")
    separate = {layer["name"] for packet in packets for layer in packet["layers"]}
    count = 0
    views = oracle.tshark_views(path)
    theirs = TsharkPackets(path, separate)
    for number, instances in enumerate(theirs):
        count += 1
        if number >= len(packets):
            continue
        if number < len(views) and not oracle.ours_only(views[number]):
            # Compare the layers up to the first one that is another protocol's.
            instances = instances[: foreign(instances)]
        comparison.packet(path, number + 1, packets[number]["layers"], instances)
    if theirs.gave_up and count < len(packets):
        comparison.notes.append(f"{path}: tshark gave up after {count} packets: {theirs.gave_up}")
    elif count != len(packets):
        problems.append(f"{path}: {len(packets)} packets, tshark {count}")
    return comparison, problems


def foreign(instances):
    for index, instance in enumerate(instances):
        name = instance.name
        if name in ("geninfo", "frame") or name in oracle.PROTOCOLS or name.startswith("ipv6."):
            continue
        return index
    return len(instances)


def report_field(tap, name, score, limit):
    share = oracle.percent(score.agreed, score.seen)
    tap.note(f"{name[0]}: {name[1]}: {score.agreed} of {score.seen} ({share:.2f} %)")
    if explanation(name[1]):
        tap.note(f"  known: {explanation(name[1])}")
    for path, number, ours, theirs in score.examples[:limit]:
        tap.note(f"  {path} packet {number}: tapir {str(ours)[:200]}, tshark {str(theirs)[:200]}")


def report_alone(tap, total, compared):
    """The values that only one of the two shows."""
    ours = {name: score.alone for name, score in total.scores.items() if score.alone}
    never = {key: count for key, count in total.left_out.items() if key[1] not in total.names}
    sometimes = {key: count for key, count in total.left_out.items() if key[1] in total.names}
    for title, tables in (
        ("only tapir shows", {"": ours}),
        ("only tshark shows", {", and tapir never": never, ", tapir elsewhere": sometimes}),
    ):
        count = sum(sum(table.values()) for table in tables.values())
        share = oracle.percent(count, compared + count)
        text = f"json: {count} values {title} in a layer both know ({share:.2f} % of all)"
        tap.point(share <= ALONE_THRESHOLD, text)
        for addition, table in tables.items():
            groups = collections.defaultdict(list)
            for (layer, field), number in sorted(table.items()):
                known = explanation(field) if table is ours else None
                groups[known or ""].append(f"  {layer}: {field} ({number})")
            for known, rows in sorted(groups.items()):
                tap.note(f"What {title}{addition}{known and ', known: '}{known}:")
                for row in rows:
                    tap.note(row)


def main():
    parser = oracle.arguments(__doc__)
    parser.add_argument("--field", action="append", help="show this field's disagreements only")
    chosen = parser.parse_args()
    oracle.need("tshark", chosen.tapir)
    paths = oracle.captures(chosen.captures)
    types = field_types()
    total, problems = Comparison(types), []
    results = oracle.each(lambda path: compare_file(chosen.tapir, path, types), paths)
    for comparison, found in results:
        total.merge(comparison)
        problems += found
    tap = oracle.Tap()
    limit = None if chosen.verbose or chosen.field else chosen.show
    seen = collections.Counter()
    agreed = collections.Counter()
    for (layer, _), score in total.scores.items():
        for key in (layer, "every layer"):
            seen[key] += score.seen
            agreed[key] += score.agreed
    for key in sorted(seen, key=lambda key: (key == "every layer", key)):
        share = oracle.percent(agreed[key], seen[key])
        tap.point(
            share >= oracle.THRESHOLD,
            f"json {key}: {agreed[key]} of {seen[key]} values equal ({share:.2f} %)",
        )
        for name, score in sorted(total.scores.items()):
            if name[0] == key and score.agreed < score.seen:
                if not chosen.field or name[1] in chosen.field:
                    report_field(tap, name, score, limit)
    report_alone(tap, total, seen["every layer"])
    tap.point(bool(seen) and not problems, "json: every file read, packet for packet")
    for line in problems + total.notes:
        tap.note(line)
    if total.unknown:
        tap.note("Names tshark does not know:")
        for name, count in total.unknown.most_common():
            tap.note(f"  {name} ({count})")
    if total.deeper:
        tap.note("Layers of ours tshark does not show there (values not compared):")
        for name, count in total.deeper.most_common():
            tap.note(f"  {name} ({count})")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
