"""Content on its way in: back pressure, breaking off, and senders of nothing but framing."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from tests.apps.http.bench import Echo, bench, read_answer, rest
from tests.apps.http.test_server import wait_for
from whywire.apps.http.app import BodyError, Reply, Request
from whywire.apps.http.flow import ANSWERING
from whywire.apps.http.settings import Settings

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


@pytest.mark.parametrize("framing", [b"Content-Length: 5000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nfff\r\n"])
def test_a_sender_that_drips_is_ended(framing: bytes) -> None:
    """Each byte comes long before ``body_time`` is over; all of them together would take minutes."""
    with bench(Echo(), Settings(body_time=0.5, body_rate=1000, linger_time=0.2)) as at, at.connect() as peer:
        peer.sendall(HEAD + framing)
        began = time.monotonic()
        peer.settimeout(0.02)
        seen = b""
        while b"\r\n\r\n" not in seen:
            assert time.monotonic() - began < 8
            with suppress(TimeoutError):
                seen += peer.recv(65536)
            peer.send(b"x")
        peer.settimeout(10)
        with suppress(ConnectionResetError):  # of the bytes that were sent last
            seen += rest(peer)
    assert seen.startswith(b"HTTP/1.1 408 ") and b"slower than 1,000 bytes a second" in seen


def test_the_least_rate_is_one_of_the_whole() -> None:
    """Time that was won may be lost again, and none is counted while the app is the slow one."""
    app = Slow()
    with bench(app, Settings(body_time=0.5, body_rate=1000)) as at, at.connect() as peer:
        peer.sendall(HEAD + b"Content-Length: 100003\r\n\r\n" + b"x" * 100_000)
        time.sleep(1)  # the app's, not the client's
        at.loop.call_soon_threadsafe(app.go.set)
        for _ in range(3):
            time.sleep(0.2)  # in all longer than body_time
            peer.sendall(b"x")
        assert read_answer(peer).status == 200


def test_who_lingers_is_read_up_to_a_limit() -> None:
    """Then nothing is read any more, the client's sending stops, and the connection ends in its time."""
    with bench(Echo(), Settings(linger_time=1, linger_body=1 << 20)) as at, at.connect() as peer:
        peer.sendall(b"nonsense\r\n\r\n")
        assert read_answer(peer).status == 400
        peer.settimeout(5)
        sent = 0
        with pytest.raises(ConnectionError):
            while sent < 1 << 30:
                sent += peer.send(b"x" * 65536)
        assert sent < 100 << 20, "a limit beside what the kernel's buffers take"
        wait_for(lambda: not at.server.doors)


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
