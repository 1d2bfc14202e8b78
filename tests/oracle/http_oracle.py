#!/usr/bin/python3
"""Records HTTP and TLS between real programs, and compares exchanges and handshakes with what tshark
sees and with what was sent. usage: http_oracle.py --exchanges PROGRAM DIRECTORY"""

import argparse
import collections
import gzip
import http.server
import os
import shutil
import socket
import subprocess
import sys
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from namespaces import Namespace, Unavailable, run, wait_until
from tap import Skip, main, need, test

HTTP, TLS = 8080, 8443
BIG = bytes(range(256)) * 4000
PAGE = b"<p>the same, again and again</p>\n" * 300
OPTIONS = None


def raw_deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def by_program(*command):
    """What a program makes of the page; None when it is not here."""
    if shutil.which(command[0]) is None:
        return None
    return subprocess.run(command, input=PAGE, capture_output=True, check=True).stdout


# Path -> type, coding, content as sent, content as meant.
CONTENT = {
    "/plain": ("text/plain", None, PAGE, PAGE),
    "/big": ("application/octet-stream", None, BIG, BIG),
    "/empty": ("text/plain", None, b"", b""),
    "/gzip": ("text/html; charset=utf-8", "gzip", gzip.compress(PAGE), PAGE),
    "/gzips": ("text/html", "gzip", gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:]), PAGE),
    "/deflate": ("text/html", "deflate", zlib.compress(PAGE), PAGE),
    "/raw": ("text/html", "deflate", raw_deflate(PAGE), PAGE),
}
for name, command in {"br": ("brotli", "-c"), "zstd": ("zstd", "-c")}.items():
    packed = by_program(*command)
    if packed:
        CONTENT["/" + name] = ("text/html", name, packed, PAGE)


class Handler(http.server.BaseHTTPRequestHandler):
    """Content of fixed length, in chunks (/chunked/...), or up to the end (/close/...)."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def fields(self, path):
        kind, coding, sent, _ = CONTENT[path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if coding:
            self.send_header("Content-Encoding", coding)
        return sent

    def in_chunks(self, sent):
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        at, size = 0, 1
        while at < len(sent):
            part = sent[at:at + size]
            self.wfile.write(b"%x;n=1\r\n%s\r\n" % (len(part), part))
            at, size = at + size, size * 3 + 1
        self.wfile.write(b"0\r\nX-Sum: 1\r\n\r\n")

    def do_GET(self):
        prefix, _, rest = self.path[1:].partition("/")
        if prefix == "chunked":
            self.in_chunks(self.fields("/" + rest))
        elif prefix == "close":
            sent = self.fields("/" + rest)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(sent)
            self.close_connection = True
        elif self.path in CONTENT:
            sent = self.fields(self.path)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(sent)
        else:
            self.send_response(404, "Not Here")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_HEAD = do_GET

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def do_DELETE(self):
        self.send_response(204)
        self.end_headers()


def serve():
    http.server.ThreadingHTTPServer(("127.0.0.1", HTTP), Handler).serve_forever()


def pipeline():
    """Several requests at once, in two segments that end inside one."""
    requests = b"".join(b"%s %s HTTP/1.1\r\nHost: pipelined\r\n\r\n" % (method, path)
                        for method, path in ((b"GET", b"/plain"), (b"HEAD", b"/big"),
                                             (b"GET", b"/chunked/gzip"), (b"DELETE", b"/x"),
                                             (b"GET", b"/nowhere"), (b"GET", b"/empty")))
    with socket.create_connection(("127.0.0.1", HTTP)) as client:
        client.sendall(requests[:70])
        time.sleep(0.05)
        client.sendall(requests[70:])
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass


def talk_http(space):
    url = f"http://127.0.0.1:{HTTP}"
    quiet = "curl -s -o /dev/null --max-time 20"
    same = [url + way + path for path in CONTENT for way in ("", "/chunked")]
    space.run(quiet, *[word for one in same for word in (one, "-o", "/dev/null")][:-2])
    for path in CONTENT:
        space.run(quiet, url + "/close" + path)
    space.run(quiet, "-I", url + "/plain")
    space.run(quiet, "--http1.0", url + "/plain")
    space.run(quiet, "-X", "DELETE", url + "/x")
    space.run(quiet, "-H", "Expect: 100-continue", "--data-binary", "@/proc/self/exe", url + "/post")
    space.run(quiet, "-d", "a=b", url + "/form")
    space.finish(space.call(pipeline))


def talk_tls(space, scratch):
    key, certificate = os.path.join(scratch, "key.pem"), os.path.join(scratch, "cert.pem")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
        certificate, "-days", "2", "-subj", "/CN=test")
    server = space.start("openssl", "s_server", "-accept", str(TLS), "-cert", certificate, "-key", key,
                         "-alpn", "h2,http/1.1", "-www", "-groups", "P-256")
    wait_until(lambda: space.run("ss -Hltn", f"sport = :{TLS}").stdout, "openssl s_server")
    for options in (("-tls1_2",), ("-tls1_3",), ("-tls1_3", "-groups", "X25519:P-256"),
                    ("-tls1_2", "-cipher", "AES256-SHA256")):
        space.run("openssl", "s_client", "-connect", f"127.0.0.1:{TLS}", "-servername",
                  "name.test", "-alpn", "http/1.1", *options, check=False)
    space.stop(server)


def record(path, scratch):
    space = Namespace(f"http-oracle-{os.getpid()}")
    try:
        recorder = space.start("tcpdump -Z root -U --immediate-mode -n -B 65536 -i lo -w", path)
        space.call(serve)
        wait_until(lambda: space.run("ss -Hltn", f"sport = :{HTTP}").stdout, "the server")
        wait_until(lambda: os.path.exists(path) and os.path.getsize(path) >= 24, "tcpdump")
        talk_http(space)
        talk_tls(space, scratch)
        space.stop(recorder, delay=0.5)
    finally:
        space.close()


def capture():
    """The recording, made once."""
    path = os.path.join(OPTIONS.directory, "http.pcap")
    if not hasattr(capture, "made"):
        os.makedirs(OPTIONS.directory, exist_ok=True)
        if os.path.exists(path):
            os.unlink(path)
        try:
            record(path, OPTIONS.directory)
        except (Unavailable, OSError) as reason:
            raise Skip(str(reason)) from reason
        capture.made = True
    return path


def ours(kind):
    text = run(OPTIONS.exchanges, capture(), str(HTTP), str(TLS)).stdout
    return [line.split("\t")[1:] for line in text.splitlines() if line.startswith(kind + "\t")]


def tshark(display, *fields):
    command = ["tshark", "-r", capture(), "-d", f"tcp.port=={HTTP},http", "-d",
               f"tcp.port=={TLS},tls", "-Y", display, "-T", "fields", "-E", "occurrence=a", "-E",
               "aggregator=|"]
    for field in fields:
        command += ["-e", field]
    return [line.split("\t") for line in run(*command, timeout=120).stdout.splitlines()]


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & (1 << 64) - 1
    return value


@test
def every_content_is_what_the_server_meant():
    sums = {path: (len(meant), fnv(meant)) for path, (_, _, _, meant) in CONTENT.items()}
    seen = collections.Counter()
    for row in ours("http"):
        _, method, target, _, status = row[:5]
        length, total, complete = int(row[12]), int(row[13], 16), row[15]
        need(complete == "1", row)
        path = "/" + target.rpartition("/")[2]
        if method == "GET" and status == "200":
            seen[path] += 1
            need((length, total or sums[path][1]) == sums[path], row)
    need(all(seen[path] >= 3 for path in CONTENT), seen)


def frames_of_messages():
    """tshark's requests and responses: by stream, in order."""
    rows = tshark("http", "tcp.stream", "frame.number", "http.request.method", "http.request.uri",
                  "http.host", "http.response.code", "http.response.phrase", "http.content_type")
    requests, responses = collections.defaultdict(list), collections.defaultdict(list)
    for stream, frame, method, uri, host, code, phrase, kind in rows:
        kinds = kind.split("|") if kind else []
        if method:
            hosts = host.split("|")
            for one, where, at in zip(method.split("|"), uri.split("|"), hosts):
                requests[stream].append((one, where, at, frame))
        for one, words in zip(code.split("|") if code else [], phrase.split("|")):
            final = int(one) >= 200
            if final:
                needs_kind = one == "200" and kinds
                responses[stream].append((one, words, kinds.pop(0) if needs_kind else "", frame))
    return requests, responses


@test
def exchanges_are_those_of_tshark():
    requests, responses = frames_of_messages()
    streams = collections.defaultdict(list)
    for row in ours("http"):
        streams[row[0]].append(row)
    need(len(streams) == len(requests), f"{len(streams)} connections, tshark has {len(requests)}")
    compared = 0
    for mine, theirs in zip(sorted(streams, key=int), sorted(requests, key=int)):
        rows = streams[mine]
        need([row[1:4] + [row[7]] for row in rows] == [list(one) for one in requests[theirs]],
             f"requests of {theirs}: {rows}, tshark {requests[theirs]}")
        if rows[0][3] == "pipelined":  # tshark waits for the content of the answer to HEAD
            continue
        # What ends with the connection does so for tshark in the frame with the FIN.
        closing = any(row[2].startswith("/close/") for row in rows)
        parts = slice(0, 3 if closing else 4)
        need([(row[4:7] + [row[11]])[parts] for row in rows]
             == [list(one)[parts] for one in responses[theirs]],
             f"responses of {theirs}: {rows}, tshark {responses[theirs]}")
        compared += len(rows)
    need(compared > 20, compared)


@test
def pipelined_requests_are_answered_in_order():
    rows = [row for row in ours("http") if row[3] == "pipelined"]
    need([row[1] + row[2] + row[4] for row in rows]
         == ["GET/plain200", "HEAD/big200", "GET/chunked/gzip200", "DELETE/x204", "GET/nowhere404",
             "GET/empty200"], rows)


@test
def handshakes_are_those_of_tshark():
    rows = tshark("tls.handshake.type", "tcp.stream", "tls.handshake.type",
                  "tls.handshake.extensions_server_name", "tls.handshake.ciphersuite")
    theirs, names, suites = collections.defaultdict(list), [], []
    for stream, types, name, suite in rows:
        theirs[stream] += types.split("|")
        names += [name] if name else []
        suites += [suite] if "2" in types.split("|") else []
    mine = collections.defaultdict(list)
    for row in ours("tls"):
        mine[row[0]].append(row[1])
    need(len(mine) == 4 and [sorted(mine[one]) for one in sorted(mine, key=int)]
         == [sorted(theirs[one]) for one in sorted(theirs, key=int)], f"{mine}, tshark {theirs}")
    need([row[4] for row in ours("tls") if row[1] == "1"] == names, names)
    need([int(row[4], 16) for row in ours("tls") if row[1] == "2"]
         == [int(one.split("|")[-1], 0) for one in suites], suites)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", required=True)
    parser.add_argument("directory")
    OPTIONS = parser.parse_args()
    sys.exit(main())
