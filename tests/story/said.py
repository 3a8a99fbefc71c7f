"""How a statement sounds, for tests that read sentences."""

from __future__ import annotations

from typing import Any

from tests.story.factories import account, call, connection
from whywire.connections.model import Reason, Side
from whywire.connections.why import Why
from whywire.story.teller import Teller

CALLS = tuple(
    call(number, name, source=source, file="server.py", line=line, host="server") for number, name, source, line in (
        (1, "send", "conn.send(data.upper())", 18), (2, "send", "conn.send(data.upper())", 18),
        (3, "close", "conn.close()", 20), (4, "recv", "data = conn.recv(5)", 15), (5, "sleep", "time.sleep(5)", 14)))


def said(why: Why, sender: Side = Side.SERVER, *, long: bool = False, **params: Any) -> str:
    """Return a statement's sentence as a story says it for the second time."""
    teller = Teller(account(connection(calls=CALLS)))
    teller.first_time(why.value)
    return teller.sentence(Reason(why, params), teller.context(sender), long=long)
