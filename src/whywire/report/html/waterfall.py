"""A page load over its connections: when each was opened, when each request left, when its answer began and ended."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
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
MOST_SPANS = 8
"""More pieces than this are hard to read as one line of time."""


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
    opened = [_opened(connection, begin) for connection in used.values()]
    busy = [(one["start"], one["start"] if one["open"] is None else one["open"]) for one in opened]
    for row in rows:
        times = [row[name] for name in ("asked", "sent", "first", "last") if row[name] is not None]
        busy.append((min(times), max(times)))
    return {"rows": rows, "spans": spans(busy), "since": min(opened, key=lambda one: int(one["start"]))["c"],
            "left_out": len(own) - len(rows), "connections": opened}


def spans(busy: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return when something was under way: spans with a little room around, in order; the time between them is long.

    ``busy``: when each thing began and ended. What lies between two spans is at least a quarter of all busy time.
    """
    joined: list[list[int]] = []
    for start, end in sorted(busy):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    total = sum(end - start for start, end in joined) or 1
    gaps = sorted((later[0] - earlier[1] for earlier, later in pairwise(joined)), reverse=True)
    least = max([total // 4, *gaps[MOST_SPANS - 1:MOST_SPANS]])
    found = [joined[0]]
    for start, end in joined[1:]:
        if start - found[-1][1] > least:
            found.append([start, end])
        else:
            found[-1][1] = end
    room = max(1, total // 50)
    return [[max(0, start - room), end + room] for start, end in found]


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
