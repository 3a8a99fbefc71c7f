"""What one side has sent and the other not acknowledged yet, so that an ACK costs what it acknowledges and no more."""

from __future__ import annotations

from heapq import heappop, heappush

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.scene import Line

_MOST = 8
"""So many segments that are acknowledged in part are named by each ACK that moves on in them, the newest ones; others
are named by the first ACK of any of their bytes and by the one that covers them."""


class Unacked:
    """Segments from when they are sent until an ACK covers them. Acknowledgments only rise."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Line]] = []
        """A heap by first position: nothing of them is acknowledged."""
        self._partly: list[Line] = []
        self._rest: list[tuple[int, int, Line]] = []
        """A heap by end: acknowledged in part, and more than ``_MOST`` newer ones are too."""

    def add(self, line: Line) -> None:
        """Take in a segment that was sent."""
        heappush(self._waiting, (line.seq, line.index, line))

    def take(self, before: int, ack: int) -> list[Line]:
        """Return, in order, the segments that an ACK which moves from ``before`` to ``ack`` acknowledges, or a part."""
        found = self._partly
        while self._waiting and self._waiting[0][0] < ack:
            found.append(heappop(self._waiting)[2])
        while self._rest and self._rest[0][0] <= ack:
            found.append(heappop(self._rest)[2])
        part = sorted((line for line in found if line.end > before), key=lambda line: line.index)
        still = [line for line in part if line.end > ack]
        for line in still[:-_MOST]:
            heappush(self._rest, (line.end, line.index, line))
        self._partly = still[-_MOST:]
        return part
