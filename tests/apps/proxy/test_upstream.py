"""Asking an origin that closes, resets, lies, dawdles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from tests.apps.proxy.origin import Answerer, Origin, Visit, always
from whywire.apps.http.app import Body
from whywire.apps.proxy.answer import Answer
from whywire.apps.proxy.place import Place
from whywire.apps.proxy.settings import ProxySettings, Timeouts
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.upstream import Ask, Origins

QUICKLY = ProxySettings(timeouts=Timeouts(connect=5, head=0.3, idle=0.3, total=5))
Test = Callable[[Origin, Origins], Awaitable[None]]


def run(answer: Answerer, test: Test, settings: ProxySettings = QUICKLY) -> None:
    async def whole() -> None:
        async with Origin(answer) as origin:
            origins = Origins(settings)
            try:
                await test(origin, origins)
            finally:
                await origins.close()
            assert origins.open_links == 0
    asyncio.run(whole())


def ask(origin: Origin, method: str = "GET", body: Body | None = None) -> Ask:
    return Ask(Place("http", "127.0.0.1", origin.port), method, "/x", (("host", "a"),), body)


async def whole(answer: Answer) -> bytes:
    try:
        return b"".join([piece async for piece in answer.pieces()])
    finally:
        await answer.close()


class Pieces(Body):
    """A request's content from a list."""

    def __init__(self, pieces: list[bytes], length: int | None) -> None:
        self._pieces, self.length = iter(pieces), length
        self.kind = "chunked" if length is None else "length"

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def test_connections_are_kept_and_used_again() -> None:
    async def test(origin: Origin, origins: Origins) -> None:
        for _ in range(3):
            assert await whole(await origins.ask(ask(origin))) == b"hello"
        assert (origin.visits, origins.opened, origins.reused, origins.kept) == (1, 1, 2, 1)
    run(always(), test)


def test_an_idle_connection_that_was_closed_meanwhile_costs_nothing() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.ok()

    async def test(origin: Origin, origins: Origins) -> None:
        for _ in range(3):
            assert await whole(await origins.ask(ask(origin))) == b"hello"
            await asyncio.sleep(0.02)
        assert origins.retried == 0
    run(answer, test)


async def closes_at_the_second(visit: Visit) -> None:
    """The race: the second request on a connection arrives, and the connection is closed without an answer."""
    await visit.head()
    await visit.ok()
    await visit.head()


def test_the_race_with_a_closing_origin_is_tried_again_for_get() -> None:
    async def test(origin: Origin, origins: Origins) -> None:
        await whole(await origins.ask(ask(origin)))
        assert await whole(await origins.ask(ask(origin))) == b"hello"
        assert (origins.retried, origin.visits, len(origin.heads)) == (1, 2, 3)
    run(closes_at_the_second, test)


@pytest.mark.parametrize(("method", "body"), [("POST", None), ("POST", b"x"), ("PUT", b"x"), ("PATCH", None)])
def test_what_must_not_be_sent_twice_gets_a_new_connection(method: str, body: bytes | None) -> None:
    async def test(origin: Origin, origins: Origins) -> None:
        await whole(await origins.ask(ask(origin)))
        content = None if body is None else Pieces([body], 1)
        assert await whole(await origins.ask(ask(origin, method, content))) == b"hello"
        assert (origins.retried, origin.visits, len(origin.heads)) == (0, 2, 2)
    run(closes_at_the_second, test)


def test_a_new_connection_that_closes_without_an_answer_is_an_error() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()

    async def test(origin: Origin, origins: Origins) -> None:
        with pytest.raises(UpstreamError) as caught:
            await origins.ask(ask(origin))
        assert (caught.value.status, caught.value.error) == (502, "connection_terminated")
        assert origin.visits == 1
    run(answer, test)


def test_an_answer_that_began_is_never_asked_for_again() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.ok()
        await visit.head()
        await visit.send("HTTP/1.1 2")

    async def test(origin: Origin, origins: Origins) -> None:
        await whole(await origins.ask(ask(origin)))
        with pytest.raises(UpstreamError, match="broke off"):
            await origins.ask(ask(origin))
        assert len(origin.heads) == 2
    run(answer, test)


def test_nobody_listens() -> None:
    async def test(origin: Origin, origins: Origins) -> None:
        await origin.stop()
        with pytest.raises(UpstreamError) as caught:
            await origins.ask(ask(origin))
        assert (caught.value.status, caught.value.error) == (502, "connection_refused")
    run(always(), test)


BAD = {
    "short": ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", 502, "connection_terminated"),
    "no head": ("HTTP/1.1 200 OK\r\nContent-", 502, "connection_terminated"),
    "no HTTP": ("SSH-2.0-OpenSSH_9\r\n\r\n", 502, "http_protocol_error"),
    "two lengths": ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 502,
                    "http_protocol_error"),
    "both framings": ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502,
                      "http_protocol_error"),
    "chunks end early": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 502,
                         "connection_terminated"),
    "bad chunk": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n", 502,
                  "http_protocol_error"),
    "NUL in a value": ("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n", 502, "http_protocol_error"),
}


@pytest.mark.parametrize("name", BAD)
def test_answers_that_can_not_be_used(name: str) -> None:
    raw, status, error = BAD[name]

    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send(raw)
        visit.writer.write_eof()
        await visit.reader.read()

    async def test(origin: Origin, origins: Origins) -> None:
        with pytest.raises(UpstreamError) as caught:
            await whole(await origins.ask(ask(origin)))
        assert (caught.value.status, caught.value.error) == (status, error)
        assert origins.kept == 0
    run(answer, test)


def test_more_than_was_promised_ends_the_connection_and_reaches_nobody() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.ok()
        await visit.ok(b"evil")
        await visit.reader.read()

    async def test(origin: Origin, origins: Origins) -> None:
        for _ in range(2):
            assert await whole(await origins.ask(ask(origin))) == b"hello"
        assert (origin.visits, origins.kept) == (2, 0)
    run(answer, test)


def test_a_reset_in_the_middle_is_no_end() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send("HTTP/1.1 200 OK\r\n\r\nuntil close")
        await visit.reader.readexactly(1)

    async def test(origin: Origin, origins: Origins) -> None:
        got = await origins.ask(ask(origin))
        pieces = got.pieces()
        assert await anext(pieces) == b"until close"
        got.link.connection_lost(ConnectionResetError(104, "reset"))
        with pytest.raises(UpstreamError, match="reset"):
            await anext(pieces)
        await got.close()
    run(answer, test)


@pytest.mark.parametrize(("raw", "what"), [("", "head"), ("HTTP/1.1 200 OK\r\n", "head"),
                                           ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "rest")])
def test_an_origin_that_stops_is_left(raw: str, what: str) -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send(raw)
        await visit.reader.read()

    async def test(origin: Origin, origins: Origins) -> None:
        with pytest.raises(UpstreamError, match=what) as caught:
            await whole(await origins.ask(ask(origin)))
        assert (caught.value.status, caught.value.error) == (504, "http_response_timeout")
    run(answer, test)


def test_a_head_in_drips_has_a_limit_as_a_whole() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        for letter in "HTTP/1.1 200 OK\r\nX: " + "y" * 100:
            await visit.send(letter)
            await asyncio.sleep(0.05)

    async def test(origin: Origin, origins: Origins) -> None:
        with pytest.raises(UpstreamError, match="head"):
            await origins.ask(ask(origin))
    run(answer, test)


def test_interim_answers_unknown_statuses_and_trailers_come_through() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                         "HTTP/1.1 999 Odd\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
        await visit.reader.read()

    async def test(origin: Origin, origins: Origins) -> None:
        heard: list[tuple[int, tuple[tuple[str, str], ...]]] = []

        async def interim(status: int, headers: tuple[tuple[str, str], ...]) -> None:
            heard.append((status, headers))
        got = await origins.ask(ask(origin), interim)
        assert (got.status, got.reason, got.length) == (999, "Odd", None)
        assert await whole(got) == b"abc"
        assert got.trailers == (("x-sum", "1"),)
        assert heard == [(103, (("link", "</a>"),))]
    run(answer, test)


@pytest.mark.parametrize(("length", "framing"), [(6, "content-length: 6"), (None, "transfer-encoding: chunked")])
def test_content_is_sent_with_the_framing_it_came_with(length: int | None, framing: str) -> None:
    got = bytearray()

    async def answer(visit: Visit) -> None:
        head = await visit.head()
        assert framing in head
        got.extend(await (visit.reader.readexactly(6) if length else visit.reader.readuntil(b"0\r\n\r\n")))
        await visit.ok()

    async def test(origin: Origin, origins: Origins) -> None:
        assert await whole(await origins.ask(ask(origin, "POST", Pieces([b"abc", b"def"], length)))) == b"hello"
        assert bytes(got) == (b"abcdef" if length else b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
    run(answer, test)


def test_an_early_answer_is_heard_while_content_is_still_sent() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await visit.reader.read()

    async def test(origin: Origin, origins: Origins) -> None:
        class Endless(Body):
            length = None
            kind = "chunked"

            async def __anext__(self) -> bytes:
                await asyncio.sleep(0.01)
                return b"x" * 1000
        got = await origins.ask(ask(origin, "POST", Endless()))
        assert got.status == 413
        await got.close()
        assert origins.kept == 0
    run(answer, test)


def test_content_waits_for_100_continue() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await visit.reader.readexactly(1)
        await visit.send("HTTP/1.1 100 Continue\r\n\r\n")
        assert await visit.reader.readexactly(1) == b"x"
        await visit.ok()

    async def test(origin: Origin, origins: Origins) -> None:
        asked = replace(ask(origin, "POST", Pieces([b"x"], 1)), expects=True)
        assert await whole(await origins.ask(asked)) == b"hello"
    run(answer, test)


def test_head_has_a_length_and_no_body_and_the_connection_is_kept() -> None:
    async def answer(visit: Visit) -> None:
        while await visit.head():
            await visit.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")

    async def test(origin: Origin, origins: Origins) -> None:
        for _ in range(2):
            got = await origins.ask(ask(origin, "HEAD"))
            assert await whole(got) == b""
            assert ("content-length", "500") in got.headers
        assert origin.visits == 1
    run(answer, test)


def test_connections_are_bounded_and_the_others_wait() -> None:
    async def answer(visit: Visit) -> None:
        while await visit.head():
            await asyncio.sleep(0.02)
            await visit.ok()

    async def test(origin: Origin, origins: Origins) -> None:
        async def one() -> bytes:
            return await whole(await origins.ask(ask(origin)))
        assert await asyncio.gather(*(one() for _ in range(12))) == [b"hello"] * 12
        assert origin.visits <= 3
    run(answer, test, replace(QUICKLY, links=3, timeouts=Timeouts()))


def test_idle_connections_are_bounded_and_swept() -> None:
    async def test(origin: Origin, origins: Origins) -> None:
        answers = [await origins.ask(ask(origin)) for _ in range(6)]
        for one in answers:
            await whole(one)
        assert origins.kept == 2
        await asyncio.sleep(0.15)
        origins.sweep()
        assert (origins.kept, origins.open_links) == (0, 0)
    run(always(), test, replace(QUICKLY, idle_links=2, timeouts=Timeouts(kept=0.1)))
