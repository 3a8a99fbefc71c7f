"""A connection behind 101 or CONNECT: raw bytes, as a pair of asyncio streams."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whywire.apps.http.door import Door


class Tunnel(asyncio.StreamReaderProtocol):
    """Stands in for the door from here on, and tells it when the connection is lost."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self._stream = asyncio.StreamReader(loop=loop)
        super().__init__(self._stream, loop=loop)
        self._door = door

    def begin(self, transport: Any, unread: bytes, ended: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Take the transport over, with what was read already."""
        transport.set_protocol(self)
        self.connection_made(transport)
        writer = asyncio.StreamWriter(transport, self, self._stream, asyncio.get_running_loop())
        if unread:
            self._stream.feed_data(unread)
        if ended:
            self._stream.feed_eof()
        return self._stream, writer

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._door.connection_lost(exc)
