"""`Past`: what came before a line, for the causes that would otherwise look back over the whole connection.

One walk over the lines notes what will be asked of which line; a flood of resets, repeated SYNs or duplicate ACKs then
costs what its packets cost, and not their square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from whywire.connections import kinds as k
from whywire.connections.cover import Cover
from whywire.connections.model import Side
from whywire.packets.table import ACK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.scene import Line

_SYNS = k.SYN | k.SYN_ACK


class Repeats(NamedTuple):
    """Earlier lines of one kind: how many, the first and the last of them."""

    times: int
    first: Line | None
    last: Line | None


class _Now:
    """What one side has done up to the line that the walk is at."""

    __slots__ = ("acked", "closed", "copies", "high", "probe", "pure_ack", "reset")

    def __init__(self) -> None:
        self.high: int | None = None
        self.copies: Cover[Line] = Cover()
        self.acked: Line | None = None
        self.pure_ack: Line | None = None
        self.reset: Line | None = None
        self.closed: Line | None = None
        """The first of its lines since which it has announced no window but zero."""
        self.probe: Line | None = None
        """Its last zero window probe since the peer's window closed."""


class Past:
    """Indices over the lines of one connection. "Before" is file order; the line itself is never part of it."""

    def __init__(self, lines: list[Line], acked_by: Mapping[int, Line]) -> None:
        self._acked_by = acked_by
        self._kept: dict[tuple[str, object, object], list[Line]] = {}
        self._at: dict[tuple[str, int], Line | None] = {}
        self._reached: dict[tuple[int, Side], int] = {}
        self.senders = frozenset(line.sender for line in lines)
        now = {side: _Now() for side in Side}
        for line in lines:
            own, peer = now[line.sender], now[line.sender.other]
            self._note(line, own, peer)
            self._move(line, own, peer)
            self._keep(line)

    def reset(self, line: Line) -> Line | None:
        """Return the last reset of the same side that it really sent, before the reset ``line``."""
        return self._at.get(("reset", line.index))

    def acked(self, line: Line) -> Line | None:
        """Return the peer's last line with an acknowledgment."""
        return self._at.get(("acked", line.index))

    def pure_ack(self, line: Line) -> Line | None:
        """Return the peer's last pure ACK."""
        return self._at.get(("pure", line.index))

    def copy(self, line: Line) -> Line | None:
        """Return the last line of the same side that carried the first position of the retransmission ``line``."""
        return self._at.get(("copy", line.index))

    def closed(self, line: Line) -> Line | None:
        """Return the peer's line that closed its window, which the probe ``line`` asks about."""
        return self._at.get(("closed", line.index))

    def probe(self, line: Line) -> Line | None:
        """Return the probe before the probe ``line``, since the peer's window closed."""
        return self._at.get(("probe", line.index))

    def reached(self, line: Line, side: Side, default: int) -> int:
        """Return the highest position that ``side`` had reached, for a line that misses something before it."""
        return self._reached.get((line.index, side), default)

    def of_kind(self, line: Line, kind: int) -> Repeats:
        """Return the earlier lines of the same side that are a SYN, or a SYN-ACK."""
        return self._before(line, ("kind", line.sender, kind))

    def data_ending(self, line: Line) -> Line | None:
        """Return the last line of the same side whose payload ends where that of ``line`` begins."""
        return self._before(line, ("data", line.sender, line.data_start)).last

    def duplicates(self, line: Line, side: Side, ack: int | None) -> Repeats:
        """Return the earlier duplicate ACKs of ``side`` with this number."""
        return self._before(line, ("duplicate", side, ack))

    def offender(self, line: Line) -> Line | None:
        """Return the peer's segment that the reset ``line`` answers.

        A bare reset carries the number that the offender acknowledged. Of several such segments the first one gets the
        first reset; seen from the other end they passed long before. A reset with ACK answers what had come last.
        """
        if line.flags & ACK:
            return line.last_heard
        asking = ("asking", line.sender.other, line.seq)
        count = self._before(line, asking).times
        if not count:
            return line.last_heard
        resets = self._before(line, ("bare", line.sender, line.seq)).times
        return self._kept[asking][min(resets, count - 1)]

    def _note(self, line: Line, own: _Now, peer: _Now) -> None:
        """Keep what will be asked of this line."""
        kinds, at, index = line.kinds, self._at, line.index
        if kinds & k.RST:
            at["reset", index] = own.reset
        if kinds & (k.NOT_ACCEPTABLE | k.WINDOW_FULL):
            at["acked", index] = peer.acked
        if kinds & k.SYN_ACK:
            at["pure", index] = peer.pure_ack
        if kinds & k.RETRANSMISSION:
            at["copy", index] = own.copies.at(line.seq)
        if kinds & k.ZERO_WINDOW_PROBE:
            at["closed", index], at["probe", index] = peer.closed, own.probe
        if kinds & (k.LOST_SEGMENT | k.ACKED_UNSEEN):
            for side, high in ((line.sender, own.high), (line.sender.other, peer.high)):
                if high is not None:
                    self._reached[index, side] = high

    def _move(self, line: Line, own: _Now, peer: _Now) -> None:
        """Move on over this line."""
        own.high = line.end if own.high is None else max(own.high, line.end)
        if line.end > line.seq:
            own.copies.overwrite(line.seq, line.end, line)
        if line.kinds & k.ZERO_WINDOW_PROBE:
            own.probe = line
        if line.ack is not None:
            own.acked = line
            if line.window:
                own.closed = peer.probe = None
            else:
                own.closed = own.closed or line
        if line.is_pure_ack():
            own.pure_ack = line
        if line.kinds & k.RST and not line.kinds & k.CAPTURED_TWICE and self._really_sent(line):
            own.reset = line

    def _keep(self, line: Line) -> None:
        if line.length:
            self._kept.setdefault(("data", line.sender, line.data_end), []).append(line)
        if line.kinds & k.RST:
            if not line.flags & ACK:
                self._kept.setdefault(("bare", line.sender, line.seq), []).append(line)
        elif line.end > line.seq and not line.lost and line.packet not in self._acked_by:
            self._kept.setdefault(("asking", line.sender, line.ack), []).append(line)
        if line.kinds & _SYNS:
            for kind in (k.SYN, k.SYN_ACK):
                if line.kinds & kind:
                    self._kept.setdefault(("kind", line.sender, kind), []).append(line)
        if line.kinds & k.DUPLICATE_ACK:
            self._kept.setdefault(("duplicate", line.sender, line.ack), []).append(line)

    def _before(self, line: Line, key: tuple[str, object, object]) -> Repeats:
        kept = self._kept.get(key, [])
        count = bisect_left(kept, line.index, key=lambda x: x.index)
        return Repeats(count, kept[0], kept[count - 1]) if count else Repeats(0, None, None)

    def _really_sent(self, line: Line) -> bool:
        """Tell whether a reset came from the host whose ports it names; one that is ignored may be anybody's."""
        if not line.kinds & k.NOT_ACCEPTABLE:
            return True
        heard = self.offender(line)
        return heard is not None and heard.ack == line.seq
