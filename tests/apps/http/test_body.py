"""Content on its way in: back pressure, breaking off, and senders of nothing but framing."""

from __future__ import annotations

import asyncio

from tests.apps.http.bench import Echo, bench, read_answer, rest
from whywire.apps.http.app import BodyError, Reply, Request
from whywire.apps.http.flow import ANSWERING

HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"


class Slow(Echo):
    """Reads a piece when told, and keeps what went wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.errors: list[BodyError] = []
        self.seen: tuple[str, int | None, object] = ("", None, ())
        self.size = 0

    async def answer(self, request: Request, reply: Reply) -> None:
        await self.go.wait()
        try:
            async for piece in request.body:
                self.size += len(piece)
        except BodyError as error:
            self.errors.append(error)
            raise
        self.seen = request.body.kind, request.body.length, request.body.trailers
        reply.start(200, [], length=0)


def test_a_slow_reader_holds_the_sender_back() -> None:
    app = Slow()
    with bench(app) as at, at.connect() as peer:
        peer.sendall(HEAD + b"Content-Length: 50000000\r\n\r\n")
        peer.settimeout(0.2)
        sent = 0
        try:
            while sent < 50_000_000:
                sent += peer.send(b"x" * 65536)
        except TimeoutError:
            pass
        assert sent < 50_000_000
        held: list[int] = []
        at.in_loop(lambda: held.extend(door._connection.unread_bytes for door in at.server.doors
                                       if door.state == ANSWERING and door._connection is not None))
        assert len(held) == 1 and held[0] < 1_000_000
        at.loop.call_soon_threadsafe(app.go.set)
        peer.settimeout(10)
        while sent < 50_000_000:
            sent += peer.send(b"x" * min(65536, 50_000_000 - sent))
        assert read_answer(peer).status == 200
    assert (app.size, app.seen) == (50_000_000, ("length", 50_000_000, ()))


def test_trailers_are_there_at_the_end() -> None:
    app = Slow()
    app.go.set()
    with bench(app) as at, at.connect() as peer:
        peer.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n")
        assert read_answer(peer).status == 200
    assert app.seen == ("chunked", None, (("x-sum", "1"),))


def test_a_client_that_breaks_off_is_a_body_error() -> None:
    app = Slow()
    app.go.set()
    with bench(app) as at:
        at.ask(HEAD + b"Content-Length: 5\r\n\r\nab", end=True)
    assert [error.status for error in app.errors] == [400]


def test_a_sender_of_nothing_but_framing_is_refused() -> None:
    app = Slow()
    app.go.set()
    with bench(app) as at, at.connect() as peer:
        peer.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"1;" + b"a" * 500 + b"\r\nx\r\n") * 400)
        assert read_answer(peer).status == 400
        assert rest(peer) == b""
    assert app.size < 400
