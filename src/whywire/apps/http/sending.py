"""Files to sockets: by sendfile on a duplicate of the descriptor, because uvloop has no sendfile of its own."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

from whywire.apps.http.app import ClientGone, FileChanged

if TYPE_CHECKING:
    from whywire.apps.http.door import Door

PIECE = 1 << 17
BURST = 1 << 21


def read_piece(fd: int, offset: int, length: int) -> bytes:
    """Return exactly ``length`` bytes of a file. Raises FileChanged when it is shorter."""
    pieces = []
    while length:
        piece = os.pread(fd, length, offset)
        if not piece:
            raise FileChanged(f"the file ends at byte {offset:,}")
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return b"".join(pieces)


async def send_file(door: Door, head: bytes, fd: int, offset: int, length: int) -> None:
    """Send ``head`` and a part of a file. Raises ClientGone, FileChanged."""
    plain = door.plain_socket()
    if plain is None or length <= PIECE // 2:
        await _copy(door, head, fd, offset, length)
        return
    await door.flushed()
    if door.gone:
        raise ClientGone
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, os.dup(plain)) as out:  # said, or it asks the kernel
        try:
            await _head(door, out, head)
            await _sendfile(door, out, fd, offset, length)
        except (ConnectionError, TimeoutError) as error:
            raise ClientGone from error


async def _copy(door: Door, head: bytes, fd: int, offset: int, length: int) -> None:
    """Read and write: under TLS, and where the file is so small that one write with the head is better."""
    while length:
        piece = read_piece(fd, offset, min(PIECE, length))
        door.send(head, piece) if len(piece) > 16384 else door.send(head + piece)
        head = b""
        offset += len(piece)
        length -= len(piece)
        await door.drained()
    if head:
        door.send(head)


async def _head(door: Door, out: socket.socket, head: bytes) -> None:
    more = getattr(socket, "MSG_MORE", 0)
    while head:
        try:
            head = head[out.send(head, more):]
        except BlockingIOError:
            await _writable(door, out)


class _Pump:
    """Sends a part of a file as the socket takes it: one callback for each time it takes more, no task in between."""

    def __init__(self, door: Door, out: socket.socket, fd: int, offset: int, length: int) -> None:
        self._door = door
        self._target = out.fileno()
        self._fd = fd
        self._offset = offset
        self.left = length
        self.failed: Exception | None = None
        self.ready: asyncio.Future[None] | None = None

    @property
    def ended(self) -> bool:
        """There is nothing more to do."""
        return not self.left or self.failed is not None

    def step(self) -> None:
        """Send what the socket takes now."""
        burst = 4 * BURST  # then the others have their turn, also when this client is as fast as we are
        try:
            while self.left and burst > 0:
                asked = min(self.left, BURST)
                sent = os.sendfile(self._target, self._fd, self._offset, asked)
                if sent == 0:
                    raise FileChanged(f"the file ends at byte {self._offset:,}")
                self._offset += sent
                self.left -= sent
                burst -= sent
                self._door.progress()
                if sent < asked:
                    break  # the socket is full, or the file ends: the next call tells
        except BlockingIOError:
            pass
        except (OSError, FileChanged) as error:
            self.failed = error
        if self.ended and self.ready is not None:
            _wake(self.ready)


async def _sendfile(door: Door, out: socket.socket, fd: int, offset: int, length: int) -> None:
    pump = _Pump(door, out, fd, offset, length)
    pump.step()
    if not pump.ended:
        loop = asyncio.get_running_loop()
        pump.ready = loop.create_future()
        loop.add_writer(out.fileno(), pump.step)
        try:
            await _or_gone(door, pump.ready)
        finally:
            loop.remove_writer(out.fileno())
    if pump.failed is not None:
        raise pump.failed


async def _writable(door: Door, out: socket.socket) -> None:
    """Wait until the socket takes more. Raises ClientGone when the door gives the client up meanwhile."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_writer(out.fileno(), _wake, ready)
    try:
        await _or_gone(door, ready)
    finally:
        loop.remove_writer(out.fileno())


async def _or_gone(door: Door, ready: asyncio.Future[None]) -> None:
    """Wait; the door wakes us too when the connection is lost. Raises ClientGone."""
    door.waiters.append(ready)
    try:
        await ready
    finally:
        if ready in door.waiters:
            door.waiters.remove(ready)
    if door.gone:
        raise ClientGone


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
