"""`Scene`: one connection laid out for the functions that find causes. Lines in order, with their bookkeeping done.

The pass (`track`) keeps nothing per packet but its row; this is where one connection is walked again, in plain
Python, because somebody asked about it. `lay_out` reads the columns once; every later function only reads the scene.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from whywire.base.records import WireEvent
from whywire.connections import kinds as k
from whywire.connections.arrivals import Arrivals
from whywire.connections.carriers import Carriers
from whywire.connections.cover import Cover
from whywire.connections.flows import BASE_FROM_SYN, SIMULTANEOUS
from whywire.connections.model import AckStep, Opening, OpenKind, Side, Vantage
from whywire.connections.past import Past
from whywire.connections.trace import Bank, Banks
from whywire.connections.track import NO_ACK, Tracker
from whywire.connections.unacked import Unacked
from whywire.packets import table as t
from whywire.packets.rows import MptcpReset

SIDES = (Side.CLIENT, Side.SERVER)
NEVER = 1 << 62


@dataclass(slots=True, eq=False)
class Line:
    """One packet of the connection, with what the bookkeeping of both sides says about it."""

    index: int
    row: int
    packet: int
    sender: Side
    time_ns: int
    arrival_ns: int | None
    flags: int
    seq: int
    ack: int | None
    length: int
    kinds: int
    window: int
    scaled: bool | None
    ts_value: int | None
    ts_echo: int | None
    lost: bool = False
    travelling: bool = False
    """Still under way when the recording stopped."""
    window_before: int | None = None
    """The window of the same side before this packet, if both are comparable."""
    step: AckStep | None = None
    newest: Line | None = None
    """The newest segment of the peer that this one acknowledges for the first time."""
    first_copy: Line | None = None
    """For a segment whose bytes were sent before: the segment that brought its first byte first."""
    copied: bool = False
    """Some of its bytes were sent again."""
    rtt_ns: int | None = None
    in_flight: int | None = None
    sack: tuple[tuple[int, int], ...] = ()
    offered: int = 0
    """The largest window that the peer has offered by then."""
    last_heard: Line | None = None
    """The peer's last packet that had arrived when this one left, as far as the view can tell."""

    @property
    def end(self) -> int:
        """The position behind its last byte, SYN or FIN."""
        return self.seq + self.length + ((self.flags >> 1) & 1) + (self.flags & 1)

    @property
    def data_start(self) -> int:
        """The position of its first byte of payload."""
        return self.seq + ((self.flags >> 1) & 1)

    @property
    def data_end(self) -> int:
        """The position behind its last byte of payload."""
        return self.data_start + self.length

    @property
    def arrived_ns(self) -> int:
        """When it reached its receiver, or passed the capture point when the arrival was not recorded; never, as far as
        anybody can tell, when it was still under way at the end."""
        if self.travelling:
            return NEVER
        return self.time_ns if self.arrival_ns is None else self.arrival_ns

    def is_pure_ack(self) -> bool:
        """Tell whether it carries nothing but an acknowledgment."""
        return self.length == 0 and self.flags & (t.SYN | t.FIN | t.RST | t.ACK) == t.ACK


@dataclass(slots=True)
class EndFacts:
    """What one side said of itself in its SYN; None where its SYN was not seen."""

    isn: int | None = None
    mss: int | None = None
    window_scale: int | None = None
    sack_permitted: bool = False
    timestamps: bool = False


@dataclass(slots=True)
class Scene:
    """One connection, ready to be asked."""

    number: int
    lines: list[Line]
    ends: dict[Side, EndFacts]
    view: str
    scaling: bool | None
    segment_size: int | None
    opening: Opening
    banks: Banks
    vantage: Vantage
    simultaneous: bool
    is_run: bool
    """Recorded by the lab: its hosts have no firewall, and what the wire did on purpose is known."""
    wire: Mapping[int, WireEvent] = field(default_factory=dict)
    """Packet number -> what the wire did to it."""
    wired: dict[int, int] = field(default_factory=dict)
    """Frame number on the wire, of a frame that something was done to -> its first packet."""
    mptcp: Mapping[int, MptcpReset] = field(default_factory=dict)
    """Packet number of a reset -> what its MPTCP option says."""
    fin: dict[Side, Line] = field(default_factory=dict)
    """The first FIN of each side."""
    offers: dict[Side, set[int]] = field(default_factory=dict)
    """Side -> the windows that its peer has offered, each larger than all before."""
    acked_by: dict[int, Line] = field(default_factory=dict)
    """Packet number -> the packet that first acknowledged it."""
    reset_kinds: dict[int, str] = field(default_factory=dict)
    """Packet number of a reset -> the kind of its cause, as soon as it is known (see `causes.resets`)."""
    shorts: dict[Side, list[Line]] = field(default_factory=dict)
    """The segments of a side that are shorter than a full one, as soon as somebody asks (see `causes.data`)."""
    _past: Past | None = None
    _carriers: dict[Side, Carriers] = field(default_factory=dict)
    _arrivals: dict[Side, Arrivals] = field(default_factory=dict)

    def line(self, packet: int | None) -> Line | None:
        """Return the line of a packet of this connection."""
        at = len(self.lines) if packet is None else bisect_left(self.lines, packet, key=lambda line: line.packet)
        return self.lines[at] if at < len(self.lines) and self.lines[at].packet == packet else None

    def arrivals(self, side: Side) -> Arrivals:
        """Return what reached ``side``, by time; made when it is first asked for."""
        if side not in self._arrivals:
            self._arrivals[side] = Arrivals(line for line in self.lines if line.sender is not side)
        return self._arrivals[side]

    def carriers(self, side: Side) -> Carriers:
        """Return which segments of ``side`` carried what first; made when it is first asked for."""
        if side not in self._carriers:
            self._carriers[side] = Carriers(line for line in self.lines if line.sender is side)
        return self._carriers[side]

    @property
    def past(self) -> Past:
        """What came before each line; made when it is first asked for."""
        if self._past is None:
            self._past = Past(self.lines, self.acked_by)
        return self._past

    def back(self, line: Line) -> Iterator[Line]:
        """Yield the lines before ``line``, the last one first."""
        for index in range(line.index - 1, -1, -1):
            yield self.lines[index]

    def bank_of(self, line: Line) -> Bank | None:
        """Return the calls of the side that sent ``line``; None without a trace of it."""
        return self.banks.get(line.sender)

    def is_local(self, side: Side) -> bool:
        """Tell whether the times in this view are those at ``side`` (so that delays there can be read off)."""
        return self.vantage.place in ("both", "one host", side.value)

    def round_trip_ns(self) -> int:
        """Return what the handshake shows of the round trip from this vantage point; 0 when it was not seen."""
        return max(self.opening.syn_to_synack_ns or 0, self.opening.synack_to_ack_ns or 0)

    def delay_at_sender(self, line: Line, heard: Line) -> int:
        """Return how long the sender of ``line`` waited after ``heard`` reached it; the way there and back, as the
        handshake shows it from this vantage point, is taken out."""
        delay = line.time_ns - heard.arrived_ns
        if self.is_local(line.sender):
            return delay
        return max(0, delay - self.way_ns(line.sender))

    def way_ns(self, side: Side) -> int:
        """Return how long the way from the point of capture to ``side`` and back took in the handshake; 0: not seen."""
        return (self.opening.syn_to_synack_ns if side is Side.SERVER else self.opening.synack_to_ack_ns) or 0


def lay_out(tracker: Tracker, number: int, rows: list[int]) -> tuple[list[Line], dict[Side, EndFacts]]:
    """Return the lines of connection ``number`` (an index from 0) with their bookkeeping, and what the SYNs said."""
    flows = tracker.flows
    scaling = is_scaling(tracker, number)
    shifts = {side: max(flows.shift[2 * number + i], 0) if scaling else 0 for i, side in enumerate(SIDES)}
    lines = [_line(tracker, row, i, scaling, shifts) for i, row in enumerate(rows)]
    _keep_books(lines)
    ends = {side: EndFacts() for side in SIDES}
    for i, side in enumerate(SIDES):
        flow = 2 * number + i
        if flows.known[flow] == BASE_FROM_SYN:
            options = flows.options[flow]
            ends[side] = EndFacts(
                isn=flows.base[flow],
                mss=flows.mss[flow] if flows.mss[flow] >= 0 else None,
                window_scale=flows.shift[flow] if flows.shift[flow] >= 0 else None,
                sack_permitted=bool(options & t.SACK_PERMITTED),
                timestamps=bool(options & t.TIMESTAMPS),
            )
    return lines, ends


def is_scaling(tracker: Tracker, number: int) -> bool | None:
    """Tell whether both SYNs offered window scaling (RFC 7323 2.2); None when they were not both seen."""
    flows, one = tracker.flows, 2 * number
    if flows.known[one] != BASE_FROM_SYN or flows.known[one + 1] != BASE_FROM_SYN:
        return None
    return flows.shift[one] >= 0 and flows.shift[one + 1] >= 0


def _line(tracker: Tracker, row: int, index: int, scaling: bool | None, shifts: dict[Side, int]) -> Line:
    table, rows = tracker.table, tracker.rows
    present, flags = table.present[row], table.flags[row]
    side = SIDES[rows.side[row]]
    window, scaled = table.window[row], None if scaling is None else True
    if flags & t.SYN:
        scaled = False
    elif scaling:
        window <<= shifts[side]
    return Line(
        index=index, row=row, packet=row + 1, sender=side, time_ns=table.time_ns[row],
        arrival_ns=table.arrival_ns[row] if present & t.ARRIVAL else None,
        flags=flags, seq=rows.seq[row], ack=None if rows.ack[row] == NO_ACK else rows.ack[row],
        length=table.payload_length[row], kinds=rows.kinds[row], window=window, scaled=scaled,
        ts_value=table.ts_value[row] if present & t.TIMESTAMPS else None,
        ts_echo=table.ts_echo[row] if present & t.TIMESTAMPS else None,
        lost=bool(present & t.LOST), travelling=bool(present & t.TRAVELLING),
    )


class _Book:
    """What one side has sent and acknowledged so far."""

    def __init__(self) -> None:
        self.acked: int | None = None
        self.window: int | None = None
        self.largest = 0
        self.first_sent: Cover[Line] = Cover()
        self.arrived: list[Line] = []
        self.high = self.data_high = -(1 << 60)
        self.unacked = Unacked()
        self.fin: int | None = None
        self.syn = False
        self.first: int | None = None


def _keep_books(lines: list[Line]) -> None:
    books = {side: _Book() for side in SIDES}
    for line in lines:
        own, peer = books[line.sender], books[line.sender.other]
        line.last_heard = _last_heard(line, peer)
        line.offered = peer.largest
        if line.kinds & (k.CAPTURED_TWICE | k.NOT_ACCEPTABLE):
            _say(line, own)
            continue
        if line.scaled is not None and not line.kinds & k.RST:  # a SYN's window is in bytes too
            line.window_before, own.window = own.window, line.window
            own.largest = max(own.largest, line.window)
        if line.ack is not None and not (line.kinds & k.RST and line.ack < (own.acked or 0)):
            _take_ack(line, own, peer)
        if own.first is None and not line.kinds & k.RST:
            own.first = line.seq
        if line.end > line.seq and not line.kinds & (k.RST | k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE):
            if line.seq < own.high:
                line.first_copy = own.first_sent.at(line.seq)
                if line.first_copy is not None:
                    line.first_copy.copied = True
            own.high = max(own.high, line.end)
            if line.length:
                own.data_high = max(own.data_high, line.data_end)
                line.in_flight = own.data_high - max(peer.acked or 0, own.first or 0, 1 if own.syn else 0)
            own.first_sent.fill(line.seq, line.end, line)
            own.unacked.add(line)
            own.syn = own.syn or bool(line.flags & t.SYN)
            if line.flags & t.FIN and own.fin is None:
                own.fin = line.end - 1
        _say(line, own)


def _last_heard(line: Line, peer: _Book) -> Line | None:
    at = bisect_right(peer.arrived, line.time_ns, key=lambda s: s.arrived_ns) - 1
    return peer.arrived[at] if at >= 0 else None


def _say(line: Line, own: _Book) -> None:
    """Remember when the other side heard it. What arrived later than a later packet is never the last one heard."""
    if line.lost:
        return
    while own.arrived and own.arrived[-1].arrived_ns >= line.arrived_ns:
        own.arrived.pop()
    own.arrived.append(line)


def _take_ack(line: Line, own: _Book, peer: _Book) -> None:
    """Split what an acknowledgment adds into SYN, data and FIN, and name the segments it is for."""
    ack = line.ack
    assert ack is not None
    before = own.acked
    if before is None:
        before = 0 if peer.syn else peer.first  # entered in the middle: count from the first position seen
    own.acked = ack if own.acked is None else max(own.acked, ack)
    if before is None or ack <= before:
        return
    part = peer.unacked.take(before, ack)
    syn = int(peer.syn and before <= 0 < ack)
    fin = int(peer.fin is not None and before + syn <= peer.fin < ack)  # a FIN in place of the SYN is none
    line.step = AckStep(before, ack, syn, ack - before - syn - fin, fin, tuple(s.packet for s in part))
    # What made the kernel acknowledge is what reached it last: of several copies, or of segments out of order.
    arrived = [s for s in part if not s.lost and s.arrived_ns <= line.time_ns]
    whole = [s for s in arrived if s.end <= ack]
    line.newest = max(whole or arrived or part, key=lambda s: s.index, default=None)
    for s in part:  # Karn: of a segment that was sent twice nobody knows which copy is acknowledged
        if s.rtt_ns is None and s.first_copy is None and not s.copied:
            s.rtt_ns = line.time_ns - s.time_ns


def find_opening(lines: list[Line], simultaneous: bool) -> Opening:
    """Find the handshake (RFC 9293 3.5): the last SYN before the SYN-ACK, the SYN-ACK, and what completed it."""
    syns = [x for x in lines if x.kinds & k.SYN]
    answer = next((x for x in lines if x.kinds & k.SYN_ACK), None)
    if answer is None:
        if not syns:
            return Opening(OpenKind.UNSEEN)
        third = next((x for x in lines if x.sender is syns[0].sender and x.ack is not None and x.ack >= 1
                      and not x.kinds & (k.RST | k.NOT_ACCEPTABLE | k.CAPTURED_TWICE)), None)
        if third is not None:  # the SYN-ACK came, as its ACK shows; the capture misses it
            return Opening(OpenKind.HANDSHAKE, syns[-1].packet, None, third.packet)
        refusal = next((x for x in lines if x.kinds & k.RST and not x.kinds & k.NOT_ACCEPTABLE
                        and x.sender is not syns[0].sender), None)
        return Opening(OpenKind.UNANSWERED if refusal is None else OpenKind.REFUSED, syn=syns[-1].packet)
    if simultaneous:
        third = next((x for x in lines if x.kinds & k.SYN_ACK and x is not answer), None)
        return Opening(OpenKind.SIMULTANEOUS, syns[0].packet, answer.packet, third.packet if third else None)
    before = [x for x in syns if x.index < answer.index and x.sender is not answer.sender]
    syn = before[-1] if before else None
    last = [x for x in lines if x.kinds & k.SYN_ACK and x.sender is answer.sender]
    third = next((x for x in lines if x.index > answer.index and x.sender is not answer.sender
                  and x.ack is not None and x.ack >= 1 and not x.kinds & (k.RST | k.SYN)), None)
    if third is not None:
        answer = [x for x in last if x.index < third.index][-1]
    timed = all(x is None or x.time_ns >= 0 for x in (syn, last[0], answer, third))
    return Opening(
        OpenKind.HANDSHAKE, syn.packet if syn else None, answer.packet, third.packet if third else None,
        None if syn is None or not timed else last[0].time_ns - syn.time_ns,
        None if third is None or not timed else third.time_ns - answer.time_ns,
    )


def is_simultaneous(tracker: Tracker, number: int) -> bool:
    """Tell whether the SYNs of connection ``number`` crossed."""
    return tracker.connections.roles[number] == SIMULTANEOUS
