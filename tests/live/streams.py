#!/usr/bin/python3
"""tapir streams on an interface: connections and exchanges of HTTP as they end, files behind the confinement.
usage: streams.py TAPIR"""

import json
import os
import pwd
import re
import signal
import subprocess
import sys
import tempfile
import time

from namespace import Pair, need_programs, wait_for
from tap import main, need, test

TAPIR = os.path.abspath(sys.argv[1])
PAGE = "<p>tapir</p>" * 500

SERVER = """
import http.server, sys
class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = sys.argv[1].encode() if self.path == "/page" else b"none"
        self.send_response(200 if self.path == "/page" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("10.99.0.2", 8080), Pages).serve_forever()
"""


class Running:
    """tapir streams, listening; `out` and `said` are its stdout and stderr at the end."""

    def __init__(self, side, *words):
        self.output, self.errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        # The program itself is to get the signals, not ip(8).
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", side.name, TAPIR, "streams", "-i", side.interface, *words],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors)
        side.children.append(self.process)
        wait_for(lambda: "listening on" in self.errors_so_far() or self.process.poll() is not None, "the start")

    def out_so_far(self):
        return os.pread(self.output.fileno(), 1 << 24, 0).decode()

    def errors_so_far(self):
        return os.pread(self.errors.fileno(), 1 << 24, 0).decode()

    def end(self, number=signal.SIGINT):
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        self.out, self.said = self.out_so_far(), self.errors_so_far()
        need(code == 0, f"exit code {code}: {self.said}")
        return self

    def status(self):
        """What the kernel says of the process."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def serve(network):
    network.right.start(sys.executable, "-c", SERVER, PAGE)
    wait_for(lambda: ":8080" in network.right.run("ss", "-ltn").stdout, "the server")


def fetch(network, *paths):
    need_programs("curl")
    network.left.run("curl", "-s", *(f"http://10.99.0.2:8080/{path}" for path in paths))


def begin_to_ask(network):
    """Sends the first line of a request; the connection stays open until the process ends."""
    return network.left.start(sys.executable, "-c", """if True:
        import socket, time
        client = socket.create_connection(("10.99.0.2", 8080))
        client.sendall(b"GET /page HTTP/1.1\\r\\n")
        time.sleep(60)""")


@test
def exchanges_of_http_are_shown_as_they_end():
    with Pair() as network:
        serve(network)
        running = Running(network.left, "--http", "tcp port 8080")
        fetch(network, "page", "nothing")
        wait_for(lambda: running.out_so_far().count("\n") == 2, "both exchanges", seconds=5)
        need(running.status()["Seccomp"] in "02", "the process goes on")
        running.end()
    lines = running.out.splitlines()
    for line, path, rest in ((lines[0], "page", f"200 text/html {len(PAGE)}"), (lines[1], "nothing", "404 text/html 4")):
        need(re.fullmatch(rf"\S+Z 10\.99\.0\.1:\d+ GET http://10\.99\.0\.2:8080/{path} {rest} \d+\.\d{{6}}", line), line)
    need(re.search(r"^1 connection, \d+ packets, \d+ of TCP", running.said, re.M), running.said)


@test
def connections_are_listed_as_they_end():
    with Pair() as network:
        serve(network)
        running = Running(network.left, "-T", "json", "tcp port 8080")
        fetch(network, "page")
        wait_for(lambda: running.out_so_far().count("\n") == 1, "the connection", seconds=5)
        one = json.loads(running.out_so_far())
        running.end()
    need([one["src"], one["dst"], one["dport"]] == ["10.99.0.1", "10.99.0.2", 8080], one)
    need([one["protocol"], one["state"]] == ["http", "closed"], one)
    need(one["backward"]["bytes"] > len(PAGE) and not one["backward"]["gaps"], one)


@test
def what_is_open_is_listed_when_it_is_interrupted():
    with Pair() as network:
        serve(network)
        running = Running(network.left, "tcp port 8080")
        asker = begin_to_ask(network)
        time.sleep(1)
        need(running.out_so_far() == "", running.out_so_far())
        running.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: ", 1 connection open" in running.errors_so_far(), "the counts")
        running.end()
        asker.kill()
    lines = running.out.splitlines()
    need(lines[0].split()[:3] == ["id", "start", "duration"] and len(lines) == 2, running.out)
    need("  10.99.0.2:8080  " in lines[1] and "  established  " in lines[1], lines[1])


@test
def streams_are_extracted_behind_the_confinement():
    with Pair() as network, tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        serve(network)
        for words, count in ((["--extract"], 2), (["--http", "--extract"], 2)):
            directory = os.path.join(scratch, str(len(words)))
            running = Running(network.left, *words, directory, "tcp port 8080")
            fetch(network, "page", "nothing")
            wait_for(lambda: len(os.listdir(directory)) == count, "files")
            time.sleep(0.3)
            running.end()
            files = {name: open(os.path.join(directory, name), "rb").read() for name in os.listdir(directory)}
            page = [data for data in files.values() if PAGE.encode() in data]
            need(len(page) == 1, sorted(files))
            if "--http" in words:
                need(files["0.0-10.99.0.2_8080-page"] == PAGE.encode(), sorted(files))
            try:
                user = pwd.getpwnam("tcpdump").pw_uid
            except KeyError:
                continue
            owners = {os.stat(os.path.join(directory, name)).st_uid for name in files}
            need(owners == {user}, f"owned by {owners}")


@test
def what_is_said_is_in_its_file_before_the_connection_ends():
    with Pair() as network, tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        serve(network)
        directory = os.path.join(scratch, "files")
        running = Running(network.left, "--extract", directory, "tcp port 8080")
        asker = begin_to_ask(network)
        wait_for(lambda: os.listdir(directory), "a file")
        path = os.path.join(directory, *os.listdir(directory))
        wait_for(lambda: open(path, "rb").read() == b"GET /page HTTP/1.1\r\n", "the line", seconds=5)
        running.end()
        asker.kill()


@test
def it_ends_after_so_many_packets():
    with Pair() as network:
        serve(network)
        running = Running(network.left, "-c", "5", "--follow", "0", "--way", "forward", "--as", "raw", "tcp port 8080")
        fetch(network, "page")
        running.end(None)
    need(running.out.startswith("GET /page HTTP/1.1\r\n"), running.out)
    need("1 connection, 5 packets, 5 of TCP" in running.said, running.said)


@test
def interfaces_that_are_not_there_are_named():
    done = subprocess.run([TAPIR, "streams", "-i", "nope0"], capture_output=True, text=True, timeout=20)
    need(done.returncode == 1 and "no such interface" in done.stderr, done.stderr)
    done = subprocess.run([TAPIR, "streams", "-i", "lo", "tcp an"], capture_output=True, text=True, timeout=20)
    need(done.returncode == 2 and "syntax error" in done.stderr, done.stderr)


if __name__ == "__main__":
    # A look for leaks at the end is among what the confined process cannot do.
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    sys.exit(main())
