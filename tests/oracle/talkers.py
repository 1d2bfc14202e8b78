"""Servers and clients for what the usual programs do not do."""

import socket
import socketserver
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page(BaseHTTPRequestHandler):
    """A small web server that keeps connections open."""

    protocol_version = "HTTP/1.1"

    def answer(self, with_body):
        known = self.path in ("/", "/big")
        body = b"x" * 6000 if self.path == "/big" else b"<html>\n<p>tapir</p>\n</html>\n"
        if not known:
            body = b"no such page\n"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html" if known else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(True)

    def log_message(self, *_):
        pass


def serve_http(port):
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6
        daemon_threads = True

        def server_bind(self):
            # HTTPServer's own asks the resolver for a name, and there is none here.
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = "tapir", port

    Server(("::", port), Page).serve_forever()


def tcp_server(port, family=socket.AF_INET6, protocol=0, options=()):
    """Accept connections and answer every block with as many bytes."""
    listener = socket.socket(family, socket.SOCK_STREAM, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for level, name, value in options:
        listener.setsockopt(level, name, value)
    listener.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
    listener.listen(8)
    while True:
        connection, _ = listener.accept()
        with connection:
            while True:
                try:
                    data = connection.recv(65536)
                    if not data:
                        break
                    connection.sendall(data)
                except OSError:  # a reset is part of the show
                    break


def tcp_exchange(address, port, size, protocol=0, options=(), after=()):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, protocol) as client:
        client.settimeout(8)
        for level, name, value in options:
            client.setsockopt(level, name, value)
        client.connect((address, port))
        for level, name, value in after:
            client.setsockopt(level, name, value)
        client.sendall(b"q" * size)
        received = 0
        while received < size:
            data = client.recv(65536)
            if not data:
                break
            received += len(data)


def tcp_fast_open(address, port):
    for _ in range(2):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
            client.sendto(b"early data", socket.MSG_FASTOPEN, (address, port))
            client.recv(100)


def tcp_oddities(address, port, closed_port):
    """Urgent data, a reset, a refused connection, keep-alives, a half close."""
    with socket.create_connection((address, port), 3) as client:
        client.send(b"!", socket.MSG_OOB)
        client.sendall(b"after urgent")
        client.recv(100)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        time.sleep(1.2)
        client.shutdown(socket.SHUT_WR)
        client.recv(100)
    with socket.create_connection((address, port), 3) as client:
        client.sendall(b"reset follows")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.socket() as client:
        client.connect_ex((address, closed_port))


def tcp_zero_window(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    listener.bind(("0.0.0.0", port))
    listener.listen(1)
    connection, _ = listener.accept()
    time.sleep(0.8)
    while connection.recv(65536):
        pass


def tcp_fill(address, port):
    with socket.create_connection((address, port), 3) as client:
        client.sendall(b"w" * 40000)


def udp_senders(address, address6):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", (address, 9))
        client.sendto(b"discarded", (address, 9))
        client.setsockopt(socket.SOL_SOCKET, 11, 1)  # SO_NO_CHECK
        client.sendto(b"no checksum", (address, 9))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xB9)
        client.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 3)
        client.setsockopt(
            socket.IPPROTO_IP, socket.IP_OPTIONS, b"\x94\x04\0\0" + b"\x01" * 3 + b"\0"
        )
        client.sendto(b"router alert", (address, 9))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
        client.sendto(b"", (address6, 9))
        client.sendto(b"discarded", (address6, 9))


def ipv6_headers(address, through):
    """Extension headers that the kernel writes for a socket."""
    level = socket.IPPROTO_IPV6
    padding = b"\0\0\x01\x04\0\0\0\0"
    alert = b"\0\0\x05\x02\0\0\x01\0"
    segment = struct.pack("!BBBBBBH", 0, 2, 4, 1, 0, 0, 0) + socket.inet_pton(
        socket.AF_INET6, address
    )
    home = struct.pack("!BBBBBB", 0, 2, 4, 1, 0, 0) + b"\xc9\x10" + bytes(16)
    choices = (
        ((socket.IPV6_HOPOPTS, padding),),
        ((socket.IPV6_HOPOPTS, alert),),
        ((socket.IPV6_DSTOPTS, padding),),
        ((socket.IPV6_DSTOPTS, home[:2] + b"\x01\x04" + home[2:6] + home[6:]),),
        ((socket.IPV6_HOPOPTS, padding), (socket.IPV6_DSTOPTS, padding)),
        (
            (
                socket.IPV6_RTHDR,
                struct.pack("!BBBBI", 0, 2, 2, 0, 0) + socket.inet_pton(socket.AF_INET6, through),
            ),
        ),
        ((socket.IPV6_RTHDR, segment),),
        ((socket.IPV6_TCLASS, struct.pack("i", 0xB9)),),
    )
    for options in choices:
        for size in (20, 3000):
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
                try:
                    for name, value in options:
                        client.setsockopt(level, name, value)
                    client.sendto(b"e" * size, (address, 9))
                except OSError:
                    pass


def join_groups(device):
    """Join and leave multicast groups, with and without a source filter."""
    index = socket.if_nametoindex(device)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
        group = socket.inet_pton(socket.AF_INET6, "ff15::77") + struct.pack("I", index)
        client.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
        time.sleep(0.2)
        client.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP, group)
        for source in ("fd77::9", "fd77::10"):
            # struct group_source_req, MCAST_JOIN_SOURCE_GROUP.
            request = struct.pack("I4x", index)
            for address in ("ff15::78", source):
                packed = socket.inet_pton(socket.AF_INET6, address)
                request += struct.pack("=HHI", socket.AF_INET6, 0, 0) + packed + bytes(104)
            client.setsockopt(socket.IPPROTO_IPV6, 46, request)
        time.sleep(0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        request = socket.inet_aton("239.7.7.7") + bytes(4) + struct.pack("i", index)
        client.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        time.sleep(0.1)
