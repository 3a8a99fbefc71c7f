"""An answer on its way: framing, the fields that belong to the connection, and what was promised is what is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from whywire.apps.http import sending
from whywire.apps.http.app import ClientGone, Headers, Request
from whywire.apps.http.clock import date_line
from whywire.apps.http.pages import reason_of
from whywire.protocols.http1.events import InformationalResponse, Response
from whywire.protocols.http1.writer import UnwritableError, write_chunk, write_head, write_last_chunk

if TYPE_CHECKING:
    from whywire.apps.http.door import Door

OF_THE_DOOR = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"date"))


def as_bytes(headers: Headers) -> tuple[tuple[bytes, bytes], ...]:
    """Return fields as the writer takes them. Raises ValueError for what is not latin-1."""
    return tuple([(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers])


def without_door(headers: Iterable[tuple[bytes, bytes]], keep_date: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the fields that an app may set. Raises ValueError for one that is the door's."""
    kept = []
    for name, value in headers:
        lower = name.lower()
        if lower in OF_THE_DOOR and not (lower == b"date" and keep_date):
            raise ValueError(f"the field {name!r} is written by the door")
        kept.append((name, value))
    return tuple(kept)


class DoorReply:
    """The answer to one request; see `whywire.apps.http.app.Reply`."""

    def __init__(self, door: Door, request: Request, *, close: bool) -> None:
        self._door = door
        self._request = request
        self.status = 0
        self.sent = 0
        """Bytes of content that were given to the transport."""
        self.closes = close
        self.why = ""
        """Why it was cut."""
        self.ended = False
        self.taken = False
        self._head = b""
        self._length: int | None = None
        self._bodyless = False
        self._chunked = False
        self._gone: Callable[[], object] | None = None
        self.began = door.loop.time()

    @property
    def started(self) -> bool:
        """The final status has been said."""
        return self.status != 0

    @property
    def sending(self) -> bool:
        """Some of it has left, so that there can't be another answer."""
        return self.started and not self._head

    @property
    def gone(self) -> bool:
        """Nobody is there any more."""
        return self._door.gone

    async def inform(self, status: int, headers: Headers = ()) -> None:
        """Send an interim answer (RFC 9110 section 15.2)."""
        if not 100 <= status < 200 or status == 101 or self.started:
            raise ValueError(f"{status} is no interim status, or too late")
        if self._request.version == "1.0" or self.gone:
            return
        fields = without_door(as_bytes(headers), False)
        self._door.send(written(InformationalResponse(status=status, reason=reason_of(status), headers=fields)))

    def start(self, status: int, headers: Headers, *, length: int | None, reason: str = "", date: bool = True) -> None:
        """Say the final status and the fields."""
        if self.started:
            raise ValueError(f"the answer has begun with {self.status} already")
        if not (200 <= status <= 999 or status == 101):
            raise ValueError(f"{status} is no final status")
        fields = without_door(as_bytes(headers), not date)
        tunnel = status == 101 or (self._request.method == "CONNECT" and 200 <= status < 300)
        self._bodyless = self._request.method == "HEAD" or status in (204, 304) or tunnel
        self._length = length
        self._chunked = length is None and not self._bodyless and self._request.version != "1.0"
        if length is None and not self._bodyless and not self._chunked:
            self.closes = True
        self.closes = not tunnel and (self.closes or self._door.must_close())
        framing = self._framing(status, tunnel)
        # date_line is "Date: value\r\n"; the writer takes the value
        dated = ((b"Date", date_line()[6:-2]),) if date else ()
        self._head = written(Response(status=status, reason=reason or reason_of(status),
                                      headers=(*dated, *fields, *framing)))
        self.status = status

    def _framing(self, status: int, tunnel: bool) -> tuple[tuple[bytes, bytes], ...]:
        fields: list[tuple[bytes, bytes]] = []
        if self._chunked:
            fields.append((b"Transfer-Encoding", b"chunked"))
        elif self._length is not None and status not in (204, 304) and not tunnel:
            fields.append((b"Content-Length", b"%d" % self._length))
        if status == 101:
            fields.append((b"Connection", b"upgrade"))
        elif self.closes:
            fields.append((b"Connection", b"close"))
        elif self._request.version == "1.0" and not tunnel:
            fields.append((b"Connection", b"keep-alive"))
        return tuple(fields)

    def _take_head(self) -> bytes:
        head, self._head = self._head, b""
        return head

    def _count(self, size: int) -> None:
        if not self.started or self.ended:
            raise ValueError("content outside of an answer")
        if self._length is not None and not self._bodyless and self.sent + size > self._length:
            raise ValueError(f"{self.sent + size - self._length:,} bytes more than the length that was promised")
        self.sent += size

    async def write(self, data: bytes) -> None:
        """Send content; waits when the client reads slowly."""
        self.put(data)
        if not self._bodyless:
            await self._door.drained()

    def put(self, data: bytes) -> None:
        """Send content without waiting."""
        if self.gone:
            raise ClientGone
        if self._bodyless:
            return
        self._count(len(data))
        head = self._take_head()
        data = write_chunk(data) if self._chunked else data
        self._door.send(head + data if len(data) < 65536 else head, b"" if len(data) < 65536 else data)

    async def send_file(self, fd: int, offset: int, length: int) -> None:
        """Send a part of an open file. Raises FileChanged when it ends early."""
        if self.gone:
            raise ClientGone
        if self._bodyless:
            return
        if self._chunked:
            for at in range(offset, offset + length, sending.PIECE):
                await self.write(sending.read_piece(fd, at, min(sending.PIECE, offset + length - at)))
            return
        self._count(length)
        await sending.send_file(self._door, self._take_head(), fd, offset, length)

    async def end(self, trailers: Headers = ()) -> None:
        """End the answer; what was promised and not sent cuts the connection."""
        if self.ended or self.gone:
            return
        if not self.started:
            raise ValueError("the end of an answer that has not begun")
        head = self._take_head()
        if not self._bodyless and self._length is not None and self.sent < self._length:
            self.cut(f"{self._length - self.sent:,} bytes of the promised content are missing")
            return
        tail = b""
        if self._chunked:
            try:
                tail = write_last_chunk(without_door(as_bytes(trailers), True))
            except UnwritableError as error:
                raise ValueError(str(error)) from None
        self.ended = True
        if head or tail:
            self._door.send(head + tail)

    def watch(self, gone: Callable[[], object] | None) -> None:
        """Call ``gone`` when the client has left. One that has only ended its stream is asked whether it is there."""
        self._gone = gone
        self._door.watch(None if gone is None else self)

    def left(self) -> None:
        """The client has left."""
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()

    def probe(self) -> bytes:
        """Return bytes that mean nothing to a client that still listens: an interim answer nobody asked for."""
        return b"" if self.started or self._request.version == "1.0" else b"HTTP/1.1 100 Continue\r\n\r\n"

    def cut(self, why: str) -> None:
        """Break the connection off."""
        self.closes = True
        self.why = why
        self._door.cut(why)

    def close_after(self) -> None:
        """Close the connection behind this answer."""
        self.closes = True

    def finish(self) -> None:
        """End an answer that a `App.prompt` took: complete, or the client has left."""
        self.ended = True
        self.closes = self.closes or self.gone
        self._door.done(self._request, self)

    def carry_on(self, rest: Awaitable[None]) -> None:
        """Let a task do what is left of an answer that a `App.prompt` took."""
        self._door.work(self._request, self, rest)

    def take_over(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Hand over the raw connection."""
        if self.taken or not self.started:
            raise ValueError("a tunnel begins behind its answer, once")
        if self._head:
            self._door.send(self._take_head())
        self.ended = self.taken = True
        return self._door.hand_over()


def written(head: Response | InformationalResponse) -> bytes:
    """Return a head's bytes. Raises ValueError for what would break it."""
    try:
        return write_head(head)
    except UnwritableError as error:
        raise ValueError(str(error)) from None


def quick_bytes(status: int, headers: Headers, content: bytes, *, close: bool = False,
                head_only: bool = False) -> bytes:
    """Return a whole answer with Date and Content-Length, as an app's `quick` or the door itself may send it."""
    fields = [(b"Date", date_line()[6:-2]), *without_door(as_bytes(headers), False)]
    fields.append((b"Content-Length", b"%d" % len(content)))
    if close:
        fields.append((b"Connection", b"close"))
    head = written(Response(status=status, reason=reason_of(status), headers=tuple(fields)))
    return head if head_only else head + content
