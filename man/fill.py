#!/usr/bin/env python3
"""Fills in the manual page: the version, and each command's options as its own help has them.
usage: fill.py TAPIR VERSION TEMPLATE OUTPUT"""

import re
import subprocess
import sys

tapir, version, template, output = sys.argv[1:]


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def options(command):
    """The rows of `tapir help COMMAND` as tagged paragraphs."""
    done = subprocess.run([tapir, "help", command], capture_output=True, text=True)
    if done.returncode:
        return []
    lines, column = [], 0
    for line in done.stdout.splitlines():
        row = re.match(r"  (-\S.*?)(?:  +(\S.*))?$", line)
        if row:
            name, text = row.groups()
            column = line.index(text, len(name) + 2) if text else column
            # Letters and long names in bold, their arguments in italics.
            name = re.sub(r"(--?[^ ,=]+)", lambda part: f"\\fB{escape(part.group())}\\fR", name)
            name = re.sub(r"(?<=[ =])([A-Z][^ ,]*(?:,[A-Z]+)?)$", r"\\fI\1\\fR", name)
            lines += [".TP", name]
            lines += [escape(text)] if text else []
        elif line.startswith("  ") and line[:column].strip() == "" and lines:
            lines += [".br", escape(line.strip())]
        elif line.endswith(":") and not line.startswith(" ") and lines:
            break  # an example follows; the page has its own
        elif line and not line.startswith(" ") and lines:
            lines += [".PP", escape(line)]  # a heading between rows, or what follows them
    return lines


page = []
with open(template, encoding="utf-8") as source:
    for line in source.read().splitlines():
        placeholder = re.fullmatch(r"@OPTIONS (\w+)@", line)
        page += options(placeholder.group(1)) if placeholder else [line.replace("@VERSION@", version)]
with open(output, "w", encoding="utf-8") as result:
    result.write("\n".join(page) + "\n")
