"""Completion for bash and zsh offers what the command's own help lists."""

import os
import re
import shutil
import subprocess

import harness
from harness import Skip, expect, run, test

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_tapir
printf '%s\\n' "${COMPREPLY[@]}"
"""
# Stands in for what zsh's completion system would show.
ZSH = """
_describe() { print -rl -- ${choices%%:*} }
_files() { }
file=$1; shift
words=("$@"); CURRENT=$#
source $file
"""


# fish asks for the completion of a whole line; the command has to be found by its name.
FISH = """
source $argv[1]
complete -C (string join " " -- tapir $argv[3..])
"""
SHELLS = {"bash": (BASH, "tapir.bash", ["bash"]), "zsh": (ZSH, "_tapir", ["zsh"]),
          "fish": (FISH, "tapir.fish", [])}


def offered(shell, *words):
    if not shutil.which(shell):
        raise Skip(f"no {shell}")
    script, name, zeroth = SHELLS[shell]
    path = os.path.join(harness.ROOT, "completion", name)
    found = os.path.dirname(harness.TAPIR) + ":" + os.environ["PATH"]
    done = subprocess.run([shell, "-c", script, *zeroth, path, harness.TAPIR, *words],
                          capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PATH": found, "HOME": harness.SCRATCH})
    expect(done.stderr, "", f"stderr of {shell}")
    if shell == "fish":  # with what each does behind a tab
        return sorted(line.split("\t")[0] for line in done.stdout.splitlines())
    return sorted(done.stdout.split())


def check(shell):
    commands = [line.split()[0] for line in run("help").lines() if re.match("  [a-z]", line)]
    expect([word for word in offered(shell, "") if word != "--version"], sorted(commands))
    for command in commands[:-1]:
        rows = re.findall(r"^  (-[^\s,=]+)(?:, (--[^\s=]+))?", run("help", command).out, re.M)
        expect(offered(shell, command, "-"), sorted(filter(None, sum(rows, ()))), command)
    expect(offered(shell, "decode", "-T", ""), ["c", "csv", "fields", "go", "hex", "json", "python",
                                                 "text2pcap", "tree"])
    expect(offered(shell, "craft", "-T", ""),
           ["c", "dump", "go", "hex", "json", "python", "text2pcap", "tree"])
    expect(offered(shell, "craft", "--from", ""), ["hex", "text2pcap"])
    expect(offered(shell, "craft", "--keep", ""), ["all", "checksums", "keys", "lengths", "padding"])
    for option, words in (("--as", ["ascii", "hex", "raw"]), ("--way", ["backward", "both", "forward"]),
                          ("--gaps", ["skip", "zero"]), ("-T", ["json", "text"])):
        expect(offered(shell, "streams", option, ""), words)
    expect("windows" in offered(shell, "streams", "--overlap", ""), True)
    expect("out-of-order" in offered(shell, "streams", "--sort", ""), True)
    for front in ("", "eth/ip(src=10.0.0.1)/"):
        layers = offered(shell, "craft", front + "ud")
        expect(front + "udp" in layers, True, f"{shell}: {layers}")
    for words in (("devices",), ("devices", "--interface")):
        expect("lo" in offered(shell, *words, ""), True, f"{shell}: {words}")
    expect(offered(shell, "dump", "--time-stamp-precision", ""), ["micro", "nano"])
    expect(offered(shell, "convert", "--payload", ""), ["cut", "keep", "zero"])
    expect(offered(shell, "convert", "--format", "pcap-"),
           ["pcap", "pcap-ns", "pcap-us", "pcapng"] if shell == "zsh" else ["pcap-ns", "pcap-us"])


@test
def bash_completes_every_option():
    check("bash")
    expect(offered("bash", "decode", "-e", "udp.src"), ["udp.srcport"])


@test
def zsh_completes_every_option():
    check("zsh")


@test
def fish_completes_every_option():
    check("fish")
