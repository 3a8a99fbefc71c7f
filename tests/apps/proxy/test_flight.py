"""One answer, many readers, each at a speed of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from whywire.apps.proxy.flight import Flight
from whywire.apps.proxy.trouble import UpstreamError, broke_off
from whywire.apps.stores.memory import MemoryStore
from whywire.apps.stores.model import Body, Writer

PIECES = [bytes([65 + number]) * 100 for number in range(20)]


class Source:
    """An answer whose pieces come when the test says so. ``breaks``: after so many."""

    def __init__(self, length: int | None = 2000, breaks: int | None = None) -> None:
        self.length, self.breaks = length, breaks
        self.trailers: tuple[tuple[str, str], ...] = (("x", "1"),)
        self.link = SimpleNamespace(where="http://a")
        self.taken = 0
        self.closed = self.given_up = False
        self.allowed = asyncio.Semaphore(0)

    async def pieces(self) -> AsyncIterator[bytes]:
        for number, piece in enumerate(PIECES):
            await self.allowed.acquire()
            if number == self.breaks:
                raise broke_off("http://a", "reset")
            if self.given_up:
                raise broke_off("http://a", "given up")
            self.taken += 1
            yield piece

    def let(self, count: int) -> None:
        for _ in range(count):
            self.allowed.release()

    def give_up(self) -> None:
        self.given_up = True
        self.allowed.release()

    async def close(self) -> None:
        self.closed = True


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def all_of(flight: Flight) -> bytes:
    pieces = flight.pieces()
    try:
        return b"".join([piece async for piece in pieces])
    finally:
        await pieces.aclose()


def flight_of(source: Any, store: MemoryStore, writer: Writer | None, ahead: int = 300) -> Flight:
    async def done() -> Body | None:
        assert writer is not None
        entry = await writer.commit()
        return None if entry is None else await store.body(entry)
    return Flight(source, writer, ahead, done)


async def begin(source: Source, store: MemoryStore, *, storing: bool = True, ahead: int = 300) -> Flight:
    writer = await store.put("k", "", b"", source.length) if storing else None
    flight = flight_of(source, store, writer, ahead)
    flight.start()
    return flight


def test_followers_get_everything_whenever_they_join() -> None:
    async def test() -> None:
        source, store = Source(), MemoryStore()
        flight = await begin(source, store)
        first = asyncio.create_task(all_of(flight))
        source.let(10)
        await settled()
        late = asyncio.create_task(all_of(flight))
        source.let(10)
        assert await first == await late == b"".join(PIECES)
        assert flight.trailers == (("x", "1"),)
        assert source.closed
    asyncio.run(test())


def test_a_slow_reader_holds_nobody_and_misses_nothing() -> None:
    async def test() -> None:
        source, store = Source(), MemoryStore()
        flight = await begin(source, store)
        slow = flight.pieces()
        source.let(1)
        got = await anext(slow)
        source.let(19)
        async with asyncio.timeout(5):
            assert await all_of(flight) == b"".join(PIECES)
        while piece := await flight.next_piece(len(got)):
            got += piece
        assert got == b"".join(PIECES)
        await slow.aclose()
    asyncio.run(test())


def test_the_body_is_in_the_store_before_its_last_piece_is_handed_out() -> None:
    async def test() -> None:
        source, store = Source(), MemoryStore()
        flight = await begin(source, store)
        pieces = flight.pieces()
        source.let(20)
        got = b""
        while len(got) < 2000:
            assert (len(await store.find("k")) == 1) >= (len(got) == 2000)
            got += await anext(pieces)
        assert len(await store.find("k")) == 1
        await pieces.aclose()
    asyncio.run(test())


@pytest.mark.parametrize("storing", [True, False])
def test_an_answer_that_breaks_is_an_error_for_all_and_is_not_stored(storing: bool) -> None:
    async def test() -> None:
        source, store = Source(breaks=10), MemoryStore()
        flight = await begin(source, store, storing=storing)
        readers = [asyncio.create_task(all_of(flight)) for _ in range(3)]
        source.let(20)
        for result in await asyncio.gather(*readers, return_exceptions=True):
            assert isinstance(result, UpstreamError)
        assert await store.find("k") == []
        assert (await store.stats()).size == 0
        assert source.closed
    asyncio.run(test())


@pytest.mark.parametrize("storing", [True, False])
def test_the_fastest_reader_sets_the_pace(storing: bool) -> None:
    async def test() -> None:
        source, store = Source(), MemoryStore()
        flight = await begin(source, store, storing=storing)
        pieces = flight.pieces()
        source.let(20)
        await settled()
        held = source.taken
        assert 3 <= held <= 5
        await anext(pieces)
        await settled()
        assert source.taken == held + 1
        rest = [piece async for piece in pieces]
        assert len(rest) == 19
        await pieces.aclose()
    asyncio.run(test())


def test_storing_goes_on_when_the_readers_leave_and_stops_with_them_otherwise() -> None:
    async def test() -> None:
        for storing in (True, False):
            source, store = Source(), MemoryStore()
            flight = await begin(source, store, storing=storing)
            pieces = flight.pieces()
            source.let(1)
            await anext(pieces)
            await pieces.aclose()
            source.let(19)
            assert flight.task is not None
            await asyncio.wait([flight.task])
            assert flight.complete == storing
            assert len(await store.find("k")) == storing
            assert source.closed
    asyncio.run(test())


def test_a_body_that_turns_out_too_large_is_passed_on_and_not_stored() -> None:
    async def test() -> None:
        source, store = Source(length=None), MemoryStore(10_000, 500)
        flight = await begin(source, store)
        pieces = flight.pieces()
        source.let(20)
        assert b"".join([piece async for piece in pieces]) == b"".join(PIECES)
        await pieces.aclose()
        assert await store.find("k") == []
    asyncio.run(test())
