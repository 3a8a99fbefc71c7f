"""A connection as a flow of bytes: writing with back pressure, waiting, and giving up."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from whywire.apps.http.app import ClientGone

if TYPE_CHECKING:
    from whywire.apps.http.server import Server

READY, HEAD, ANSWERING, LINGERING, TAKEN, GONE = range(6)
STATES = ("ready", "head", "answering", "lingering", "taken over", "gone")


_AT_ONCE = struct.pack("ii", 1, 0)


class Flow(asyncio.Protocol):
    """What a connection does whatever is spoken on it."""

    __slots__ = ("_paused", "_reading", "_server", "address", "last_size", "peer", "scheme", "since", "state",
                 "thrown", "transport", "waiters")

    def __init__(self, server: Server) -> None:
        self._server = server
        self.transport: Any = None
        self.scheme = "http"
        self.address = self.peer = ""
        self.state = READY
        self.since = server.now
        """When the present wait began, by the server's clock."""
        self.last_size = 0
        """Bytes that waited to be written when the server looked last."""
        self.waiters: list[asyncio.Future[None]] = []
        self.thrown = 0
        """Bytes that came behind the last answer."""
        self._paused = False
        self._reading = True

    def _stop_reading(self) -> None:
        if self._reading and self.state != GONE:
            self._reading = False
            self.transport.pause_reading()

    def _start_reading(self) -> None:
        if not self._reading and self.state != GONE:
            self._reading = True
            self.transport.resume_reading()

    def _throw_away(self, data: bytes) -> None:
        """Take what comes behind the last answer, up to a limit. Then the client has to wait for the end."""
        self.thrown += len(data)
        if self.thrown > self._server.settings.linger_body:
            self._stop_reading()

    def send(self, *pieces: bytes) -> None:
        """Write; a lost connection swallows it."""
        if self.state == GONE or self.transport.is_closing():
            return
        self.since = self._server.now
        if len(pieces) == 1:
            self.transport.write(pieces[0])
        else:
            self.transport.writelines([piece for piece in pieces if piece])

    def send_large(self, answer: bytes) -> None:
        """Write a large answer that other clients get too."""
        plain, sent = self.plain_socket(), 0
        if plain is not None and not self.transport.get_write_buffer_size():
            with suppress(OSError):  # the transport finds that out by itself
                sent = self._server.larges.send(plain, answer)
        if sent < len(answer):
            self.transport.write(memoryview(answer)[sent:] if sent else answer)

    async def drained(self) -> None:
        """Wait until the client has read most of what was written. Raises ClientGone."""
        while self._paused and not self.gone:
            await self._wait()
        if self.gone:
            raise ClientGone

    async def flushed(self) -> None:
        """Wait until the kernel has all that was written. Raises ClientGone."""
        if self.transport.get_write_buffer_size():
            self.transport.set_write_buffer_limits(high=0)
            await self.drained()
            self.transport.set_write_buffer_limits()

    def plain_socket(self) -> int | None:
        """Return the descriptor for sendfile; None under TLS."""
        found = None if self.scheme == "https" else self.transport.get_extra_info("socket")
        return None if found is None else found.fileno()

    def progress(self) -> None:
        """The client has taken some of the answer."""
        self.since = self._server.now

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the server."""
        return self._server.loop

    @property
    def gone(self) -> bool:
        """The connection is lost, or given up."""
        return self.state == GONE or self.transport.is_closing()

    async def _wait(self) -> None:
        ready = self._server.loop.create_future()
        self.waiters.append(ready)
        await ready

    def _wake(self) -> None:
        waiters, self.waiters = self.waiters, []
        for ready in waiters:
            if not ready.done():
                ready.set_result(None)

    def cut(self, why: str) -> None:
        """Break the connection off."""
        if self.state != GONE:
            self._server.cut(self, why)
            self.reset()

    def give_up(self) -> None:
        """The client does not take our answer."""
        self.reset()

    def reset(self) -> None:
        """End the connection by RST, so that nobody takes the end of the stream for the end of an answer."""
        if self.state != GONE:
            plain = self.plain_socket()
            if plain is not None:
                with socket.socket(fileno=os.dup(plain)) as same, suppress(OSError):
                    same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.transport.abort()


def named(peer: Any) -> tuple[str, str]:
    """Return a client's address without its port, for counting, and its name with it."""
    if not isinstance(peer, tuple):
        return "unix:", "unix:"
    host = f"[{peer[0]}]" if ":" in peer[0] else peer[0]
    return host, f"{host}:{peer[1]}"
