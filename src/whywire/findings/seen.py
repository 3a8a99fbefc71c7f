"""`Seen`: one connection as rules look at it, indexed once for all of them, so that a rule costs what it finds."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from whywire.base.ranges import RangeSet
from whywire.base.records import Call
from whywire.connections.model import Account, Connection, Reason, Segment, Side
from whywire.connections.why import Why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges

SENDS = frozenset(("send", "sendall", "sendto", "sendmsg", "sendfile", "write"))
RECEIVES = frozenset(("recv", "recv_into", "recvfrom", "recvmsg", "read"))
_COUNT = re.compile(r"([0-9]+)")


class Seen:
    """A connection with its indices. Lists are in packet order, calls by start; second copies have their own list."""

    def __init__(self, connection: Connection, account: Account) -> None:
        self.connection = connection
        self.account = account
        self._kinds: dict[str, list[Segment]] = {}
        self._notes: dict[Why, list[tuple[Segment, Reason]]] = {}
        self._causes: dict[Why, list[Segment]] = {}
        self._by_number: dict[int, Segment] = {}
        for segment in connection.segments:
            self._by_number[segment.packet] = segment
            if "captured-twice" in segment.kinds:
                self._kinds.setdefault("captured-twice", []).append(segment)
                continue
            for kind in segment.kinds:
                self._kinds.setdefault(kind, []).append(segment)
            for note in segment.notes:
                self._notes.setdefault(note.why, []).append((segment, note))
            self._causes.setdefault(segment.cause.reason.why, []).append(segment)
        self._carriers: dict[int, Segment] | None = None
        self._numbers: dict[int, Call] | None = None
        self.calls: dict[Side, list[Call]] = {side: [] for side in Side}
        """Calls on the connection's sockets, by side; empty without a trace."""
        for call in connection.calls:
            side = self._side(call)
            if side is not None:
                self.calls[side].append(call)

    def _side(self, call: Call) -> Side | None:
        one, other = self.connection.client.endpoint, self.connection.server.endpoint
        if call.local == one or call.peer == other:
            return Side.CLIENT
        return Side.SERVER if call.local == other or call.peer == one else None

    def of_kind(self, kind: str) -> list[Segment]:
        """Return the segments of a kind (the words of spec JSON.md)."""
        return self._kinds.get(kind, [])

    def noted(self, why: Why) -> list[tuple[Segment, Reason]]:
        """Return the segments that carry this note, with it."""
        return self._notes.get(why, [])

    def caused(self, why: Why) -> list[Segment]:
        """Return the segments that are there for this reason."""
        return self._causes.get(why, [])

    def packet(self, number: int | None) -> Segment | None:
        """Return a packet of this connection by its number."""
        return None if number is None else self._by_number.get(number)

    def call(self, number: int | None) -> Call | None:
        """Return a call of this connection by its number."""
        if self._numbers is None:
            self._numbers = {call.number: call for call in self.connection.calls}
        return None if number is None else self._numbers.get(number)

    def carrier(self, call: Call) -> Segment | None:
        """Return the first packet that carries bytes of a sending call."""
        if self._carriers is None:
            self._carriers = {}
            for segment in self.of_kind("data"):
                for share in segment.shares:
                    self._carriers.setdefault(share.call, segment)
        return self._carriers.get(call.number)

    def filled_later(self, jumps: list[Segment]) -> frozenset[int]:
        """Return the packets of ``jumps`` before which the last missing byte came with a later packet of their side."""
        wanted = {segment.packet for segment in jumps}
        later = {side: RangeSet() for side in Side}
        found = set()
        for segment in reversed(self.connection.segments if wanted else ()):
            have = later[segment.sender]
            if segment.packet in wanted and have.covers(segment.seq - 1, segment.seq):
                found.add(segment.packet)
            have.add(segment.seq, segment.next_seq)
        return frozenset(found)

    def is_local(self, side: Side) -> bool:
        """Tell whether the times of this view are those at ``side``, so that packets and its calls compare."""
        return self.connection.vantage.place in ("both", "one host", side.value)

    def arrived(self, side: Side) -> Iterator[Segment]:
        """Yield the packets that reached ``side``, copies of the capture left out."""
        for segment in self.connection.segments:
            missing = segment.lost or segment.travelling
            if segment.sender is not side and not missing and "captured-twice" not in segment.kinds:
                yield segment


def overlapping(made: list[tuple[Call, int, int]], start: int, end: int) -> list[tuple[Call, int, int]]:
    """Return the calls of a `stream` with bytes of ``[start, end)``."""
    low = bisect_right(made, start, key=lambda each: each[2])
    return made[low:bisect_left(made, end, lo=low, key=lambda each: each[1])]


class Talk:
    """What was asked and answered in a capture, as rules look at it."""

    def __init__(self, found: Exchanges, account: Account) -> None:
        self.exchanges = found.exchanges
        self.uses = found.uses
        self.links = found.links
        self.account = account


def arrival(segment: Segment) -> int:
    """Return when a packet reached its receiver, as far as the view shows."""
    return segment.time_ns if segment.arrival_ns is None else segment.arrival_ns


def asked(call: Call) -> int | None:
    """Return the number in a call's arguments: the bytes it was to send, or the most it was to receive."""
    found = _COUNT.match(call.args.strip())
    return int(found[1]) if found else None


def peeks(call: Call) -> bool:
    """Tell whether a recv leaves the bytes in the buffer."""
    return "MSG_PEEK" in call.args


def stream(calls: list[Call], names: frozenset[str]) -> list[tuple[Call, int, int]]:
    """Return the calls of these names and the stream bytes ``[start, end)`` of each; empty where not all are known."""
    found, position = [], 0
    for call in calls:
        if call.name not in names or peeks(call):
            continue
        if call.byte_count is None:
            if call.error is None:
                return []
            continue
        found.append((call, position, position + call.byte_count))
        position += call.byte_count
    return found
