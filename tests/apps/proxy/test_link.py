"""One connection to an origin, without a network: what it holds back, what it notices."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from whywire.apps.proxy.link import HIGH, Link
from whywire.apps.proxy.trouble import UpstreamError
from whywire.protocols.http1.events import Data, EndOfMessage, Request, Response

ASK = Request(method="GET", target="/", headers=((b"host", b"a"),))


class Wire:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.sent, self.reading, self.closing = b"", True, False

    def write(self, data: bytes) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        self.closing = True


async def opened() -> tuple[Link, Any]:
    link, wire = Link("http://a"), Wire()
    link.connection_made(wire)  # type: ignore[arg-type]
    await link.send(ASK, 1)
    await link.send(EndOfMessage(), 1)
    return link, wire


async def next_event(link: Link) -> object:
    return await link.event(asyncio.get_running_loop().time() + 1, 1, "an event")


def test_an_origin_that_is_faster_than_its_reader_is_held_back() -> None:
    async def test() -> None:
        link, wire = await opened()
        link.data_received(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * HIGH)
        assert not wire.reading
        assert isinstance(await next_event(link), Response)
        got = 0
        while got < HIGH:
            event = await next_event(link)
            assert isinstance(event, Data)
            got += len(event.data)
        with pytest.raises(UpstreamError, match="did not send"):
            await link.event(asyncio.get_running_loop().time(), 0.1, "more")
        assert wire.reading
    asyncio.run(test())


def test_one_that_was_held_back_to_the_end_of_its_answer_is_read_again_in_the_next_cycle() -> None:
    async def test() -> None:
        link, wire = await opened()
        link.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % HIGH + b"x" * HIGH)
        assert not wire.reading
        while not isinstance(await next_event(link), EndOfMessage):
            assert not wire.reading
        link.next_cycle()
        assert wire.reading
        assert link.usable
    asyncio.run(test())


def test_bytes_that_nobody_asked_for_make_it_unusable() -> None:
    async def test() -> None:
        link, _ = await opened()
        link.data_received(b"HTTP/1.1 204 No\r\n\r\n")
        await next_event(link)
        await next_event(link)
        link.http.start_next_cycle()
        assert link.usable
        link.data_received(b"HTTP/1.1 200 Here you are\r\n")
        assert not link.usable
    asyncio.run(test())


def test_a_closed_one_is_not_usable_and_writes_fail() -> None:
    async def test() -> None:
        link, wire = await opened()
        link.connection_lost(None)
        assert not link.usable
        with pytest.raises(UpstreamError, match="while the request was sent"):
            await link.write(b"x", 1)
        link.close()
        assert wire.closing
    asyncio.run(test())


def test_a_slow_origin_holds_back_the_sender_up_to_the_limit() -> None:
    async def test() -> None:
        link, _ = await opened()
        link.pause_writing()
        with pytest.raises(UpstreamError, match="a sign that it reads"):
            await link.write(b"x", 0.02)
        writing = asyncio.create_task(link.write(b"y", 5))
        await asyncio.sleep(0)
        assert not writing.done()
        link.resume_writing()
        await writing
    asyncio.run(test())


def test_what_is_behind_a_switch_is_handed_over() -> None:
    async def test() -> None:
        link, wire = Link("http://a"), Wire()
        link.connection_made(wire)  # type: ignore[arg-type]
        link.go_raw()
        link.data_received(b"early")
        assert await link.read_raw() == b"early"
        reading = asyncio.create_task(link.read_raw())
        await asyncio.sleep(0)
        link.data_received(b"later")
        assert await reading == b"later"
        link.eof_received()
        assert await link.read_raw() == b""
    asyncio.run(test())
