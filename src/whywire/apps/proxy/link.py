"""One connection to an origin: bytes to events, with time limits and back pressure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from whywire.apps.proxy import trouble
from whywire.protocols.http1.connection import CLIENT, Connection, RemoteProtocolError, Sendable
from whywire.protocols.http1.events import ConnectionClosed, EndOfMessage, Event, Request, Upgraded
from whywire.protocols.http1.limits import Limits
from whywire.protocols.http1.states import IDLE

LIMITS = Limits(line=1 << 15, head=1 << 17, fields=500)
FORGIVEN = frozenset(("loose-start-line", "obs-fold"))
"""Read in one way only, and written anew correctly: no space behind the status, folded lines (RFC 9112 5.2)."""
HIGH, LOW = 1 << 18, 1 << 16
"""Bytes that wait to be read: from HIGH on the origin is held back, below LOW it may go on."""


class Link(asyncio.Protocol):
    """A connection as a client. One request at a time."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.loop: asyncio.AbstractEventLoop
        """Known when it is open: to ask asyncio for it is a system call each time."""
        self.http = Connection(CLIENT, LIMITS, FORGIVEN)
        self.heard = False
        """A byte came since the last request began."""
        self.used = 0
        """Requests that were answered on it."""
        self.idle_since = 0.0
        self.held: asyncio.Event | None = None
        """Content is held back until this is set."""
        self._transport: asyncio.Transport | None = None
        self._lost: Exception | None = None
        self._ended = self._paused = self._blocked = self._raw = self._given_up = False
        self._wakes: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._raw_data = bytearray()
        self._aside: bytes | None = None
        self._hears: Callable[[bytes | None], object] | None = None
        self.until: float | None = None
        """By when the head of an answer to what `begin` sent has to be here, in loop time."""

    # ---- what the loop calls ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        self._transport = cast(asyncio.Transport, transport)
        self.loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.heard = True
        if self._aside is not None:
            self._aside += data
        elif self._raw:
            self._raw_data += data
        else:
            self.http.receive(data)
        if not self._paused and self._waiting > HIGH and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def eof_received(self) -> bool:
        """The origin ended its stream; ours stays open while a tunnel needs it."""
        self._end()
        return self._raw

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._lost = exc
        if exc is None:
            self._end()
        self._ended = True
        self._wake()
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def pause_writing(self) -> None:
        """The origin reads slowly."""
        self._blocked = True

    def resume_writing(self) -> None:
        """It goes on."""
        self._blocked = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            if not self._raw and self._aside is None:
                self.http.receive(b"")
            self._wake()

    def _wake(self) -> None:
        if self._hears is not None:
            hears, self._hears = self._hears, None
            hears(None if self._ended else self._aside)
        if self._wakes is not None and not self._wakes.done():
            self._wakes.set_result(None)

    @property
    def _waiting(self) -> int:
        return len(self._raw_data) + self.http.unread_bytes + len(self._aside or b"")

    # ---- what the proxy calls ----

    @property
    def usable(self) -> bool:
        """It can carry another request: nothing came on it, and it was not closed, since the last answer."""
        return not (self._ended or self._transport is None or self._transport.is_closing() or self.http.unread_bytes)

    @property
    def ready(self) -> bool:
        """Bytes came that were not looked at yet."""
        return self.http.unread_bytes > 0

    async def send(self, event: Sendable, limit: float) -> None:
        """Write an event; waits while the origin reads slowly. Raises UpstreamError, LocalProtocolError."""
        await self.write(self.http.send(event), limit)

    async def write(self, data: bytes, limit: float) -> None:
        """Write bytes; waits up to ``limit`` seconds while the origin reads slowly. Raises UpstreamError."""
        if self._transport is None or (self._ended and not self._raw) or self._transport.is_closing():
            raise trouble.broke_off(self.where, "while the request was sent")
        if data:
            self._transport.write(data)
        if self._blocked:
            self._drained = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(limit or None):
                    await self._drained
            except TimeoutError:
                raise trouble.too_slow(self.where, limit, "a sign that it reads") from None

    def begin(self, head: bytes, hears: Callable[[bytes | None], object], until: float | None) -> bool:
        """Send a request that has no content; ``hears`` is called once, with the first bytes that come.

        None instead: the connection ended. False, and nothing was done: it can't be sent at once. Behind it follows
        `next_cycle` when the bytes are a whole answer, and `glance` with nothing to send otherwise.
        """
        if not self.usable or self._blocked or self._transport is None:
            return False
        self.heard = False
        self._aside, self._hears, self.until = b"", hears, until
        self._transport.write(head)
        return True

    def hear_nothing(self) -> None:
        """Call nobody any more."""
        self._hears = None

    async def glance(self, head: bytes, until: float | None, limit: float) -> bytes:
        """Send a request that has no content; return the first bytes that come, beside the parser.

        Behind it follows `next_cycle` when they are a whole answer, and `catch_up` otherwise. Raises UpstreamError.
        """
        if head:
            self._aside = b""
            await self.write(head, limit)
        assert self._aside is not None
        while not self._aside and not self._ended:
            await self._more(until, limit, "the head of an answer")
        return self._aside

    def catch_up(self, request: Request) -> None:
        """Give the parser the request that `glance` sent, and what came since."""
        aside, self._aside = self._aside, None
        self.http.send(request)
        self.http.send(EndOfMessage())
        if aside:
            self.http.receive(aside)
        if self._ended:
            self.http.receive(b"")

    def next_cycle(self) -> None:
        """Make ready for another request. Raises LocalProtocolError when there can't be one."""
        self._aside = None
        if self.http.mine != IDLE:
            self.http.start_next_cycle()
        self._read_on()  # all of a large answer can have come while it was held back: nobody waited for more of it

    async def event(self, until: float | None, limit: float, what: str) -> Event:
        """Return the next event, by loop time ``until``. Raises UpstreamError."""
        while True:
            try:
                event = self.http.next_event()
            except RemoteProtocolError as error:
                if self._lost is not None or (self._ended and (not self.heard or "ended in the middle" in str(error))):
                    raise trouble.broke_off(self.where, _why(self._lost)) from error
                raise trouble.nonsense(self.where, str(error)) from error
            if event is not None and not isinstance(event, ConnectionClosed | Upgraded):
                return event
            if isinstance(event, ConnectionClosed) or self._ended:
                raise trouble.broke_off(self.where, _why(self._lost))
            await self._more(until, limit, what)

    def _read_on(self) -> None:
        """Let an origin go on that was held back, when there is room again."""
        if self._paused and self._waiting < LOW and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()

    def give_up(self) -> None:
        """Nobody waits for what comes next. It is broken off there: what has come can be read."""
        self._given_up = True
        self._wake()

    async def _more(self, until: float | None, limit: float, what: str) -> None:
        if self._given_up:
            raise trouble.broke_off(self.where, "nobody waits for the answer any more")
        self._read_on()
        loop = asyncio.get_running_loop()
        wakes = self._wakes = loop.create_future()
        timer = None if until is None else loop.call_at(until, _expire, wakes)
        try:
            await wakes
        except TimeoutError:
            raise trouble.too_slow(self.where, limit, what) from None
        finally:
            self._wakes = None
            if timer is not None:
                timer.cancel()

    async def hears(self) -> None:
        """Wait until something can be read, or the connection ends."""
        while not self._ended and not self.http.unread_bytes:
            await self._more(None, 0, "")

    # ---- tunnels ----

    def go_raw(self) -> None:
        """From here on the bytes are no HTTP."""
        self._raw_data += self.http.take_unread()
        self._raw = True

    async def read_raw(self) -> bytes:
        """Return the next bytes of a tunnel; empty at its end."""
        while not self._raw_data:
            if self._ended:
                return b""
            await self._more(None, 0, "")
        data = bytes(self._raw_data)
        self._raw_data.clear()
        return data

    def end_raw(self) -> None:
        """End our direction of a tunnel."""
        if self._transport is not None and self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()

    def close(self) -> None:
        """Close it; what was not sent yet is thrown away when the exchange is not complete."""
        if self._transport is not None:
            self._transport.abort()


def _expire(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


def _why(lost: Exception | None) -> str:
    if isinstance(lost, ConnectionResetError):
        return "it reset the connection"
    return "it closed the connection" if lost is None else str(lost)
