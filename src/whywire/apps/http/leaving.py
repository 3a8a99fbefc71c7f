"""Has the client left? An end of its stream does not say: it may only have nothing more to ask.

`shutdown` and `close` look alike from here until we send something: the first takes it, the second answers with RST. So
a client that ended its stream, and for whom an app is still at work, is sent an interim answer (RFC 9110 section 15.2:
every client of HTTP/1.1 has to read over it), and its socket is looked at from time to time.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whywire.apps.http.door import Door
    from whywire.apps.http.reply import DoorReply

SOON = 0.05
"""Seconds that an answer may take before its client is asked."""
SELDOM = 1.0


def ask(door: Door, reply: DoorReply, wait: float = SOON) -> None:
    """Begin to ask whether the client of ``reply`` is still there; what it finds out ends the connection."""
    door.loop.call_later(wait, _look, door, reply, wait)


def _look(door: Door, reply: DoorReply, waited: float) -> None:
    if door.watcher is not reply or door.gone:
        return
    if waited == SOON:
        probe = reply.probe()
        if not probe:
            return
        door.send(probe)
    if _is_reset(door):
        door.reset()
    else:
        ask(door, reply, min(2 * waited, SELDOM))


def _is_reset(door: Door) -> bool:
    """Tell whether the client's RST came: nobody reads this connection any more, so nobody else would see it."""
    plain = door.plain_socket()
    if plain is None:
        return False
    with socket.socket(fileno=os.dup(plain)) as same:
        return same.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
