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
from whywire.connections.states import State
from whywire.packets import table as t
from whywire.packets.table import PacketTable

OPEN_UNSEEN, OPEN_HANDSHAKE, OPEN_REFUSED, OPEN_UNANSWERED, OPEN_SIMULTANEOUS = range(5)
CLOSE_OPEN, CLOSE_ORDERLY, CLOSE_SIMULTANEOUS, CLOSE_RESET, CLOSE_FIN_RESET, CLOSE_REFUSED, CLOSE_UNFINISHED = range(7)

OPENINGS = ("unseen", "handshake", "refused", "unanswered", "simultaneous")
CLOSINGS = ("open", "orderly", "simultaneous", "reset", "fin-then-reset", "refused", "unfinished")
"""The words of `model.OpenKind` and `model.CloseKind`, in the order of the numbers above."""

KINDS = 24

TALLY_COLUMNS = (
    ("kinds", "I"),  # all kinds of its packets together
    ("opening", "B"), ("closing", "B"),
    ("troubles", "I"),  # packets of a kind that a connection without trouble has not
    ("syn", "q"), ("answer", "q"),  # packets (from 0) of the first SYN and the first SYN-ACK; -1 none
    ("reset_client", "q"), ("reset_server", "q"),  # packets of the first acceptable reset of each side; -1 none
    ("fin_client", "q"), ("fin_server", "q"),  # packets of the first FIN of each side; -1 none
    ("fin_client_end", "q"), ("fin_server_end", "q"),  # the position behind that FIN
    ("fin_client_ack", "q"), ("fin_server_ack", "q"),  # what that packet acknowledges; `track.NO_ACK`: nothing
    ("syn_side", "B"),  # of the first SYN
    ("payload", "q"),  # bytes of payload that are not repeats
)
TROUBLE = (k.RETRANSMISSION | k.OUT_OF_ORDER | k.DUPLICATE_ACK | k.KEEP_ALIVE | k.WINDOW_FULL | k.ZERO_WINDOW
           | k.ZERO_WINDOW_PROBE | k.LOST_SEGMENT | k.ACKED_UNSEEN | k.CAPTURED_TWICE | k.NOT_ACCEPTABLE | k.RST)


class Counts(Columns):
    """Packets of each kind; row ``n`` is the kind ``1 << n``."""

    packets: array[int]

    def __init__(self) -> None:
        super().__init__((("packets", "q"),))
        self.grow(KINDS)


class Tally(Columns):
    """One row a connection, see `TALLY_COLUMNS`; ``counts`` over all of them."""

    kinds: array[int]
    opening: array[int]
    closing: array[int]
    troubles: array[int]
    syn: array[int]
    answer: array[int]
    reset_client: array[int]
    reset_server: array[int]
    fin_client: array[int]
    fin_server: array[int]
    fin_client_end: array[int]
    fin_server_end: array[int]
    fin_client_ack: array[int]
    fin_server_ack: array[int]
    syn_side: array[int]
    payload: array[int]

    def __init__(self, table: PacketTable, rows: Rows, flows: Flows, connections: Connections, count: int) -> None:
        """Count the rows that are there, which belong to the first ``count`` connections of a tracker."""
        super().__init__(TALLY_COLUMNS)
        self.table = table
        self.rows = rows
        self.flows = flows
        self.connections = connections
        self.counts = Counts()
        self.add(count)
        self.conclude()

    def add(self, count: int) -> None:
        """Count the rows that are there now, all of them not counted yet; ``count``: the connections so far."""
        first = self.grow(count - self.count, self.count >> 1)
        for number in range(first, count):
            self.syn[number] = self.answer[number] = -1
            self.reset_client[number] = self.reset_server[number] = -1
            self.fin_client[number] = self.fin_server[number] = -1
        self._walk()

    def conclude(self) -> None:
        """Say how the connections opened and closed, from what was counted so far."""
        flows = self.flows
        self.cut(self.count)
        for number in range(self.count):
            self.opening[number] = self._opening(number)
            self.closing[number] = self._closing(number)
            self.payload[number] = flows.bytes[2 * number] + flows.bytes[2 * number + 1]

    def _walk(self) -> None:
        rows, counts = self.rows, self.counts
        for row in range(rows.count):
            number = rows.connection[row]
            if number < 0:
                continue
            kinds = rows.kinds[row]
            self.kinds[number] |= kinds
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

    def _mark(self, row: int, number: int, side: int, kinds: int) -> None:
        packet = self.table.forgotten + row
        if kinds & k.SYN and self.syn[number] < 0:
            self.syn[number], self.syn_side[number] = packet, side
        if kinds & k.SYN_ACK and self.answer[number] < 0:
            self.answer[number] = packet
        if kinds & k.RST and not kinds & k.NOT_ACCEPTABLE:
            if side == 0 and self.reset_client[number] < 0:
                self.reset_client[number] = packet
            elif side == 1 and self.reset_server[number] < 0:
                self.reset_server[number] = packet
        if kinds & k.FIN and not kinds & k.CAPTURED_TWICE:
            syn = (self.table.flags[row] & t.SYN) >> 1
            end, ack = self.rows.seq[row] + self.table.payload_length[row] + syn + 1, self.rows.ack[row]
            if side == 0 and self.fin_client[number] < 0:
                self.fin_client[number], self.fin_client_end[number], self.fin_client_ack[number] = packet, end, ack
            elif side == 1 and self.fin_server[number] < 0:
                self.fin_server[number], self.fin_server_end[number], self.fin_server_ack[number] = packet, end, ack

    def _opening(self, number: int) -> int:
        if self.answer[number] >= 0:
            return OPEN_SIMULTANEOUS if self.connections.roles[number] == SIMULTANEOUS else OPEN_HANDSHAKE
        if self.syn[number] < 0:
            return OPEN_UNSEEN
        side = self.syn_side[number]
        if self.flows.ack[2 * number + side] >= 1:
            return OPEN_HANDSHAKE  # the SYN-ACK came: its ACK was captured
        refusal = self.reset_client[number] if side == 1 else self.reset_server[number]
        return OPEN_UNANSWERED if refusal < 0 else OPEN_REFUSED

    def _closing(self, number: int) -> int:
        if self.opening[number] == OPEN_REFUSED:
            return CLOSE_REFUSED
        one, other = self.fin_client[number], self.fin_server[number]
        both = one >= 0 and other >= 0
        reset = self._first(self.reset_client[number], self.reset_server[number])
        if reset >= 0 and not (both and self._is_done(2 * number) and self._is_done(2 * number + 1)):
            fin = self._first(one, other)
            return CLOSE_FIN_RESET if 0 <= fin < reset else CLOSE_RESET
        if both:
            return CLOSE_SIMULTANEOUS if self._crossed(number) else CLOSE_ORDERLY
        return CLOSE_UNFINISHED if one >= 0 or other >= 0 else CLOSE_OPEN

    def _first(self, one: int, other: int) -> int:
        """Return the earlier of two rows; -1 where neither is there."""
        if one < 0 or other < 0:
            return max(one, other)
        return min(one, other)

    def _is_done(self, flow: int) -> bool:
        return self.flows.state[flow] == State.TIME_WAIT or self.flows.state[flow] == State.CLOSED

    def _crossed(self, number: int) -> bool:
        """Tell whether neither FIN acknowledges the other (RFC 9293 figure 13); see `causes.fins.crossed`."""
        # `track.NO_ACK` lies below every position
        return (self.fin_client_ack[number] < self.fin_server_end[number]
                and self.fin_server_ack[number] < self.fin_client_end[number])
