"""An origin's answer: its head, and its body as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from whywire.apps.cache.ranges import held
from whywire.apps.proxy.fields import Fields
from whywire.apps.proxy.link import Link
from whywire.apps.proxy.plain import Plain, text_fields
from whywire.apps.proxy.trouble import UpstreamError, broke_off, nonsense
from whywire.protocols.http1.events import LENGTH, NO_BODY, Data, EndOfMessage, Response

if TYPE_CHECKING:
    from whywire.apps.proxy.upstream import Origins

SMALL = 1 << 16


def promised(status: int, headers: Fields) -> int | None:
    """Return how many bytes the Content-Range of a 206 says that there are; None where it says nothing clear."""
    said = [value for name, value in headers if name == "content-range"] if status == 206 else []
    part = held(said[0]) if len(said) == 1 else None
    return None if part is None else part.stop - part.first


class Answer:
    """The head of a final answer, and its body as it comes. `close` must be called, whatever happened.

    Raises UpstreamError for a head that promises other bytes than it announces.
    """

    def __init__(self, origins: Origins, link: Link, head: Response | Plain,
                 sender: asyncio.Task[None] | None = None) -> None:
        self.status, self.reason = head.status, head.reason
        self.version = "1.1"
        self.content: bytes | None = None
        """The whole body, where it came with the head and nobody has to look further."""
        self.length: int | None
        """Bytes that will come; None: not known. 0 for HEAD, 204, 304."""
        if isinstance(head, Plain):
            self.headers, self.content, self.length = head.headers, head.content, len(head.content)
        else:
            self.version, self.headers = head.version, text_fields(head.headers)
            self.length = head.length if head.framing in (LENGTH, NO_BODY) else None
        self.trailers: Fields = ()
        self.complete = False
        self.flight: object = None
        """Who reads the body, and closes, in place of who asked."""
        self.link = link
        self._origins, self._sender = origins, sender
        self._closed = False
        self._promised = promised(self.status, self.headers)
        if self._promised is not None:
            self._hold_to(self._promised)

    def _hold_to(self, promised: int) -> None:
        """Raise UpstreamError where Content-Length, which a HEAD's answer has too, and Content-Range disagree."""
        said = [value for name, value in self.headers if name == "content-length"]
        if said and said[0] != str(promised):
            raise nonsense(self.link.where, f"Content-Length {said[0][:20]} for a range of {promised} bytes")
        if self.length == 0:
            self._promised = None  # a HEAD's answer: no body to count

    @property
    def is_here(self) -> bool:
        """All of its body came with its head, and there is not much of it."""
        if self.content is not None:
            return True
        return self.length is not None and self.length <= min(SMALL, self.link.http.unread_bytes)

    async def whole(self) -> bytes:
        """Return all of a body that is here. Raises UpstreamError."""
        if self.content is None:
            return b"".join([piece async for piece in self.pieces()])
        self.complete = True
        return self.content

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the body. Raises UpstreamError when it does not come whole."""
        if self.content is not None:
            self.complete = True
            if self.content:
                yield self.content
            return
        times = self._origins.settings.timeouts
        loop = asyncio.get_running_loop()
        end = loop.time() + times.total if times.total else None
        came = 0
        while not self.complete:
            until = loop.time() + times.idle if times.idle else end
            until = min(until, end) if until is not None and end is not None else until
            event = await self.link.event(until, times.idle, "the rest of its answer")
            if isinstance(event, Data):
                came += len(event.data)
                yield event.data
            elif isinstance(event, EndOfMessage):
                if self._promised not in (None, came):
                    raise broke_off(self.link.where, f"{came} bytes came for a range of {self._promised}")
                self.trailers = text_fields(event.trailers)
                self.complete = True

    def give_up(self) -> None:
        """Nobody wants the rest: `pieces` breaks off where it would wait for more."""
        self.link.give_up()

    async def close(self) -> None:
        """Let go: a complete exchange leaves a connection for the next, any other one is broken off."""
        if self._closed:
            return
        self._closed = True
        await stop(self._sender)
        if not self.complete and self.length == 0:
            await self._take_end()
        self._origins.give_back(self.link, whole=self.complete)

    def let_go(self) -> None:
        """Do what `close` does, for an answer that came whole to a request without content."""
        if not self._closed:
            self._closed = True
            self._origins.give_back(self.link, whole=True)

    async def _take_end(self) -> None:
        try:
            event = await self.link.event(asyncio.get_running_loop().time(), 0, "the end")
        except UpstreamError:
            return
        self.complete = isinstance(event, EndOfMessage)


async def stop(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for its end."""
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
