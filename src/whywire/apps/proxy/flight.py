"""One answer on its way from the origin to a store and to any number of readers, each at a speed of its own.

A task reads the origin and writes the store; what it read waits in a window of memory for the readers, and those that
fell further behind read from the store's unfinished body. So a slow reader holds nobody; the fastest sets the pace, and
without readers the store does. Where nothing is stored (any more), a reader that the window has left is told so.

What is stored is committed before the last piece is handed out: whoever has the whole answer finds it in the cache.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

from whywire.apps.proxy.answer import Answer
from whywire.apps.proxy.fields import Fields
from whywire.apps.proxy.trouble import UpstreamError, broke_off
from whywire.apps.stores.model import Body, TornError, Writer

PIECE = 1 << 18
REST = 1 << 20
"""Bytes that may be missing for a body to be stored to its end although nobody reads it any more."""


class Flight:
    """``done`` is awaited when the body is whole: it commits and returns the stored body, None when that did not work.
    ``broken``: when the origin broke off; it may keep what came. The writer is aborted in every other case."""

    def __init__(self, answer: Answer, writer: Writer | None, ahead: int,
                 done: Callable[[], Awaitable[Body | None]] | None = None,
                 broken: Callable[[], Awaitable[None]] | None = None) -> None:
        self.answer = answer
        self._writer, self._ahead, self._done = writer, ahead, done
        self._broken = broken
        self._window: deque[bytes] = deque()
        self._begin = self._end = 0  # of the window, as offsets in the body
        self._readers: set[Follower] = set()
        self._body: Body | None = None
        self.received = 0
        """Bytes that came from the origin."""
        self.complete = False
        self.error: UpstreamError | None = None
        self.given_up = False
        """The last reader left early: it will not be complete."""
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self.task: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Begin to read."""
        self.task = asyncio.get_running_loop().create_task(self._run())
        return self.task

    @property
    def trailers(self) -> Fields:
        """The answer's trailers, once it is complete."""
        return self.answer.trailers

    @property
    def lags(self) -> bool:
        """A reader may need bytes that the window no longer has."""
        return self._begin > 0 and bool(self._readers)

    @property
    def ready(self) -> bool:
        """Something can be read without waiting."""
        return self._end > 0 or self.complete

    async def finished(self) -> None:
        """Wait until it is complete or broken."""
        while not self.complete and self.error is None:
            await self._wait()

    # ---- from the origin ----

    async def _run(self) -> None:
        try:
            held = b""
            async for piece in self.answer.pieces():
                self.received += len(piece)
                if self._writer is not None and not await self._writer.write(piece):
                    await self._stop_storing()
                last = self.answer.length is not None and self._end + len(piece) >= self.answer.length
                if last and self._writer is not None:
                    held = piece
                else:
                    await self._hand_out(piece)
            if self._writer is not None and self._done is not None:
                self._body = await self._done()
                self._writer = None
            if held:
                self._window.append(held)
                self._end += len(held)
            self.complete = True
            if not self._readers:
                await self._close_body()
        except UpstreamError as error:
            if self._writer is not None and self._broken is not None:
                writer, self._writer = self._writer, None
                await self._broken()
                await writer.abort()
            self.error = error
        finally:
            if not self.complete:
                self.error = self.error or broke_off(self.answer.link.where, "nobody waits for the answer any more")
                await self._stop_storing()
            self._tell()
            await self.answer.close()

    async def _close_body(self) -> None:
        if self._body is not None:
            body, self._body = self._body, None
            await body.close()

    async def _stop_storing(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            await writer.abort()

    async def _hand_out(self, piece: bytes) -> None:
        self._window.append(piece)
        self._end += len(piece)
        self._tell()
        while self._readers and self._end - max(one.at for one in self._readers) > self._ahead:
            self._room = asyncio.get_running_loop().create_future()
            await self._room
        keep = self._ahead if self._writer is not None else 8 * self._ahead
        while self._end - self._begin > keep:
            self._begin += len(self._window.popleft())

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
        self._news = None

    # ---- to the readers ----

    def pieces(self) -> Follower:
        """Return a reader of the whole body; it counts from now on, and `Follower.aclose` lets go."""
        return Follower(self)

    async def next_piece(self, at: int) -> bytes:
        """Return bytes from ``at`` on; empty at the end. Raises UpstreamError when there will be none."""
        while at >= self._end:
            if self.complete:
                return b""
            if self.error is not None:
                raise self.error
            await self._wait()
        return await self._at(at)

    def join(self, reader: Follower) -> None:
        """Count a reader in."""
        self._readers.add(reader)

    async def leave(self, reader: Follower) -> None:
        """Count a reader out. With the last one it is given up, unless it is stored and little is missing."""
        self._readers.discard(reader)
        self.advanced()
        if not self._readers:
            if self.complete:
                await self._close_body()
            elif self.error is None and not (self._writer is not None and self._nearly_there):
                self.given_up = True
                self.answer.give_up()

    @property
    def _nearly_there(self) -> bool:
        return self.answer.length is not None and self.answer.length - self.received <= REST

    async def _at(self, at: int) -> bytes:
        if at >= self._begin:
            offset = self._begin
            for piece in self._window:
                if at < offset + len(piece):
                    return piece[at - offset:]
                offset += len(piece)
        try:
            if self._writer is not None:
                with contextlib.suppress(TornError):  # committed at this moment, or given up
                    return await self._writer.read(at, PIECE)
                while self._writer is not None:
                    await self._wait()
            if self._body is not None:
                return await self._body.read(at, PIECE)
        except TornError as error:
            raise UpstreamError("http_response_incomplete", f"the body is gone: {error}") from error
        raise UpstreamError("http_response_incomplete", "the client reads too slowly for an answer that is not stored")

    def advanced(self) -> None:
        """A reader got further, or left."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def _wait(self) -> None:
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._news)


class Follower:
    """An asynchronous iterator over the body of a flight."""

    def __init__(self, flight: Flight) -> None:
        self._flight: Flight | None = flight
        self.at = 0
        flight.join(self)

    def __aiter__(self) -> Follower:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._flight.next_piece(self.at) if self._flight is not None else b""
        if not piece or self._flight is None:
            raise StopAsyncIteration
        self.at += len(piece)
        self._flight.advanced()
        return piece

    async def aclose(self) -> None:
        """Let go of the flight."""
        if self._flight is not None:
            flight, self._flight = self._flight, None
            await flight.leave(self)
