"""One direction of a connection as bytes in order, each with the packet that brought it.

Copies are taken once: the first one seen that arrived. Of a frame that the capture cut there are fewer bytes than were
on the wire; the rest is a hole of known size. So is what lies in packets that are missing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from whywire.connections.model import Connection, Segment, Side
from whywire.packets.table import FIN, RST, SYN

Payload = Callable[[int], bytes]
"""Packet number -> the captured bytes of its TCP payload (as many as were captured)."""

_NEVER = frozenset(("captured-twice", "not-acceptable", "rst"))
_SECOND = frozenset(("keep-alive", "zero-window-probe"))
_LATE = 1 << 40
"""Added to the rank of what only fills places that nothing else does: lost packets, probes."""


class Piece(NamedTuple):
    """Bytes ``[start, end)`` of the stream, as packet ``packet`` brought them; ``packet`` 0: a hole."""

    start: int
    end: int
    packet: int
    skip: int
    """How many bytes of the packet's payload stand before it."""
    time_ns: int
    arrived: bool


class Stream:
    """All bytes of one direction."""

    def __init__(self, connection: Connection, side: Side) -> None:
        self.side = side
        self.whole_start = connection.end(side).isn is not None
        """The SYN was seen: the first byte has position 1."""
        self.pieces: list[Piece] = []
        self.fin: int | None = None
        """Position of the FIN: where the stream ends."""
        self.fin_packet: int | None = None
        self.fin_ns: int | None = None
        self.acked = -(1 << 60)
        """The highest acknowledgment from the other side."""
        self._fin_lost = False
        self._first_ack: list[int] = []
        """Up to there the other side had it when the capture began."""
        self._starts: list[int] = []
        self._fill(connection)
        seen = [self.pieces[0].start] if self.pieces else [] if self.fin is None else [self.fin]
        self.origin = 1 if self.whole_start else min([*seen, *self._first_ack], default=1)

    def _fill(self, connection: Connection) -> None:
        found: list[tuple[int, int, Segment]] = []
        for order, segment in enumerate(connection.segments):
            if segment.sender is not self.side:
                if segment.ack is not None and not segment.flags & RST:
                    self._first_ack = self._first_ack or [segment.ack]
                    self.acked = max(self.acked, segment.ack)
                continue
            if segment.flags & RST or not _NEVER.isdisjoint(segment.kinds):
                continue
            if segment.flags & FIN:
                self._end(segment)
            if segment.length:
                second = segment.lost or not _SECOND.isdisjoint(segment.kinds)
                found.append((segment.seq + bool(segment.flags & SYN), order + _LATE * second, segment))
        self.pieces = list(_each_byte_once(sorted(found, key=lambda one: one[:2])))
        self._starts = [piece.start for piece in self.pieces]

    def _end(self, segment: Segment) -> None:
        """Take the first FIN, or in its place the first that arrived."""
        if self.fin is None or (self._fin_lost and not segment.lost):
            self.fin = segment.next_seq - 1
            self.fin_packet, self.fin_ns = segment.packet, segment.time_ns
            self._fin_lost = segment.lost

    @property
    def end(self) -> int:
        """The position behind the last byte that was seen, or that the FIN says was sent."""
        last = self.pieces[-1].end if self.pieces else self.origin
        return last if self.fin is None else max(last, self.fin)

    def runs(self) -> Iterator[Piece]:
        """Yield the pieces in order from the origin, and holes between them (``packet`` 0)."""
        position = self.origin
        for piece in self.pieces:
            if piece.start > position:
                yield Piece(position, piece.start, 0, 0, piece.time_ns, False)
            if piece.end > position:
                yield piece if piece.start >= position else piece._replace(
                    start=position, skip=piece.skip + position - piece.start)
                position = piece.end
        if self.fin is not None and self.fin > position:
            yield Piece(position, self.fin, 0, 0, self.fin_ns or 0, False)

    def within(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the pieces that have bytes of ``[start, end)``, in order, uncut."""
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self.pieces) and self.pieces[index].start < end:
            if self.pieces[index].end > start:
                yield self.pieces[index]
            index += 1

    def at(self, position: int) -> Piece | None:
        """Return the piece that holds the byte at ``position``; None: it is in a hole."""
        return next(self.within(position, position + 1), None)

    def read(self, piece: Piece, payload: Payload) -> bytes:
        """Return the captured bytes of a piece: fewer than its length where the capture cut it."""
        return payload(piece.packet)[piece.skip:piece.skip + piece.end - piece.start]

    def bytes(self, start: int, end: int, payload: Payload) -> Iterator[bytes | int]:
        """Yield the bytes of ``[start, end)`` as captured; a number: that many are not there."""
        position = start
        for piece in self.within(start, end):
            if piece.start > position:
                yield piece.start - position
                position = piece.start
            stop = min(piece.end, end)
            data = self.read(piece, payload)[position - piece.start:stop - piece.start]
            if data:
                yield data
            if len(data) < stop - position:
                yield stop - position - len(data)
            position = stop
        if position < end:
            yield end - position


def _each_byte_once(segments: list[tuple[int, int, Segment]]) -> Iterator[Piece]:
    """Yield the pieces of sorted segments ``(start, rank, segment)``; where some overlap, the lowest rank has the byte.

    A sweep over the positions with a heap of the segments that cover the present one, so that any order costs n log n.
    """
    heap: list[tuple[int, int, int, Segment]] = []
    at, index = segments[0][0] if segments else 0, 0
    while index < len(segments) or heap:
        if not heap:
            at = max(at, segments[index][0])
        while index < len(segments) and segments[index][0] <= at:
            start, rank, segment = segments[index]
            heappush(heap, (rank, start + segment.length, start, segment))
            index += 1
        while heap and heap[0][1] <= at:
            heappop(heap)
        if not heap:
            continue
        rank, stop, base, segment = heap[0]
        while index < len(segments) and segments[index][0] < stop:
            start, other, later = segments[index]
            if other < rank:
                stop = start
                break
            heappush(heap, (other, start + later.length, start, later))
            index += 1
        yield Piece(at, stop, segment.packet, at - base, segment.time_ns, not segment.lost)
        at = stop
