"""One answer on its way from the origin to a store and to any number of readers, each at a speed of its own.

A task reads the origin and writes the store; what it read waits in a window of memory for the readers, and those that
fell further behind read from the store's unfinished body. So a slow reader holds nobody. Where nothing is stored (any
more), the fastest reader sets the pace, and one that the window has left is told so.

What is stored is committed before the last piece is handed out: whoever has the whole answer finds it in the cache.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

from whywire.apps.proxy.trouble import UpstreamError, broke_off
from whywire.apps.proxy.upstream import Answer, Fields
from whywire.apps.stores.model import Body, TornError, Writer

PIECE = 1 << 18


class Flight:
    """``done`` is awaited when the body is whole: it commits and returns the stored body, None when that did not work.
    The writer is aborted in every other case."""

    def __init__(self, answer: Answer, writer: Writer | None, ahead: int,
                 done: Callable[[], Awaitable[Body | None]] | None = None) -> None:
        self.answer = answer
        self._writer, self._ahead, self._done = writer, ahead, done
        self._window: deque[bytes] = deque()
        self._begin = self._end = 0  # of the window, as offsets in the body
        self._read_to = 0  # by the fastest reader
        self._readers = 0
        self._body: Body | None = None
        self.complete = False
        self.error: UpstreamError | None = None
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

    # ---- from the origin ----

    async def _run(self) -> None:
        try:
            held = b""
            async for piece in self.answer.pieces():
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
        while self._end - self._begin > self._ahead:
            if self._writer is None and self._end - self._read_to > self._ahead:
                self._room = asyncio.get_running_loop().create_future()
                await self._room
                continue
            if self._writer is None and self._end - self._begin <= 8 * self._ahead:
                return
            self._begin += len(self._window.popleft())

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
        self._news = None

    # ---- to the readers ----

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body from its beginning. Raises UpstreamError when it does not come whole."""
        self._readers += 1
        at = 0
        try:
            while True:
                if at < self._end:
                    piece = await self._at(at)
                    at += len(piece)
                    self._advance(at)
                    yield piece
                elif self.complete:
                    return
                elif self.error is not None:
                    raise self.error
                else:
                    await self._wait()
        finally:
            self._readers -= 1
            if not self._readers:
                if self.complete:
                    await self._close_body()
                elif self._writer is None and self.task is not None:
                    self.task.cancel()

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

    def _advance(self, at: int) -> None:
        self._read_to = max(self._read_to, at)
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def _wait(self) -> None:
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._news)
