#!/usr/bin/python3
"""Writes the seeds of fuzz/http.c and fuzz/messages.c into the two folders it is given."""

import gzip
import os
import struct
import sys
import zlib


def chunks(*parts):
    """Chunks as fuzz/http.c reads them: kind, length, bytes."""
    data = b""
    for kind, text in parts:
        for at in range(0, len(text), 255):
            data += bytes((kind, len(text[at:at + 255]))) + text[at:at + 255]
    return data


def head(*lines):
    return b"\r\n".join(lines) + b"\r\n\r\n"


def http():
    page = b"<p>the same, again and again</p>" * 8
    packed = gzip.compress(page, mtime=0)
    get = head(b"GET /page?a=1 HTTP/1.1", b"Host: example.test")
    yield "plain", chunks((0, get), (1, head(b"HTTP/1.1 200 OK", b"Content-Length: 5") + b"hello"))
    yield "gzip", chunks((0, get), (1, head(b"HTTP/1.1 200 OK", b"Content-Encoding: gzip",
                                            b"Content-Length: %d" % len(packed)) + packed))
    yield "deflate", chunks((0, get), (1, head(b"HTTP/1.0 200 OK", b"Content-Encoding: deflate")
                                       + zlib.compress(page)), (0xf1, b""))
    yield "chunked", chunks((0, get), (1, head(b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked")
                                       + b"5;a=b\r\nhello\r\n0\r\nSum: 1\r\n\r\n"))
    yield "pipelined", chunks((0, get + head(b"HEAD /x HTTP/1.1", b"Host: a", b" b") + get),
                              (1, head(b"HTTP/1.1 200 OK", b"Content-Length: 0")
                               + head(b"HTTP/1.1 200 OK", b"Content-Length: 9")
                               + head(b"HTTP/1.1 304 Not Modified")))
    yield "connect", chunks((0, head(b"CONNECT a:443 HTTP/1.1")), (1, head(b"HTTP/1.1 200 OK")),
                            (0, b"\x16\x03\x01"), (1, b"\x16\x03\x03"))
    yield "continue", chunks((0, head(b"POST / HTTP/1.1", b"Expect: 100-continue",
                                      b"Content-Length: 3")), (1, head(b"HTTP/1.1 100 Continue")),
                             (0, b"abc"), (1, head(b"HTTP/1.1 204 No Content")))
    yield "gap", chunks((0, get), (1, head(b"HTTP/1.1 200 OK", b"Content-Length: 110") + b"ab"),
                        (11, b"cdefgh"), (8, b"x: y\r\n\r\n" + get),
                        (1, b"\r\nHTTP/1.1 404 Not Found\nContent-Length: 1\n\nx"))
    yield "http2", chunks((0, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"))


def messages():
    def stream(kind, flags, *parts):
        return bytes((kind, flags)) + chunks(*parts)

    query = bytes.fromhex("123401000001000000000000") + b"\1a\0\0\1\0\1"
    hello = (b"\3\3" + bytes(32) + b"\0" + b"\0\4\x13\1\x13\2" + b"\1\0" + struct.pack(
        ">H", 4 + 14 + 4 + 5) + struct.pack(">HHHBH", 0, 14, 12, 0, 9) + b"host.test"
        + struct.pack(">HHHB", 16, 5, 3, 2) + b"h2")
    hello = b"\1" + struct.pack(">I", len(hello))[1:] + hello

    def record(kind, body):
        return struct.pack(">BHH", kind, 0x301, len(body)) + body

    yield "lines", stream(0, 0, (0, b"EHLO there\r\nMAIL\nlong long long line\r\n"), (5, b"cut\r\nQUIT"))
    yield "prefixed", stream(1, 0, (0, b"\5hello\0\3abc"), (4, b"\1x\2yy"))
    yield "dns", stream(2, 0, (0, struct.pack(">H", len(query)) + query), (5, b"\0\x13" + query))
    yield "tls", stream(3, 0, (0, record(22, hello[:20]) + record(22, hello[20:])),
                        (128, record(22, b"\2\0\0\x26\3\3" + bytes(32) + b"\0\x13\1\0")),
                        (128, record(20, b"\1")), (0, record(21, b"\2\x28")), (5, record(23, b"abcdef")))


def main():
    for folder, seeds in zip(sys.argv[1:], (http, messages)):
        os.makedirs(folder, exist_ok=True)
        for name, data in seeds():
            with open(os.path.join(folder, name), "wb") as file:
                file.write((b"\0" + data) if seeds is http else data)


if __name__ == "__main__":
    main()
