"""A page load over its connections: when each was opened, when each request left, when its answer began and ended."""

from __future__ import annotations

from typing import Any

from whywire.story.document import Story
from whywire.story.records import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.story.records import Exchange

Object = dict[str, Any]

LEAST = 2
MOST = 300
LONGEST_NAME = 120


def waterfall(story: Story) -> Object | None:
    """Return the bars of all exchanges by time; None where there are fewer than two.

    Times are nanoseconds since the first of them, or since the first connection that carried one was opened.
    """
    if story.exchanges is None:
        return None
    by_number = {connection.number: connection for connection in story.connections}
    own = [one for one in story.exchanges.exchanges if one.connection in by_number]
    if len(own) < LEAST:
        return None
    used = {one.connection: by_number[one.connection] for one in own}
    starts = [connection.segments[0].time_ns for connection in used.values()]
    begin = min(starts)
    rows = [_row(one, begin) for one in own[:MOST]]
    return {"rows": rows, "left_out": len(own) - len(rows),
            "connections": [_opened(connection, begin) for connection in used.values()]}


def _row(one: Exchange, begin: int) -> Object:
    asked, answered = one.request, one.response
    name = "" if asked is None else " ".join(part for part in (asked.method, asked.target) if part)
    return {
        "x": one.number, "c": one.connection, "name": name[:LONGEST_NAME], "protocol": one.protocol,
        "status": None if answered is None else answered.status,
        "bytes": None if answered is None else answered.bytes,
        "asked": None if asked is None else _since(asked.first_ns, begin),
        "sent": None if asked is None else _since(asked.last_ns, begin),
        "first": None if answered is None else _since(answered.first_ns, begin),
        "last": None if answered is None else _since(answered.last_ns, begin),
        "packet": one.first_packet,
    }


def _opened(connection: Connection, begin: int) -> Object:
    """Return when a connection began, when its handshake was done, and when its last packet was seen."""
    third = connection.opening.third
    done = next((segment.time_ns for segment in connection.segments if segment.packet == third), None)
    return {"c": connection.number, "start": connection.segments[0].time_ns - begin, "open": _since(done, begin),
            "end": connection.segments[-1].time_ns - begin}


def _since(time_ns: int | None, begin: int) -> int | None:
    return None if time_ns is None else time_ns - begin
