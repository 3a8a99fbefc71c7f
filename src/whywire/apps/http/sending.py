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
BURST = 1 << 20


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
    with socket.socket(fileno=os.dup(plain)) as out:
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


async def _sendfile(door: Door, out: socket.socket, fd: int, offset: int, length: int) -> None:
    target, burst = out.fileno(), 0
    while length:
        try:
            sent = os.sendfile(target, fd, offset, min(length, BURST))
        except BlockingIOError:
            await _writable(door, out)
            burst = 0
            continue
        if sent == 0:
            raise FileChanged(f"the file ends at byte {offset:,}")
        door.progress()
        offset += sent
        length -= sent
        burst += sent
        if burst > 4 * BURST:  # a client as fast as we are must not starve the others
            burst = 0
            await asyncio.sleep(0)
        if door.gone:
            raise ClientGone


async def _writable(door: Door, out: socket.socket) -> None:
    """Wait until the socket takes more. Raises ClientGone when the door gives the client up meanwhile."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_writer(out.fileno(), _wake, ready)
    door.waiters.append(ready)
    try:
        await ready
    finally:
        loop.remove_writer(out.fileno())
        if ready in door.waiters:
            door.waiters.remove(ready)
    if door.gone:
        raise ClientGone


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
