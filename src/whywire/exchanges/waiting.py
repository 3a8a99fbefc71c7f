"""Requests that waited behind another connection: a serial server's head-of-line blocking.

The server's kernel had acknowledged the request; the answer began only when another connection to the same server
ended. A trace of the server shows it outright: accept took the connection after its request had come.
"""

from __future__ import annotations

from bisect import bisect_left

from whywire.base.records import Call
from whywire.connections.model import Certainty, Segment, Side
from whywire.exchanges.model import Exchange, Waited
from whywire.exchanges.spoken import Spoken, by_server

LONG_NS = 50_000_000
"""A shorter wait is taken for the time an answer takes."""
SHARE = 50
"""The answer begins within this part (1/50) of the wait behind the other connection's end, or within SOON_NS."""
SOON_NS = 5_000_000
_MOST = 200


def find_waits(spoken: list[Spoken]) -> dict[int, tuple[Waited, ...]]:
    """Return connection -> the requests on it that waited behind another connection."""
    found: dict[int, tuple[Waited, ...]] = {}
    for group in by_server(spoken).values():
        ends = sorted(((each.ended.time_ns, each.number, each) for each in group if each.ended is not None),
                      key=lambda item: item[:2])
        times = [item[0] for item in ends]
        for each in group:
            waits = [wait for one in each.exchanges if (wait := _wait(each, one, ends, times)) is not None]
            if waits:
                found[each.number] = tuple(waits)
    return found


def _wait(own: Spoken, one: Exchange, ends: list[tuple[int, int, Spoken]], times: list[int]) -> Waited | None:
    asked, answer, wait = one.request, one.response, one.wait_ns
    if asked is None or answer is None or wait is None or wait < LONG_NS or one is not own.exchanges[0]:
        return None  # an accepted connection is the program's: only its first request can have waited for the accept
    if asked.last_ns is None or answer.first_ns is None or answer.first_packet is None:
        return None
    soon = max(SOON_NS, wait // SHARE)
    first = bisect_left(times, answer.first_ns - soon)
    candidates = [other for time_ns, _, other in ends[first:first + _MOST]
                  if asked.last_ns < time_ns <= answer.first_ns and other is not own and _was_first(other, own)]
    if not candidates:
        return None
    other = candidates[-1]
    accept = _accept(own, asked.last_ns)
    known = accept is not None
    assert other.ended is not None
    return Waited(
        one.number, other.number, wait, _acknowledged(own, asked.end, asked.sender), other.ended.packet,
        answer.first_packet, Certainty.KNOWN if known else Certainty.LIKELY,
        () if known else ("slow-answer", "by-chance"), accept.number if accept is not None else None,
    )


def _was_first(other: Spoken, own: Spoken) -> bool:
    """Tell whether the other connection stood first in the accept queue: its handshake was complete before."""
    there = other.segment(other.connection.opening.third)
    here = own.segment(own.connection.opening.third)
    return there is not None and here is not None and there.packet < here.packet


def _accept(own: Spoken, arrived_ns: int) -> Call | None:
    """Return the accept call that took this connection after its request was there."""
    host = own.connection.server.host
    return next((call for call in own.connection.calls if call.name == "accept" and call.host == host
                 and call.end_ns is not None and call.end_ns > arrived_ns), None)


def _acknowledged(own: Spoken, end: int | None, sender: Side) -> int | None:
    """Return the first packet that acknowledges the whole request."""
    def covers(segment: Segment) -> bool:
        return segment.sender is not sender and segment.ack is not None and end is not None and segment.ack >= end

    found = next((x for x in own.connection.segments if covers(x)), None)
    return None if found is None else found.packet
