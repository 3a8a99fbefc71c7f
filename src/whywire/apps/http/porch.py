"""In front of a TLS port's door: connections that are open and whose handshake is not done yet.

An event loop tells of a connection only behind its handshake. So connections are accepted here, count against the
limits from the first moment on, and have one deadline for their first byte and the whole handshake. That first byte
tells who speaks plain HTTP: he is answered so.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from whywire.apps.http.door import Door
from whywire.apps.http.flow import GONE, LINGERING, named
from whywire.apps.http.metrics import REFUSED

if TYPE_CHECKING:
    from whywire.apps.http.server import Server

AT_ONCE = 128
"""Connections that are accepted before the others have their turn."""
REST = 1.0
"""Seconds without accepting when this machine has no descriptors left."""
HANDSHAKE = 0x16
"""The first byte of TLS (RFC 8446 5.1). SSL 2 set the highest bit; OpenSSL is to refuse that, not we."""
PLAIN = "this port speaks TLS: its addresses begin with https://, not http://"


class Guest(Door):
    """A connection that was a caller before."""

    __slots__ = ("_caller",)

    def __init__(self, server: Server, caller: Caller) -> None:
        super().__init__(server)
        self._caller: Caller | None = caller

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake is done; the connection is counted as the door's from here on."""
        if self._caller is not None:
            self._caller.done()
            self._caller = None
        super().connection_made(transport)


class Stray(Guest):
    """A client that speaks plain HTTP here, or something else without TLS."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Say what is wrong, once."""
        if self.state == LINGERING:
            self._throw_away(data)
        elif self.state != GONE:
            self._raw = data
            self.refuse(400, PLAIN)


class Caller:
    """One connection between its accept and the end of its handshake."""

    __slots__ = ("_porch", "_sock", "_task", "_watched", "address", "since")

    def __init__(self, porch: Porch, sock: socket.socket, address: str) -> None:
        self._porch = porch
        self._sock: socket.socket | None = sock
        self._task: asyncio.Task[None] | None = None
        self._watched = False
        self.address = address
        self.since = porch.server.loop.time()

    def look(self) -> None:
        """See what the client speaks, as soon as its first byte is there."""
        sock, loop = self._sock, self._porch.server.loop
        assert sock is not None
        try:
            first = sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            if not self._watched:
                self._watched = True
                loop.add_reader(sock.fileno(), self.look)
            return
        except OSError:
            first = b""
        if not first:
            self.leave()
            return
        self._unwatch(sock)
        self._task = loop.create_task(self._open(sock, tls=first[0] == HANDSHAKE or first[0] > 0x7F))

    async def _open(self, sock: socket.socket, *, tls: bool) -> None:
        self._sock = None  # the transport's from here on
        server = self._porch.server
        try:
            if tls:
                left = self.since + server.settings.head_time - server.loop.time()
                await self._porch.shake_hands(Guest(server, self), sock, max(left, 0.1))
            else:
                await server.loop.connect_accepted_socket(lambda: Stray(server, self), sock)
        except OSError:  # also SSLError, ConnectionError, TimeoutError: the client's failure, and nobody's news
            pass
        finally:
            self.done()

    def _unwatch(self, sock: socket.socket) -> None:
        if self._watched:
            self._watched = False
            self._porch.server.loop.remove_reader(sock.fileno())

    def look_after(self, now: float, patience: float) -> None:
        """Leave when not even a first byte has come; the handshake behind it has its own deadline."""
        if self._sock is not None and now - self.since > patience:
            self.leave()

    def leave_when_idle(self) -> None:
        """The server stops: leave, unless a handshake has begun."""
        if self._sock is not None:
            self.leave()

    def done(self) -> None:
        """It is no caller any more."""
        server = self._porch.server
        if self in server.callers:
            server.callers.discard(self)
            server.uncount(self.address)

    def leave(self) -> None:
        """Close the connection."""
        if self._sock is not None:
            self._unwatch(self._sock)
            self._sock.close()
            self._sock = None
        elif self._task is not None:
            self._task.cancel()
        self.done()


class Porch:
    """Accepts connections for a TLS port, until it is closed."""

    def __init__(self, server: Server, listener: socket.socket, context: ssl.SSLContext) -> None:
        self.server = server
        self._listener = listener
        self._context = context
        self._fast = find_spec("aiofastnet") is not None
        listener.setblocking(False)
        self._begin()

    def _begin(self) -> None:
        if self._listener.fileno() >= 0:
            self.server.loop.add_reader(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                sock, peer = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(error)
                return
            self._take(sock, peer)

    def _take(self, sock: socket.socket, peer: Any) -> None:
        sock.setblocking(False)
        server = self.server
        address = named(peer)[0]
        caller = Caller(self, sock, address)
        too_many = server.count(address)
        server.callers.add(caller)
        if too_many:  # a friendly answer would cost a handshake, and that is what there are too many of
            server.values[REFUSED] += 1
            caller.leave()
        else:
            caller.look()

    def _rest(self, error: OSError) -> None:
        """Without descriptors the listener would be ready again and again."""
        loop = self.server.loop
        loop.call_exception_handler({"message": "no connection can be accepted for a second", "exception": error})
        loop.remove_reader(self._listener.fileno())
        loop.call_later(REST, self._begin)

    async def shake_hands(self, door: Door, sock: socket.socket, patience: float) -> None:
        """Do the handshake. By aiofastnet where it is installed: it is the fastest there. Raises OSError."""
        loop = self.server.loop
        if self._fast:
            import aiofastnet

            await aiofastnet.connect_accepted_socket(loop, lambda: door, sock, ssl=self._context,
                                                     ssl_handshake_timeout=patience)
        else:
            await loop.connect_accepted_socket(lambda: door, sock, ssl=self._context, ssl_handshake_timeout=patience)

    def close(self) -> None:
        """Accept no more."""
        if self._listener.fileno() >= 0:
            self.server.loop.remove_reader(self._listener.fileno())
            with suppress(OSError):
                self._listener.close()
