"""A request's content, read from the connection as the app asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whywire.apps.http.app import Body, BodyError
from whywire.protocols.http1.connection import Connection, RemoteProtocolError
from whywire.protocols.http1.events import CHUNKED, Data, EndOfMessage, Request

if TYPE_CHECKING:
    from whywire.apps.http.door import Door
    from whywire.apps.http.settings import Settings

OVERHEAD = 65536
"""Bytes of chunk lines that are taken beyond as many as there is content; a sender of more only keeps us busy."""


class DoorBody(Body):
    """The content of the request that ``connection`` is reading."""

    def __init__(self, door: Door, connection: Connection, head: Request, most: int) -> None:
        self.kind = "chunked" if head.framing == CHUNKED else "length"
        self.length = None if head.framing == CHUNKED else head.length
        self.ended = False
        self.failed: BodyError | None = None
        self.asked = False
        """Somebody has begun to read."""
        self.waiting = False
        self.waited = 0.0
        """Seconds in all that the client let somebody wait for content, without the present wait."""
        self.taken = 0
        self._begins = head.end or 0
        self._door = door
        self._connection = connection
        self._most = most
        self._gone_ahead = False

    @property
    def left(self) -> int | None:
        """Bytes that are still to come; None: not known."""
        return None if self.length is None else self.length - self.taken

    @property
    def held_back(self) -> bool:
        """The client waits for 100 Continue, or a final answer, before it sends anything (RFC 9110 10.1.1)."""
        return (self._connection.peer_waits_for_continue and not self._gone_ahead
                and not self._connection.unread_bytes)

    def go_ahead(self) -> None:
        """100 Continue is being sent."""
        self._gone_ahead = True

    def fail(self, text: str, status: int = 400) -> None:
        """Say that the content will not come."""
        self.failed = BodyError(text, status)

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Count the time of a wait for the client."""
        loop = self._door.loop
        began = loop.time()
        self.waiting = True
        try:
            yield
        finally:
            self.waiting = False
            self.waited += loop.time() - began

    def late(self, waited: float, settings: Settings) -> bool:
        """Tell whether the client is too slow, after a wait of ``waited`` seconds; then the content has failed.

        Without a least rate a client that drips would hold its connection, and a piece of the app, for years.
        """
        rate = settings.body_rate
        if waited > settings.body_time:
            self.fail("the content did not come in time", 408)
        elif rate and self.waited + waited > settings.body_time + self.taken / rate:
            self.fail(f"the content came slower than {rate:,} bytes a second", 408)
        return self.failed is not None

    async def __anext__(self) -> bytes:
        self.asked = True
        while True:
            if self.failed is not None:
                raise self.failed
            if self.ended:
                raise StopAsyncIteration
            piece = self._next()
            if piece is not None:
                return piece
            if not self.ended:
                await self._door.more_content(self)

    def look(self) -> None:
        """See whether the content has ended already, without taking any of it."""
        if not self.ended and self.failed is None and self.left == 0:
            self._next()

    def _next(self) -> bytes | None:
        """Return a piece that is here; None at the end, or when there is none yet. Raises BodyError."""
        try:
            event = self._connection.next_event()
        except RemoteProtocolError as error:
            self.failed = BodyError(str(error), error.status)
            raise self.failed from None
        if isinstance(event, EndOfMessage):
            self.ended = True
            self.trailers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.trailers)
        elif isinstance(event, Data):
            self.taken += len(event.data)
            if self._most and self.taken > self._most:
                self.failed = BodyError(f"the content is larger than {self._most:,} bytes", 413)
            elif event.at - self._begins > 2 * self.taken + OVERHEAD:
                self.failed = BodyError("the chunks are mostly chunk extensions and sizes", 400)
            if self.failed is not None:
                raise self.failed
            return event.data
        return None
