"""The answer read at a glance is the answer that the full parser reads, or none."""

from __future__ import annotations

import random

import pytest

from whywire.apps.proxy import plain
from whywire.apps.proxy.link import FORGIVEN, LIMITS
from whywire.protocols.http1.connection import CLIENT, Connection, RemoteProtocolError
from whywire.protocols.http1.events import Data, EndOfMessage, Request, Response

ASK = Request(method="GET", target="/", headers=((b"host", b"a"),))
PIECES = (
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 404 Not\tFound\r\n", b"HTTP/1.1 200 \r\n", b"HTTP/1.1 200\r\n",
    b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 204 No Content\r\n", b"HTTP/1.1 304 Not Modified\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n", b"\r\n",
    b"Content-Length: 5\r\n", b"content-length:5\r\n", b"Content-Length: 5, 5\r\n", b"Content-Length: +5\r\n",
    b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: keep-alive\r\n",
    b"Connection: close\r\n", b"Connection: x-a\r\n", b"X-A:  a b \t\r\n", b"X-A: \xe4\r\n",
    b"X-A: a\n", b"X-A: a\rb\r\n", b" folded\r\n",
    b"X-A : a\r\n", b"X-A: \0\r\n", b": a\r\n", b"X-A\r\n", b"Etag: \"1\"\r\n", b"\r\nhello", b"\r\nhello",
    b"hello", b"\r\n",
)
WORTH = (0, 0, 0, 9, 9, 13, 18, 27, 28)
"""Pieces that make a good answer, so that enough of the random ones are good."""


def by_the_parser(data: bytes) -> tuple[object, ...] | None:
    """Return the answer that the connection reads, None: none that is whole and leaves it open for another."""
    connection = Connection(CLIENT, LIMITS, FORGIVEN)
    connection.send(ASK)
    connection.send(EndOfMessage())
    connection.receive(data)
    head, content = None, b""
    try:
        while (event := connection.next_event()) is not None:
            if isinstance(event, Response):
                head = event
            elif isinstance(event, Data):
                content += event.data
            elif isinstance(event, EndOfMessage) and head is not None:
                connection.start_next_cycle()
                if connection.unread_bytes:
                    return None
                return head.status, head.reason, plain.text_fields(head.headers), content
    except RemoteProtocolError:
        pass
    return None


def test_what_is_read_at_a_glance_the_full_parser_reads_alike() -> None:
    draw, read = random.Random(5), 0
    for _ in range(30_000):
        middle = draw.choices(PIECES, k=draw.randrange(4)) + [PIECES[one] for one in draw.choices(WORTH, k=2)]
        data = b"".join((draw.choice(PIECES[:3]), *middle, draw.choice(PIECES[-4:])))
        found = plain.read(data)
        if found is not None:
            read += 1
            assert tuple(found) == by_the_parser(data), data
    assert read > 500


def test_a_plain_answer_is_read() -> None:
    found = plain.read(b"HTTP/1.1 200 OK\r\nDate: x\r\nCONTENT-LENGTH: 5\r\nX-A:  b \r\n\r\nhello")
    assert found == plain.Plain(200, "OK", (("date", "x"), ("content-length", "5"), ("x-a", "b")), b"hello")


@pytest.mark.parametrize("data", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n folded\r\n\r\nhello",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000,
    b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 9000 + b"\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 100 + b"Content-Length: 5\r\n\r\nhello",
])
def test_everything_else_is_left_to_the_parser(data: bytes) -> None:
    assert plain.read(data) is None
