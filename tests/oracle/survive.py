#!/usr/bin/python3
"""Runs every way of printing over every capture, hostile ones too: a test point per way.

It passes when tapir ends with status 0, or 1 with a message, and never by a signal or with a
report of a sanitizer.
"""

import re
import sys

import oracle

WAYS = (
    ("decode", "-T", "json"),
    ("decode", "-T", "tree"),
    ("decode", "-T", "csv", "-e", "ip.src", "-e", "udp.length"),
    ("decode", "--verify"),
    ("decode", "-x"),
    ("decode", "--layer", "ip"),
    ("dump", "-nn"),
    ("dump", "-nn", "-e", "-vvv", "-XX"),
    ("dump", "-nn", "-q", "-A"),
    ("dump", "-nn", "-S", "-ttttt", "-K"),
    ("info",),
)
REPORT = re.compile(rb"Sanitizer|runtime error")


def complaint(tapir, way, path):
    """What is wrong with one run, or None."""
    command, *options = way
    source = [path] if command == "info" else ["-r", path]
    status, _, messages = oracle.output([tapir, command] + source + options)
    text = messages.decode(errors="replace").strip()
    found = REPORT.search(messages)
    if found:
        return text[max(0, found.start() - 100) :][:2000]
    if status not in (0, 1):
        return f"status {status}: {text[-300:]}"
    if status == 1 and not text:
        return "status 1 without a message"
    return None


def main():
    chosen = oracle.arguments(__doc__).parse_args()
    oracle.need(chosen.tapir)
    paths = oracle.captures(chosen.captures)
    tap = oracle.Tap()
    for way in WAYS:
        found = oracle.each(lambda path, way=way: complaint(chosen.tapir, way, path), paths)
        wrong = [(path, text) for path, text in zip(paths, found) if text]
        tap.point(bool(paths) and not wrong, f"{' '.join(way)}: {len(paths)} files")
        for path, text in wrong[: None if chosen.verbose else chosen.show]:
            tap.note(f"{path}: {text}")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
