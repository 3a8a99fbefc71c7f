"""What a summary says of each connection: how it opened, how it closed, which kinds of packets it has.

One walk over the rows that the tracker has numbered, integers only: a few numbers a connection, nothing a packet, so
rows may come in pieces and go when they are counted. It says the same as `scene.find_opening` and
`closing.find_closing`, which look at a laid out connection; a test holds both against each other over all captures.
"""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns
from whywire.connections import kinds as k
from whywire.connections.flows import SIMULTANEOUS, Connections, Flows, Rows
from whywire.connections.origins import Origins
from whywire.connections.states import State
from whywire.packets import table as t
from whywire.packets.table import PacketTable

OPEN_UNSEEN, OPEN_HANDSHAKE, OPEN_REFUSED, OPEN_UNANSWERED, OPEN_SIMULTANEOUS = range(5)
CLOSE_OPEN, CLOSE_ORDERLY, CLOSE_SIMULTANEOUS, CLOSE_RESET, CLOSE_FIN_RESET, CLOSE_REFUSED, CLOSE_UNFINISHED = range(7)

OPENINGS = ("unseen", "handshake", "refused", "unanswered", "simultaneous")
CLOSINGS = ("open", "orderly", "simultaneous", "reset", "fin-then-reset", "refused", "unfinished")
"""The words of `model.OpenKind` and `model.CloseKind`, in the order of the numbers above."""

WAYS_TO_CLOSE = 7
KINDS = 24

(SYN_SEEN, ANSWERED, RESET_CLIENT, RESET_SERVER, FIN_CLIENT, FIN_SERVER, FIN_BEFORE_RESET,
 CROSSED) = (1 << bit for bit in range(8))
"""Marks: a SYN, a SYN-ACK; an acceptable reset of a side; a FIN of a side; the first of these FINs came before the
first of these resets; neither FIN acknowledges the other (RFC 9293 figure 13)."""
RESETS, FINS = RESET_CLIENT | RESET_SERVER, FIN_CLIENT | FIN_SERVER

TALLY_COLUMNS = (
    ("kinds", "I"),  # all kinds of its packets together
    ("opening", "B"), ("closing", "B"),
    ("matched", "Q"),  # bit ``n``: it has a packet of pattern ``n``
    ("troubles", "I"),  # packets of a kind that a connection without trouble has not
    ("marks", "B"),  # SYN_SEEN and the others below
    ("syn_side", "B"),  # of the first SYN
    ("fin_end", "q"), ("fin_ack", "q"),  # of the first FIN: the position behind it, what its packet acknowledges
    ("payload", "q"),  # bytes of payload that are not repeats
)
TROUBLE = (k.RETRANSMISSION | k.OUT_OF_ORDER | k.DUPLICATE_ACK | k.KEEP_ALIVE | k.WINDOW_FULL | k.ZERO_WINDOW
           | k.ZERO_WINDOW_PROBE | k.LOST_SEGMENT | k.ACKED_UNSEEN | k.CAPTURED_TWICE | k.NOT_ACCEPTABLE | k.RST)


ACK_BIT, DATA_BIT = 2, 3
"""Of the kinds that most packets have, and nothing else; no pattern names only these."""


class Patterns(Columns):
    """Kinds of packets that somebody wants to have counted: row ``n`` is pattern ``n``, of 62 at most."""

    wanted: array[int]
    unwanted: array[int]
    packets: array[int]

    def __init__(self) -> None:
        super().__init__((("wanted", "q"), ("unwanted", "q"), ("packets", "q")))

    def want(self, wanted: int, unwanted: int) -> int:
        """Ask for packets that have all kinds of ``wanted``, among them one that is rare, and none of ``unwanted``."""
        number = self.grow(1)
        self.wanted[number], self.unwanted[number] = wanted, unwanted
        return number


class Counts(Columns):
    """Packets of each kind; row ``n`` is the kind ``1 << n``."""

    packets: array[int]

    def __init__(self) -> None:
        super().__init__((("packets", "q"),))
        self.grow(KINDS)


class Pairs(Columns):
    """Connections that opened and closed so; row ``opening * WAYS_TO_CLOSE + closing``."""

    connections: array[int]

    def __init__(self) -> None:
        super().__init__((("connections", "q"),))
        self.grow(len(OPENINGS) * WAYS_TO_CLOSE)


class Tally(Columns):
    """One row a connection, see `TALLY_COLUMNS`; ``counts``, ``pairs`` and ``bytes`` (of payload) over all of them."""

    kinds: array[int]
    opening: array[int]
    closing: array[int]
    matched: array[int]
    troubles: array[int]
    marks: array[int]
    syn_side: array[int]
    fin_end: array[int]
    fin_ack: array[int]
    payload: array[int]
    patterns: Patterns

    def __init__(self, table: PacketTable, rows: Rows, flows: Flows, connections: Connections, count: int,
                 patterns: Patterns | None = None) -> None:
        """Count the rows that are there, which belong to the first ``count`` connections of a tracker; and packets of
        ``patterns``, too."""
        super().__init__(TALLY_COLUMNS)
        self.table = table
        self.rows = rows
        self.flows = flows
        self.connections = connections
        self.counts = Counts()
        self.patterns = patterns or Patterns()
        self.origins = Origins(table, rows, flows, connections)
        self.pairs = Pairs()
        self.bytes = 0
        self.add(count)
        self.conclude()

    def add(self, count: int) -> None:
        """Count the rows that are there now, all of them not counted yet; ``count``: the connections so far."""
        self.grow(count - self.count, self.count >> 1)
        self.origins.add(count)
        self._walk()

    def conclude(self) -> None:
        """Say how the connections opened and closed, from what was counted so far."""
        flows = self.flows
        self.cut(self.count)
        self.bytes = 0
        self.pairs = Pairs()
        self.counted = self.origins.conclude()
        for number in range(self.count):
            self.opening[number] = self._opening(number)
            self.closing[number] = self._closing(number)
            if self.opening[number] == OPEN_REFUSED:
                self.origins.refuse(number, self.counted)
            self.payload[number] = flows.bytes[2 * number] + flows.bytes[2 * number + 1]
            self.bytes += self.payload[number]
            self.pairs.connections[self.opening[number] * WAYS_TO_CLOSE + self.closing[number]] += 1

    def _walk(self) -> None:
        rows, counts = self.rows, self.counts
        for row in range(rows.count):
            number = rows.connection[row]
            if number < 0:
                continue
            kinds = rows.kinds[row]
            self.origins.take(row, number, 2 * number + rows.side[row], kinds)
            self.kinds[number] |= kinds
            if kinds == k.ACK:
                counts.packets[ACK_BIT] += 1
                continue
            if kinds == k.DATA:
                counts.packets[DATA_BIT] += 1
                continue
            self._match(number, kinds)
            bit = 0
            rest = kinds
            while rest:
                if rest & 1:
                    counts.packets[bit] += 1
                rest >>= 1
                bit += 1
            if kinds & TROUBLE:
                self.troubles[number] += 1
            if kinds & (k.SYN | k.SYN_ACK | k.FIN | k.RST):
                self._mark(row, number, rows.side[row], kinds)

    def _match(self, number: int, kinds: int) -> None:
        patterns = self.patterns
        for pattern in range(patterns.count):
            if kinds & patterns.wanted[pattern] == patterns.wanted[pattern] and not kinds & patterns.unwanted[pattern]:
                patterns.packets[pattern] += 1
                self.matched[number] |= 1 << pattern

    def _mark(self, row: int, number: int, side: int, kinds: int) -> None:
        marks = self.marks[number]
        if kinds & k.SYN and not marks & SYN_SEEN:
            marks |= SYN_SEEN
            self.syn_side[number] = side
        if kinds & k.SYN_ACK:
            marks |= ANSWERED
        if kinds & k.RST and not kinds & k.NOT_ACCEPTABLE:
            if marks & FINS and not marks & RESETS:
                marks |= FIN_BEFORE_RESET
            marks |= RESET_SERVER if side else RESET_CLIENT
        if kinds & k.FIN and not kinds & k.CAPTURED_TWICE:
            marks |= self._fin(row, number, marks, FIN_SERVER if side else FIN_CLIENT)
        self.marks[number] = marks

    def _fin(self, row: int, number: int, marks: int, own: int) -> int:
        """Return the marks that a FIN adds, ``own`` among them; only the first FIN of a side counts."""
        if marks & own:
            return 0
        syn = (self.table.flags[row] & t.SYN) >> 1
        end, ack = self.rows.seq[row] + self.table.payload_length[row] + syn + 1, self.rows.ack[row]
        if marks & FINS:  # `track.NO_ACK` lies below every position; see also `causes.fins.crossed`
            return own | (CROSSED if ack < self.fin_end[number] and self.fin_ack[number] < end else 0)
        self.fin_end[number], self.fin_ack[number] = end, ack
        return own

    def _opening(self, number: int) -> int:
        marks, side = self.marks[number], self.syn_side[number]
        if marks & ANSWERED:
            return OPEN_SIMULTANEOUS if self.connections.roles[number] == SIMULTANEOUS else OPEN_HANDSHAKE
        if not marks & SYN_SEEN:
            return OPEN_UNSEEN
        if self.flows.ack[2 * number + side] >= 1:
            return OPEN_HANDSHAKE  # the SYN-ACK came: its ACK was captured
        return OPEN_REFUSED if marks & (RESET_CLIENT if side == 1 else RESET_SERVER) else OPEN_UNANSWERED

    def _closing(self, number: int) -> int:
        if self.opening[number] == OPEN_REFUSED:
            return CLOSE_REFUSED
        marks = self.marks[number]
        both = marks & FINS == FINS
        if marks & RESETS and not (both and self._is_done(2 * number) and self._is_done(2 * number + 1)):
            return CLOSE_FIN_RESET if marks & FIN_BEFORE_RESET else CLOSE_RESET
        if both:
            return CLOSE_SIMULTANEOUS if marks & CROSSED else CLOSE_ORDERLY
        return CLOSE_UNFINISHED if marks & FINS else CLOSE_OPEN

    def _is_done(self, flow: int) -> bool:
        return self.flows.state[flow] == State.TIME_WAIT or self.flows.state[flow] == State.CLOSED

    # ---- over all connections ----

    def count_matched(self, patterns: int) -> int:
        """Return how many connections have a packet of some patterns (bits of `matched`)."""
        found = 0
        for number in range(self.count):
            if self.matched[number] & patterns:
                found += 1
        return found

    def worst_matched(self, patterns: int) -> int:
        """Return which connection with a packet of some patterns has most trouble, the first of those; -1: none."""
        found = -1
        for number in range(self.count):
            if self.matched[number] & patterns and (found < 0 or self._is_worse(number, found)):
                found = number
        return found

    def worst_opened(self, opening: int) -> int:
        """Return which connection that opened so has most trouble, the first of those; -1: there is none."""
        found = -1
        for number in range(self.count):
            if self.opening[number] == opening and (found < 0 or self._is_worse(number, found)):
                found = number
        return found

    def worst_closed(self, closing: int) -> int:
        """Return which connection that closed so has most trouble, the first of those; -1: there is none."""
        found = -1
        for number in range(self.count):
            if self.closing[number] == closing and (found < 0 or self._is_worse(number, found)):
                found = number
        return found

    def next_worst(self, before: int) -> int:
        """Return the connection that comes behind ``before`` (-1: first) by its trouble; -1: no more has any."""
        found = -1
        for number in range(self.count):
            if self.troubles[number] and (before < 0 or self._is_worse(before, number)) and (
                    found < 0 or self._is_worse(number, found)):
                found = number
        return found

    def _is_worse(self, one: int, other: int) -> bool:
        mine, others = self.troubles[one], self.troubles[other]
        return mine > others or (mine == others and one < other)
