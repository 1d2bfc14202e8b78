#!/usr/bin/python3
"""Installs the build into a directory and builds programs outside the tree against what is there, through
pkg-config. Prints TAP. usage: installed.py SOURCE_ROOT BUILD_ROOT"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import main, need, test

ROOT, BUILD = [os.path.abspath(path) for path in sys.argv[1:]]
DESTINATION = os.path.join(BUILD, "installed")
CAPTURE = os.path.join(ROOT, "examples/demo.pcap")

# What both languages take: no designators, no implicit casts from void *.
PROGRAM = r"""
#include <stdio.h>
#include <tapir/tapir.h>

int main(int argc, char **argv)
{
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;
    unsigned long long packets = 0, segments = 0;

    if (argc != 2 || !packet)
        return 2;
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    while (tapir_source_next(source, &frame) == TAPIR_OK) {
        const struct tapir_tcp *tcp;
        tapir_packet_start(packet, &frame);
        tcp = TAPIR_FIND(packet, tcp);
        packets++;
        segments += tcp && tcp->src_port;
    }
    printf("tapir %s: %llu packets, %llu segments\n", tapir_version(), packets, segments);
    tapir_source_close(source);
    tapir_packet_free(packet);
    return 0;
}
"""


def found(pattern):
    paths = glob.glob(os.path.join(DESTINATION, "**", pattern), recursive=True)
    need(paths, f"no {pattern} was installed")
    return paths[0]


def pkg_config(*arguments):
    settings = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=DESTINATION,
                    PKG_CONFIG_PATH=os.path.dirname(found("tapir.pc")))
    done = subprocess.run(["pkg-config", *arguments, "tapir"], env=settings, capture_output=True, text=True)
    need(done.returncode == 0, done.stderr)
    return done.stdout.split()


def build_and_run(compiler, standard, suffix, flags, static=False):
    with tempfile.TemporaryDirectory() as scratch:
        source, program = os.path.join(scratch, "program" + suffix), os.path.join(scratch, "program")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        done = subprocess.run([compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                               source, "-o", program, *flags], capture_output=True, text=True, cwd=scratch)
        need(done.returncode == 0, done.stderr)
        settings = dict(os.environ)
        if not static:
            settings["LD_LIBRARY_PATH"] = os.path.dirname(found("libtapir.so.0"))
        done = subprocess.run([program, CAPTURE], env=settings, capture_output=True, text=True)
        need(re.fullmatch(r"tapir [\d.]+: [1-9]\d+ packets, [1-9]\d* segments\n", done.stdout),
             done.stdout + done.stderr)


@test
def everything_is_installed():
    shutil.rmtree(DESTINATION, ignore_errors=True)
    done = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", DESTINATION],
                          capture_output=True, text=True)
    need(done.returncode == 0, done.stderr + done.stdout)
    for pattern in ("bin/tapir", "libtapir.a", "libtapir.so", "libtapir.so.0", "tapir.pc", "man1/tapir.1",
                    "bash-completion/completions/tapir", "site-functions/_tapir", "include/tapir/tapir.h",
                    "include/tapir/proto/tcp.h"):
        found(pattern)


@test
def the_installed_command_runs():
    done = subprocess.run([found("bin/tapir"), "decode", "-r", CAPTURE, "-c", "1", "-e", "frame.number"],
                          capture_output=True, text=True)
    need(done.stdout == "1\n", done.stderr)


@test
def a_program_outside_builds_as_C11():
    build_and_run("cc", "c11", ".c", pkg_config("--cflags", "--libs"))


@test
def a_program_outside_builds_as_Cpp17():
    build_and_run("c++", "c++17", ".cpp", pkg_config("--cflags", "--libs"))


@test
def a_program_outside_links_with_the_archive():
    """The library from its archive, what it needs from the system's shared libraries."""
    needed = pkg_config("--print-requires-private")
    done = subprocess.run(["pkg-config", "--libs", *needed], capture_output=True, text=True)
    need(done.returncode == 0, done.stderr)
    build_and_run("cc", "c11", ".c", [*pkg_config("--cflags"), found("libtapir.a"), *done.stdout.split(),
                                      "-pthread"], static=True)


sys.exit(main())
