#!/usr/bin/python3
"""Compares the fields of `tapir decode -r FILE -T json` with tshark's of the same name.

Every value of ours is looked up in tshark's PDML: same packet, same layer instance, same field
name, same place among the repetitions. A test point per protocol and one for all: it passes at
99.5 % of the occurrences. Names tshark does not know, and fields tshark shows that we never
produce, are listed. --field NAME shows only that field's disagreements.
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

# Protocols tshark keeps apart, whose fields stand in the layer around them for us.
PART_OF_ANOTHER = ("mptcp",)

# Fields that agree in meaning, not in value, and why. They count as disagreements; the table only
# explains them.
KNOWN = {
    "ip.len": "for 0 (segmentation left to the device) tshark puts the captured length in its place",
    "tcp.flags.cwr": "once a connection has agreed on AccECN, tshark shows tcp.flags.ace instead",
    "tcp.flags.ece": "once a connection has agreed on AccECN, tshark shows tcp.flags.ace instead",
    "tcp.flags.ae": "once a connection has agreed on AccECN, tshark shows tcp.flags.ace instead",
    "dns.qry.name": "a pointer that leads forward is an error (RFC 1035 4.1.4), tshark follows it",
    "dns.resp.name": "a pointer that leads forward is an error (RFC 1035 4.1.4), tshark follows it",
    "dns.length": "a message of no bytes is one, tshark takes what follows for it",
    "dns.resp.type": "data ends where its length says, tshark reads on into what follows",
}

# tshark's own bookkeeping, not something a header says.
NOT_IN_THE_HEADER = re.compile(
    r"(_resolved|\.oui(_resolved)?|\.(lg|ig)|_host|\.host|\.addr|\.port|\.stream(\.pnum)?|\.str"
    r"|\.time(_relative|_delta)?|\.response_(in|to|time)|\.resp(onse)?_(in|to|time)|\.retransmi.*"
    r"|\.resptime|\.no_resp|\.analysis.*|\.completeness.*|\.pdu\..*|\.segment.*|\.fragment.*"
    r"|\.reassembled.*|\.asnum.*|\.geoip.*|\.count\.labels|\.qry\.name\.len)$"
)


class Field:
    """One field of tshark's: its printed and its raw form, and whether that is some bits only."""

    __slots__ = ("show", "value", "masked")

    def __init__(self, element):
        self.show = element.get("show")
        self.value = element.get("value") or ""
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
    pending = [(child, instance) for child in reversed(element)]
    while pending:
        child, owner = pending.pop()
        name = child.get("name", "")
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
        pending += [(grandchild, owner) for grandchild in reversed(child)]


def packet_instances(packet, separate):
    instances = []
    for proto in packet:
        if proto.tag == "proto":
            instance = Instance(proto.get("name"), int(proto.get("pos", 0)))
            instances.append(instance)
            walk(proto, instance, instances, separate)
    return instances


def tshark_packets(path, separate):
    """Yield the list of protocol instances of each packet."""
    command = oracle.TSHARK + ["-r", path, "-T", "pdml"]
    text = oracle.output(command)[1]
    # A damaged file ends the document early; a character XML cannot carry would end it too.
    text = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"?", text)
    parser = ElementTree.XMLPullParser(["end"])
    for start in range(0, len(text), 1 << 20):
        parser.feed(text[start : start + (1 << 20)])
        for _, element in parser.read_events():
            if element.tag == "packet":
                yield packet_instances(element, separate)
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
        if ours.encode("utf-8", "surrogateescape") == raw:
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
        self.examples = []


class Comparison:
    """All files' results."""

    def __init__(self, known_names):
        self.known_names = known_names
        self.scores = collections.defaultdict(Score)
        self.unknown = collections.Counter()
        self.deeper = collections.Counter()
        self.not_ours = collections.Counter()
        self.left_out = collections.Counter()
        self.names = set()
        self.layer_names = set()

    def packet(self, path, number, layers, instances):
        free = list(instances)
        for layer in layers:
            # A protocol tshark takes for another: nothing below can be compared.
            instance = self.find(layer, free)
            if instance is not None:
                free.remove(instance)
            self.layer(path, number, layer, instance)

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

    def layer(self, path, number, layer, instance):
        name = layer["name"]
        for field, values in layer["fields"].items():
            if field not in self.known_names:
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
            score.seen += len(values)
            agreed, wrong = matched(values, theirs)
            score.agreed += agreed
            if len(theirs) > len(values):
                score.seen += len(theirs) - len(values)
            for ours, expected in wrong:
                score.examples.append((path, number, ours, expected))
        if instance is not None:
            self.names.update(layer["fields"])
            self.layer_names.add(instance.name)
            for field in instance.fields:
                if field not in layer["fields"] and not NOT_IN_THE_HEADER.search(field):
                    self.left_out[(instance.name, field)] += 1

    def merge(self, other):
        for key, score in other.scores.items():
            mine = self.scores[key]
            mine.seen += score.seen
            mine.agreed += score.agreed
            mine.examples += score.examples
        for mine, theirs in (
            (self.unknown, other.unknown),
            (self.deeper, other.deeper),
            (self.left_out, other.left_out),
        ):
            mine.update(theirs)
        self.names |= other.names
        self.layer_names |= other.layer_names


def known_field_names():
    text = oracle.output(["tshark", "-G", "fields"])[1].decode(errors="replace")
    rows = (line.split("\t") for line in text.splitlines())
    return {row[2] for row in rows if row[0] in ("F", "P") and len(row) > 2}


def compare_file(tapir, path, known_names):
    """One file's comparison and what went wrong as a whole."""
    comparison, problems = Comparison(known_names), []
    try:
        packets, status, messages = our_packets(tapir, path)
    except (ValueError, KeyError) as problem:
        return comparison, [f"{path}: not the JSON we promise: {problem}"]
    if status not in (0, 1):
        problems.append(f"{path}: exit status {status}: {messages.splitlines()[:1]}")
    separate = {layer["name"] for packet in packets for layer in packet["layers"]}
    count = 0
    views = oracle.tshark_views(path)
    for number, instances in enumerate(tshark_packets(path, separate)):
        count += 1
        if number >= len(packets):
            continue
        if number < len(views) and not oracle.ours_only(views[number]):
            # Compare the layers up to the first one that is another protocol's.
            instances = instances[: foreign(instances)]
        comparison.packet(path, number + 1, packets[number]["layers"], instances)
    if count != len(packets):
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
    if name[1] in KNOWN:
        tap.note(f"  known: {KNOWN[name[1]]}")
    for path, number, ours, theirs in score.examples[:limit]:
        tap.note(f"  {path} packet {number}: tapir {str(ours)[:200]}, tshark {str(theirs)[:200]}")


def main():
    parser = oracle.arguments(__doc__)
    parser.add_argument("--field", action="append", help="show this field's disagreements only")
    chosen = parser.parse_args()
    oracle.need("tshark", chosen.tapir)
    paths = oracle.captures(chosen.captures)
    known_names = known_field_names()
    total, problems = Comparison(known_names), []
    results = oracle.each(lambda path: compare_file(chosen.tapir, path, known_names), paths)
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
    tap.point(bool(seen) and not problems, "json: every file read, packet for packet")
    for problem in problems:
        tap.note(problem)
    if total.unknown:
        tap.note("Names tshark does not know:")
        for name, count in total.unknown.most_common():
            tap.note(f"  {name} ({count})")
    if total.deeper:
        tap.note("Layers of ours tshark does not show there (values not compared):")
        for name, count in total.deeper.most_common():
            tap.note(f"  {name} ({count})")
    missing = [(key, count) for key, count in sorted(total.left_out.items())]
    never = [(key, count) for key, count in missing if key[1] not in total.names]
    sometimes = [(key, count) for key, count in missing if key[1] in total.names]
    for title, rows in (
        ("Fields tshark shows that we never produce:", never),
        ("Fields tshark shows in packets where we do not:", sometimes),
    ):
        if rows:
            tap.note(title)
            for (layer, field), count in rows:
                tap.note(f"  {layer}: {field} ({count})")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
