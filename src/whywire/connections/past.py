"""`Past`: what came before a line, for the causes that would otherwise look back over the whole connection.

One walk over the lines notes what will be asked of which line; a flood of resets, repeated SYNs or duplicate ACKs then
costs what its packets cost, and not their square.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
_NEVER = -(1 << 60)


class Repeats(NamedTuple):
    """Earlier lines of one kind: how many, the first and the last of them."""

    times: int
    first: Line | None
    last: Line | None


class _Now:
    """What one side has done up to the line that the walk is at."""

    __slots__ = ("acked", "answered", "closed", "copies", "high", "last", "opened", "plain", "probe", "pure_ack",
                 "reset")

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
        self.last: Line | None = None
        self.opened = self.plain = False
        """It has sent a SYN-ACK; it has sent something else."""
        self.answered: list[tuple[int, int]] = []
        """Of the peer's lines whose data it acknowledged: index, and what they acknowledged."""


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
        self._heard = {side: _highest_behind(now[side].answered) for side in Side}

    def reset(self, line: Line) -> Line | None:
        """Return the last reset of the same side that it really sent, before the reset ``line``."""
        return self._at.get(("reset", line.index))

    def heard(self, line: Line) -> Line | None:
        """Return the peer's last line before the reset ``line``."""
        return self._at.get(("heard", line.index))

    def only_opened(self, line: Line) -> bool:
        """Tell whether the side of the reset ``line`` had sent SYN-ACKs before, and nothing else."""
        return ("opened", line.index) in self._at

    def data(self, line: Line, side: Side) -> Line | None:
        """Return the last line of ``side`` before ``line`` with data that arrived."""
        return self._before(line, ("carried", side, None)).last

    def fin(self, line: Line, side: Side) -> Line | None:
        """Return the last FIN of ``side`` before ``line``."""
        return self._before(line, ("fin", side, None)).last

    def keep_alives(self, line: Line) -> Repeats:
        """Return the keep-alive probes that the side of the reset ``line`` has sent since the peer's last line."""
        heard = self.heard(line)
        return self._before(line, ("keep-alive", line.sender, None), -1 if heard is None else heard.index)

    def probed(self, line: Line) -> Line | None:
        """Return the last window probe of the same side."""
        return self._before(line, ("window probe", line.sender, None)).last

    def scaled(self, line: Line) -> Line | None:
        """Return the last line of the same side with an acknowledgment and a window that can be compared."""
        return self._before(line, ("scaled", line.sender, None)).last

    def told_after(self, line: Line) -> int:
        """Return the highest ACK on the peer's data behind ``line`` that the side of ``line`` acknowledged."""
        indices, highest = self._heard[line.sender]
        at = bisect_right(indices, line.index)
        return highest[at] if at < len(indices) else _NEVER

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
            at["reset", index], at["heard", index] = own.reset, peer.last
            if own.opened and not own.plain:
                at["opened", index] = own.last
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
        own.last = line
        own.opened = own.opened or bool(line.kinds & k.SYN_ACK)
        own.plain = own.plain or not line.kinds & k.SYN_ACK
        if line.step is not None and line.step.data and not line.kinds & k.RST:
            told = line.newest
            if told is not None and told.ack is not None:
                own.answered.append((told.index, told.ack))
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
            if not line.lost:
                self._kept.setdefault(("carried", line.sender, None), []).append(line)
        if line.kinds & (k.FIN | k.KEEP_ALIVE) and not line.kinds & k.CAPTURED_TWICE:
            for name, kind in (("fin", k.FIN), ("keep-alive", k.KEEP_ALIVE)):
                if line.kinds & kind:
                    self._kept.setdefault((name, line.sender, None), []).append(line)
        if line.kinds & k.ZERO_WINDOW_PROBE:
            self._kept.setdefault(("window probe", line.sender, None), []).append(line)
        if line.scaled and line.ack is not None:
            self._kept.setdefault(("scaled", line.sender, None), []).append(line)
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

    def _before(self, line: Line, key: tuple[str, object, object], behind: int = -1) -> Repeats:
        kept = self._kept.get(key, [])
        first = bisect_right(kept, behind, key=lambda x: x.index) if behind >= 0 else 0
        count = bisect_left(kept, line.index, lo=first, key=lambda x: x.index)
        return Repeats(count - first, kept[first], kept[count - 1]) if count > first else Repeats(0, None, None)

    def _really_sent(self, line: Line) -> bool:
        """Tell whether a reset came from the host whose ports it names; one that is ignored may be anybody's."""
        if not line.kinds & k.NOT_ACCEPTABLE:
            return True
        heard = self.offender(line)
        return heard is not None and heard.ack == line.seq


def _highest_behind(told: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return the indices in order, and beside each the highest number that is told there or behind."""
    told = sorted(told)
    highest = [ack for _, ack in told]
    for at in range(len(told) - 2, -1, -1):
        highest[at] = max(highest[at], highest[at + 1])
    return [index for index, _ in told], highest
