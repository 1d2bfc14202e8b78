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


def offered(shell, *words):
    if not shutil.which(shell):
        raise Skip(f"no {shell}")
    script, name = (BASH, "tapir.bash") if shell == "bash" else (ZSH, "_tapir")
    path = os.path.join(harness.ROOT, "completion", name)
    done = subprocess.run([shell, "-c", script, shell, path, harness.TAPIR, *words],
                          capture_output=True, text=True, timeout=60)
    expect(done.stderr, "", f"stderr of {shell}")
    return sorted(done.stdout.split())


def check(shell):
    commands = [line.split()[0] for line in run("help").lines() if re.match("  [a-z]", line)]
    expect([word for word in offered(shell, "") if word != "--version"], sorted(commands))
    for command in commands[:-1]:
        rows = re.findall(r"^  (-[^\s,=]+)(?:, (--[^\s=]+))?", run("help", command).out, re.M)
        expect(offered(shell, command, "-"), sorted(filter(None, sum(rows, ()))), command)
    expect(offered(shell, "decode", "-T", ""), ["c", "csv", "fields", "go", "hex", "json", "python",
                                                 "text2pcap", "tree"])
    expect(offered(shell, "dump", "--time-stamp-precision", ""), ["micro", "nano"])


@test
def bash_completes_every_option():
    check("bash")
    expect(offered("bash", "decode", "-e", "udp.src"), ["udp.srcport"])


@test
def zsh_completes_every_option():
    check("zsh")
