"""Why a client opened one more connection to the same server: an earlier one was closed, or busy, or just there.

One sweep in packet order over all connections between the same two; a flood of them costs n log n.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from whywire.base.ref import Ref
from whywire.connections.model import Certainty
from whywire.exchanges.model import Exchange, Link
from whywire.exchanges.spoken import Spoken

_NEVER = 1 << 60


def openings(group: list[Spoken]) -> list[Link]:
    """Return for each connection to the same server which earlier one made it necessary, or stood beside it.

    ``group`` is in the order of the connections' first packets.
    """
    found: list[Link] = []
    before = _Before(group)
    for index, new in enumerate(group):
        if new.opened is not None and new.connection.roles == "handshake":
            before.move(new.connection.first_packet)
            link = before.link(new)
            if link is not None:
                found.append(link)
        before.open(index)
    return found


class _Before:
    """The connections before the one that the sweep is at. What is over is taken off the heaps when it comes up."""

    def __init__(self, group: list[Spoken]) -> None:
        self._group = group
        self._open = 0
        self._newest: list[int] = []
        """A stack of connections; those that are over leave it when they come to lie on top."""
        self._ends: list[tuple[int, int]] = []
        self._last_ended: Spoken | None = None
        self._asked = [waiting for index, each in enumerate(group) for waiting in _outstanding(index, each)]
        self._asked.sort(key=lambda one: one[0], reverse=True)
        self._busy: list[tuple[int, int, int, Exchange]] = []

    def open(self, index: int) -> None:
        """Take connection ``index`` of the group in."""
        self._open += 1
        self._newest.append(index)
        ended = self._group[index].ended
        if ended is not None:
            heappush(self._ends, (ended.packet, index))

    def move(self, packet: int) -> None:
        """Move on to what was so when ``packet`` passed. Packets come in ascending order."""
        while self._ends and self._ends[0][0] < packet:
            self._last_ended = self._group[heappop(self._ends)[1]]
            self._open -= 1
        while self._newest and self._is_over(self._newest[-1], packet):
            self._newest.pop()
        while self._asked and self._asked[-1][0] < packet:
            _, until, index, one = self._asked.pop()
            heappush(self._busy, (index, until, one.number, one))
        while self._busy and (self._busy[0][1] <= packet or self._is_over(self._busy[0][0], packet)):
            heappop(self._busy)

    def link(self, new: Spoken) -> Link | None:
        """Return how ``new`` belongs to them; None where it is the first one."""
        here = new.connection.first_packet
        if self._open:
            return self._parallel(new, here)
        old = self._last_ended
        if old is None or old.ended is None:
            return None
        return Link("replaces", Ref("c", old.number), Ref("c", new.number), Certainty.INFERRED,
                    (old.ended.packet, here), detail={"closed_by": old.ended.sender.value})

    def _parallel(self, new: Spoken, here: int) -> Link:
        if self._busy:
            index, _, _, one = self._busy[0]
            old = self._group[index]
            asked = one.request.first_packet if one.request is not None else None
            return Link("parallel", Ref("c", old.number), Ref("c", new.number), Certainty.LIKELY,
                        (asked or old.connection.first_packet, here), ("needed-both",),
                        {"busy": True, "exchange": str(one.ref), "open": self._open})
        old = self._group[self._newest[-1]]
        return Link("parallel", Ref("c", old.number), Ref("c", new.number), Certainty.INFERRED,
                    (old.connection.first_packet, here), detail={"busy": False, "open": self._open})

    def _is_over(self, index: int, packet: int) -> bool:
        ended = self._group[index].ended
        return ended is not None and ended.packet < packet


def _outstanding(index: int, spoken: Spoken) -> Iterator[tuple[int, int, int, Exchange]]:
    """Yield when an exchange was the last one asked and not answered whole: behind which packet, before which one."""
    asked = spoken.exchanges
    for number, one in enumerate(asked):
        first = one.first_packet
        if first is None or one.request is None:
            continue
        following = asked[number + 1].first_packet if number + 1 < len(asked) else None
        until = _NEVER if following is None else following + 1
        done = one.response.last_packet if one.response is not None else None
        yield first, until if done is None else min(until, done), index, one
