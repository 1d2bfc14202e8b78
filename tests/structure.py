#!/usr/bin/python3
"""Holds the tree to its architecture: which part may include which, what is exported, headers that
stand alone. usage: structure.py SOURCE_ROOT LIBRARY"""

import os
import re
import subprocess
import sys
import tempfile

ROOT, LIBRARY = sys.argv[1], sys.argv[2]

# Part of src/ -> parts it may include, besides itself. A public header belongs to the part that
# implements it.
MAY_INCLUDE = {
    "core": set(),
    "proto": {"core"},
    "output": {"core", "proto"},
    "file": {"core"},
    "filter": {"core"},
    "craft": {"core"},
    "capture": {"core", "filter"},
    "stream": {"core", "proto"},
    "flow": {"core", "proto"},
}
PART_OF_HEADER = {
    "filter": "filter", "craft": "craft", "output": "output", "value": "output",
    "dump": "output", "diff": "output", "forms": "output", "bytediff": "output",
    "hierarchy": "output", "protocols": "proto", "info": "file", "merge": "file",
    "anonymise": "proto", "capture": "capture", "capture_group": "capture",
    "device": "capture", "neighbour": "capture", "route": "capture", "vendor": "output",
    "send": "capture", "pace": "capture", "overlap": "stream", "reassembly": "stream",
    "joiner": "stream", "shards": "stream", "defragment": "stream", "tcp_check": "stream",
    "stream_reader": "stream", "messages": "stream", "tls": "stream", "http": "stream",
    "guess": "stream", "tapir": None,
}
# What parts exchange belongs to core: frames, with the pcapng blocks they came in, and sources.
CORE_HEADERS = {"base", "bytes", "text", "nearest", "field", "proto", "packet", "parser", "registry",
                "frame", "encode", "edit", "checksum", "flow", "source", "sink",
                "pcapng"}

number = failed = 0


def check(name, problems):
    global number, failed
    number += 1
    problems = list(problems)
    if problems:
        failed += 1
        print(f"not ok {number} - {name}")
        for problem in problems:
            print(f"# {problem}")
    else:
        print(f"ok {number} - {name}")


def files(*endings):
    for top in ("include", "src", "cli"):
        for directory, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(directory, name), ROOT)


def includes(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return re.findall(r'^#include "([^"]+)"', file.read(), re.MULTILINE)


def part_of_public(header):
    if header.startswith("proto/"):
        return "proto"
    name = header.removesuffix(".h")
    return "core" if name in CORE_HEADERS else PART_OF_HEADER.get(name, "unknown")


def wrong_arrows():
    for path in files(".c", ".h"):
        if not path.startswith("src/"):
            continue
        part = path.split("/")[1]
        for header in includes(path):
            if header.startswith("tapir/"):
                target = part_of_public(header.removeprefix("tapir/"))
            else:
                resolved = os.path.normpath(os.path.join(os.path.dirname(path), header))
                if not os.path.exists(os.path.join(ROOT, resolved)):
                    resolved = os.path.join("src", header)
                target = resolved.split("/")[1] if resolved.startswith("src/") else None
                if header == "config.h":
                    continue
            if target != part and target not in MAY_INCLUDE.get(part, set()):
                yield f"{path} ({part}) includes {header} ({target})"


def command_uses_public_headers_only():
    for path in files(".c", ".h"):
        if path.startswith("cli/"):
            for header in includes(path):
                if not header.startswith("tapir/") and header != "config.h" and not os.path.exists(
                        os.path.join(ROOT, "cli", header)):
                    yield f"{path} includes {header}"


def foreign_symbols():
    output = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True,
                            check=True).stdout
    for line in output.splitlines():
        name = line.split()[-1].split("@")[0]
        if not name.startswith("tapir_") or name.startswith("tapir__"):
            yield f"{name} is exported"


def headers_that_do_not_compile(compiler, standard):
    public = sorted(path.removeprefix("include/") for path in files(".h")
                    if path.startswith("include/"))
    with tempfile.TemporaryDirectory() as scratch:
        for header in public:
            source = os.path.join(scratch, "one.c" if compiler == "gcc" else "one.cpp")
            with open(source, "w", encoding="utf-8") as file:
                file.write(f'#include "{header}"\n#include "{header}"\nint main(void) {{ return 0; }}\n')
            result = subprocess.run(
                [compiler, f"-std={standard}", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                 "-I", os.path.join(ROOT, "include"), source], capture_output=True, text=True)
            if result.returncode:
                yield f"{header}: {result.stderr.strip().splitlines()[0]}"


def proto_files_without_a_line():
    with open(os.path.join(ROOT, "include/tapir/protocols.h"), encoding="utf-8") as file:
        listed = set(re.findall(r"X\((\w+)\)", file.read()))
    declared = set()
    for path in files(".h"):
        if path.startswith("include/tapir/proto/"):
            with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                declared |= set(re.findall(r"\btapir_(\w+)_proto\b", file.read()))
    return [f"tapir_{name}_proto is not in protocols.h" for name in sorted(declared - listed)]


print("1..6")
check("parts_include_only_what_they_may", wrong_arrows())
check("the_command_uses_public_headers_only", command_uses_public_headers_only())
check("only_tapir_symbols_are_exported", foreign_symbols())
check("every_header_stands_alone_as_C11", headers_that_do_not_compile("gcc", "c11"))
check("every_header_stands_alone_as_Cpp17", headers_that_do_not_compile("g++", "c++17"))
check("every_protocol_is_in_the_default_set", proto_files_without_a_line())
sys.exit(1 if failed else 0)
