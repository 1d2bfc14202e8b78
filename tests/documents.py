#!/usr/bin/python3
"""Holds the documents to the truth: their code compiles and runs, output they show is what the command
prints, links lead somewhere, the manual page and the completions work. Prints TAP.
usage: documents.py [--update] SOURCE_ROOT BUILD_ROOT   (--update: writes the output shown anew)"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from tap import Skip, main, need, test

UPDATE = "--update" in sys.argv
ROOT, BUILD = [os.path.abspath(path) for path in sys.argv[1:] if path != "--update"]
TAPIR = os.path.join(BUILD, "tapir")
CAPTURE = os.path.join(ROOT, "examples/demo.pcap")
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def blocks(name, language):
    """The code blocks of a language: what stands behind its name, and the text."""
    return re.findall(rf"^```{language}(?: +(\S+))?\n(.*?)^```$", read(name), re.M | re.S)


def compile_and_run(sources, *arguments, flags=(), libraries=("-ltapir",)):
    with tempfile.TemporaryDirectory() as scratch:
        program = os.path.join(scratch, "program")
        done = subprocess.run(
            ["cc", *WARNINGS, *flags, "-I", os.path.join(ROOT, "include"), *sources, "-o", program,
             "-L", BUILD, f"-Wl,-rpath,{BUILD}", *libraries], capture_output=True, text=True)
        need(done.returncode == 0, done.stderr)
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
        need(done.returncode == 0, f"exit code {done.returncode}: {done.stderr}")
        return done.stdout


@test
def readme_program_compiles_and_runs():
    (_, code), = blocks("README.md", "c")
    need(len(code.splitlines()) <= 24, "the example should be about 20 lines")
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "opened.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(code)
        lines = compile_and_run([source], CAPTURE).splitlines()
    need(lines and all(re.fullmatch(r"\d+ -> \d+, seq \d+", line) for line in lines), lines)


def output_of(command):
    """What a command line of the documents prints."""
    words = shlex.split(command)
    need(words[0] == "tapir", command)
    done = subprocess.run([TAPIR, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, TZ="UTC", NO_COLOR="1"))
    # Messages count where they are all there is; dump's first line about the file does not.
    return done.stdout if done.returncode == 0 else done.stderr + done.stdout


def update_output(name):
    """Writes what the commands print below them."""
    def fill(match):
        shown = [f"$ {command}\n{output_of(command)}"
                 for command in re.findall(r"^\$ (.*)$", match.group(1), re.M)]
        return "```console\n" + "".join(shown) + "```\n"
    text = re.sub(r"^```console\n(.*?)^```\n", fill, read(name), flags=re.M | re.S)
    with open(os.path.join(ROOT, name), "w", encoding="utf-8") as file:
        file.write(text)


@test
def readme_output_is_what_tapir_prints():
    if UPDATE:
        update_output("README.md")
    shown = blocks("README.md", "console")
    need(len(shown) >= 4, "console blocks in README.md")
    for _, text in shown:
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
            actual = output_of(command)
            need(actual == output, f"$ {command}\n{actual}\nis not what README.md shows; "
                 "if that is as it should be: tests/documents.py --update")


LAMP_PROGRAM = r"""
#include <stdio.h>
#include <string.h>
#include "tapir/proto/lamp.h"
#include "tapir/tapir.h"

static size_t from_hex(const char *hex, uint8_t *to)
{
    unsigned byte;
    size_t len = 0;
    for (; *hex; hex++)
        if (*hex != ' ' && sscanf(hex, "%2x", &byte) == 1) {
            to[len++] = (uint8_t)byte;
            hex++;
        }
    return len;
}

/* A lamp from text: its length is filled in. */
static int crafted(void)
{
    static const char text[] = "ip/udp/lamp(on=1,color=red,brightness=64,name=\"desk\")";
    tapir_craft *craft;
    tapir_span bytes;

    if (tapir_craft_new(&craft, NULL, text, NULL) != TAPIR_OK ||
        tapir_craft_build(craft, 0, NULL, &bytes, NULL) != TAPIR_OK)
        return 6;
    if (bytes.len != 36 || memcmp(bytes.data + 28, "\x81\x40\0\4desk", 8) != 0 ||
        tapir_load_be(bytes.data + 22, 2) != 7777)
        return 7;
    tapir_craft_free(craft);
    return 0;
}

int main(void)
{
    const tapir_registry *registry = tapir_registry_default();
    const tapir_proto *proto = tapir_registry_find_name(registry, "lamp");
    uint8_t bytes[64], room[64];
    struct tapir_lamp lamp;
    tapir_span encoded;

    if (!proto || tapir_registry_find(registry, TAPIR_UDP_PORT, 7777) != proto)
        return 2;
    for (size_t i = 0; i < proto->sample_count; i++) {
        size_t len = from_hex(proto->samples[i], bytes);
        tapir_stack_layer layer = {.proto = proto, .fields = &lamp};
        if (tapir_decode_alone(proto, tapir_span_of(bytes, len), &lamp, NULL) != TAPIR_OK)
            return 3;
        if (tapir_encode(&layer, 1, room, sizeof room, &encoded, NULL) != TAPIR_OK ||
            encoded.len != len || memcmp(encoded.data, bytes, len) != 0)
            return 4;
        printf("on %d, color %u, brightness %u, name %.*s\n", lamp.on, lamp.color, lamp.brightness,
            (int)lamp.name.len, (const char *)lamp.name.data);
        for (size_t cut = 0; cut < len; cut++)
            if (tapir_decode_alone(proto, tapir_span_of(bytes, cut), &lamp, NULL) != TAPIR_CUT)
                return 5;
    }
    return crafted();
}
"""


@test
def contributing_protocol_is_one_file_and_one_line():
    """Builds the default set anew, with the line of CONTRIBUTING.md in protocols.h."""
    if not os.path.exists(os.path.join(BUILD, "libtapir.a")):
        raise Skip("no static library here")
    named = {name: code for name, code in blocks("CONTRIBUTING.md", "c") if name}
    line, = [code for name, code in blocks("CONTRIBUTING.md", "c") if not name]
    with tempfile.TemporaryDirectory() as scratch:
        def put(name, text):
            path = os.path.join(scratch, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return path
        paths = {name: put(name, code) for name, code in named.items()}
        need("include/tapir/proto/lamp.h" in paths, "the header")
        listing = read("include/tapir/protocols.h")
        need("X(tcp)" in listing, "X(tcp) in protocols.h")
        put("include/tapir/protocols.h", '#include "tapir/proto/lamp.h"\n' + listing.replace(
            "    X(tcp) ", line.rstrip() + " \\\n    X(tcp) ", 1))
        program = put("program.c", LAMP_PROGRAM)
        depends = subprocess.run(["pkg-config", "--libs", "libpcap", "zlib", "libzstd", "liblz4", "liblzma",
                                  "libmd"], capture_output=True, text=True).stdout.split()
        out = compile_and_run(
            [paths["src/proto/app/lamp.c"], os.path.join(ROOT, "src/proto/default.c"), program],
            flags=["-I", os.path.join(scratch, "include"), "-I", os.path.join(ROOT, "src")],
            libraries=[os.path.join(BUILD, "libtapir.a"), *depends])
        need(out == "on 1, color 1, brightness 64, name desk\non 0, color 2, brightness 255, name \n", out)


@test
def links_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "bench/README.md"):
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", read(name)):
            if not link.startswith("http"):
                path = os.path.normpath(os.path.join(ROOT, os.path.dirname(name), link))
                need(os.path.exists(path), f"{name}: {link}")


@test
def files_named_in_the_documents_exist():
    for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md"):
        for path in re.findall(r"`((?:src|include|tests|examples|fuzz|bench|cli|docs)/[\w./-]+)`", read(name)):
            need(os.path.exists(os.path.join(ROOT, path)) or "lamp" in path, f"{name}: {path}")


@test
def manual_has_every_command_and_option():
    page = os.path.join(BUILD, "man/tapir.1")
    with open(page, encoding="utf-8") as file:
        text = file.read()
    need("@" not in re.sub(r"\w@\w", "", text), "placeholders left")
    listed = subprocess.run([TAPIR, "help"], capture_output=True, text=True).stdout
    for command in re.findall(r"^  ([a-z]+)  ", listed, re.M):
        need(f".SS tapir {command}\n" in text, f"no section for {command}")
        section = text.split(f".SS tapir {command}\n")[1].split("\n.S")[0].replace("\\-", "-")
        out = subprocess.run([TAPIR, "help", command], capture_output=True, text=True).stdout
        for option in re.findall(r"^  (--?[^\s,=]+)", out, re.M) if command != "help" else []:
            need(f"\\fB{option}\\fR" in section, f"{command} {option}")


@test
def manual_is_well_formed():
    if not shutil.which("groff"):
        raise Skip("no groff")
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", os.path.join(BUILD, "man/tapir.1")],
                          capture_output=True, text=True)
    need(done.returncode == 0 and not done.stderr, done.stderr)


COMPLETIONS = [
    (["tapir", ""], ["decode", "dump", "protocols", "help", "--version"]),
    (["tapir", "de"], ["decode"]),
    (["tapir", "decode", "--ver"], ["--verify"]),
    (["tapir", "decode", "-e", "tcp.flags.s"], ["tcp.flags.syn"]),
    (["tapir", "decode", "-T", ""], ["tree", "json", "fields", "csv"]),
    (["tapir", "decode", "--layer", "ud"], ["udp"]),
    (["tapir", "protocols", "ipv"], ["ipv6"]),
    (["tapir", "help", "prot"], ["protocols"]),
]


def complete(shell, script, words):
    path = os.path.dirname(TAPIR) + os.pathsep + os.environ["PATH"]
    done = subprocess.run([shell, "-c", script, shell, *words], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, PATH=path), cwd=ROOT)
    need(done.returncode == 0 and not done.stderr, done.stderr)
    return done.stdout.split("\n")


@test
def bash_completes():
    script = ('source completion/tapir.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tapir; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    for words, wanted in COMPLETIONS:
        offered = complete("bash", script, words)
        need(set(wanted) <= set(offered), f"{words}: {offered}")
        need(all(word.startswith(words[-1]) for word in offered if word), f"{words}: {offered}")


@test
def zsh_completes():
    if not shutil.which("zsh"):
        raise Skip("no zsh")
    # The completion system's own functions, reduced to what they are given.
    script = ('_describe() { print -l -- "${(@P)2}" }; _files() { print files }; '
              'words=("$@"); CURRENT=$#; source completion/_tapir')
    for words, wanted in COMPLETIONS:
        offered = [line.split(":")[0] for line in complete("zsh", script, words)]
        need(set(wanted) <= set(offered), f"{words}: {offered}")


sys.exit(main())
