"""What put the packets of a capture on the wire, counted: a program's call, an answer, a timer, the kernel.

The same as `causes.cause_of` says of each packet of a laid out connection without a call trace, counted in one walk
over the rows, which may come in pieces. Where a packet's cause hangs on more than a few numbers of its connection it
is counted as undecided (`UNDECIDED`), never as a guess. A test holds both against each other over all captures.
"""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns
from whywire.connections import kinds as k
from whywire.connections.acked import Acked
from whywire.connections.books import SYN_ACK_SEEN, SYN_SEEN, SYN_SENT, Ends
from whywire.connections.flows import BASE_FROM_SYN, SIMULTANEOUS, Connections, Flows, Rows
from whywire.connections.places import (
    AT_CLIENT,
    AT_HIGHER,
    AT_LOWER,
    AT_SERVER,
    NO_TIME,
    NO_TTL,
    NOWHERE,
    ONE_HOST,
    UNSURE,
    UNTOLD,
    HostPairs,
    place_by_hops,
    place_of,
)
from whywire.connections.track import NO_ACK
from whywire.packets import table as t
from whywire.packets.table import PacketTable

(CONNECT, WRITTEN, ENDED, SYN_ACK, ACK, REPEATED_ACK, PROBE_ANSWER, FAST, REFUSAL, SYN_AGAIN, DELAYED_ACK, SPURIOUS,
 KEEP_ALIVE, WINDOW_PROBE, WINDOW_UPDATE, TWICE, UNKNOWN_ACK, RETRANSMISSION, RESET, SYN_ACK_AGAIN,
 UNDECIDED_ACK) = range(21)
UNDECIDED = RETRANSMISSION
"""This one and those behind it: only a laid out connection tells."""

ORIGINS: tuple[tuple[str, str], ...] = (
    ("call", "connect"), ("call", "data"), ("call", "fin"),
    ("answers", "syn-ack"), ("answers", "ack"), ("answers", "repeated-ack"), ("answers", "probe-answer"),
    ("answers", "fast-retransmission"), ("answers", "refusal"),
    ("timer", "syn-again"), ("timer", "delayed-ack"), ("timer", "spurious-retransmission"), ("timer", "keep-alive"),
    ("timer", "zero-window-probe"),
    ("kernel", "window-update"),
    ("unknown", "captured-twice"), ("unknown", "ack"),
    ("undecided", "retransmission"), ("undecided", "reset"), ("undecided", "syn-ack-again"), ("undecided", "ack"),
)
"""The word of `model.CauseKind` and what it was, in the order of the numbers above."""

DELAYED_NS = 35_000_000
"""As `causes.acks` has it: the shortest delayed-ACK timer in use."""
CLOCK_NS = 1_000_000
"""Resolution of TCP timestamps."""

ASKED = k.RETRANSMISSION | k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE
ACKNOWLEDGING = (k.ACK | k.DUPLICATE_ACK | k.WINDOW_UPDATE | k.KEEP_ALIVE_ACK | k.ZERO_WINDOW | k.ZERO_WINDOW_PROBE_ACK
                 | k.ACKED_UNSEEN | k.LOST_SEGMENT)
"""Kinds of a packet that only acknowledges."""
WAITING = k.RST | k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE
"""Kinds that take no number, or none that is waited for."""

PLACE_COLUMNS = (
    ("now", "q"),  # time of the last packet
    ("opener", "b"), ("answerer", "b"),  # side of the first SYN, of the first SYN-ACK; -1 none
    ("third", "B"),  # what completed the handshake was seen; 2: an ACK, and no SYN-ACK before it
    ("odd", "B"),  # its clock went back, or its opening came out of order
    ("said", "B"),  # the origin + 1 of the last packet, where that is an ACK with options that nothing here reads
    ("answered", "q"),  # time of the last SYN-ACK before the third packet
    ("to_server", "q"), ("to_client", "q"),  # from SYN to SYN-ACK, from there to the third packet; NO_TIME not seen
)


class Counted(Columns):
    """Packets of each origin; row ``n`` is number ``n`` above."""

    packets: array[int]

    def __init__(self) -> None:
        super().__init__((("packets", "q"),))
        self.grow(len(ORIGINS))


class Origins(Columns):
    """One row a connection; ``counted`` over all of them. `tally.Tally` hands it every row once, in order."""

    now: array[int]
    opener: array[int]
    answerer: array[int]
    third: array[int]
    odd: array[int]
    said: array[int]
    answered: array[int]
    to_server: array[int]
    to_client: array[int]

    def __init__(self, table: PacketTable, rows: Rows, flows: Flows, connections: Connections) -> None:
        super().__init__(PLACE_COLUMNS)
        self.table = table
        self.rows = rows
        self.flows = flows
        self.connections = connections
        self.ends = Ends()
        self.acked = Acked()
        self.counted = Counted()
        self.late = 0

    def add(self, count: int) -> None:
        """Make room for the first ``count`` connections."""
        first = self.grow(count - self.count, self.count >> 1)
        self.ends.grow(2 * (count - first), self.ends.count >> 1)
        self.acked.add(2 * count)
        ends = self.ends
        for number in range(first, count):
            self.opener[number] = self.answerer[number] = -1
            self.to_server[number] = self.to_client[number] = NO_TIME
            self.now[number] = NO_TIME
        for flow in range(2 * first, 2 * count):
            ends.ttl[flow] = NO_TTL
            ends.acked[flow] = NO_ACK
            ends.window[flow] = -1
            ends.quickest[flow] = -NO_TIME
            ends.syn[flow] = NO_TIME

    def take(self, row: int, number: int, flow: int, kinds: int) -> None:
        """Count one packet, and move on over it."""
        ends, time = self.ends, self.table.time_ns[row]
        if ends.ttl[flow] == NO_TTL:
            ends.ttl[flow] = self.table.ttl[row]
        third = step = False
        if not self.third[number]:
            third = self._opens(row, number, flow, kinds)
        elif kinds & k.SYN_ACK and self.answerer[number] < 0:
            self._give_up(number)  # and so it was not that one
            self._move(self.counted, ACK, UNDECIDED_ACK, self.third[number] - 1)
            self.third[number] = 1
        if time < self.now[number] or self.connections.roles[number] == SIMULTANEOUS:
            self._give_up(number)
        self.now[number] = time
        followed = not (kinds & (k.CAPTURED_TWICE | k.NOT_ACCEPTABLE) or self.odd[number])
        if followed:
            step = self._acknowledge(row, flow, kinds)
        if kinds & k.RST and self.said[number]:  # it may tell of a fast close of MPTCP, which is a call
            self._move(self.counted, self.said[number] - 1, UNDECIDED_ACK, 1)
        origin = self._origin(row, number, flow, kinds, third, step)
        self.counted.packets[origin] += 1
        is_option = self.table.present[row] & t.OTHER_OPTIONS and not kinds & ~ACKNOWLEDGING
        self.said[number] = origin + 1 if is_option else 0
        if kinds & (k.SYN | k.SYN_ACK):
            ends.seen[flow] |= SYN_SEEN if kinds & k.SYN else SYN_ACK_SEEN
        if followed:
            self._send(row, number, flow, kinds)
        ends.heard[flow] = kinds

    def _give_up(self, number: int) -> None:
        """Follow a connection no longer: what its ACKs answer is undecided from here on."""
        self.odd[number] = 1
        self.acked.drop(2 * number)
        self.acked.drop(2 * number + 1)

    # ---- the handshake (`scene.find_opening`) ----

    def _opens(self, row: int, number: int, flow: int, kinds: int) -> bool:
        """Follow the handshake; tell whether this packet completes it."""
        ends, time, side = self.ends, self.table.time_ns[row], flow & 1
        if kinds & k.SYN:
            if self.opener[number] < 0:
                self.opener[number] = side
                if ends.spoke[flow] or ends.spoke[flow ^ 1]:
                    self._give_up(number)
            if self.answerer[number] < 0:
                ends.syn[flow] = time
            return False
        if kinds & k.SYN_ACK and (self.answerer[number] < 0 or self.answerer[number] == side):
            if self.answerer[number] < 0:
                self.answerer[number] = side
                asked = ends.syn[flow ^ 1]
                if asked >= 0 and time >= 0:
                    self.to_server[number] = time - asked
            self.answered[number] = time
            return False
        if kinds & k.RST or self.rows.ack[row] < 1:
            return False
        if self.answerer[number] >= 0:
            if self.answerer[number] == side:
                return False
            self.third[number] = 1
            self.to_client[number] = time - self.answered[number]
            return True
        if self.opener[number] != side or kinds & (k.NOT_ACCEPTABLE | k.CAPTURED_TWICE):
            return False
        self.third[number] = 1 if kinds & (k.DATA | k.FIN) else 2  # the SYN-ACK came, as its ACK shows
        return True

    # ---- both sides' books (`scene._keep_books`) ----

    def _acknowledge(self, row: int, flow: int, kinds: int) -> bool:
        """Take in an acknowledgment; tell whether it answers a segment, and leave in ``acked`` which one."""
        ends, ack, peer = self.ends, self.rows.ack[row], flow ^ 1
        before = ends.acked[flow]
        if ack == NO_ACK or (kinds & k.RST and ack < max(before, 0)):
            return False
        if ack <= before:
            return False
        ends.acked[flow] = ack
        if before == NO_ACK:
            if ends.seen[peer] & SYN_SENT:
                before = 0
            elif ends.spoke[peer] == 2:
                before = ends.begin[peer]
            else:
                return False
            if ack <= before:
                return False
        acked = self.acked
        acked.take(peer, before, ack, ends.seen[peer] & SYN_SENT > 0)
        if acked.newest < 0:
            return False
        if acked.data[acked.newest] and self.table.flags[row] & (t.SYN | t.FIN | t.RST | t.ACK) == t.ACK \
                and not self.table.payload_length[row]:
            ends.quickest[flow] = min(ends.quickest[flow], self.table.time_ns[row] - acked.time[acked.newest])
        return True

    def _send(self, row: int, number: int, flow: int, kinds: int) -> None:
        """Take in what a packet sends, and the window that it announces."""
        ends, table, flags = self.ends, self.table, self.table.flags[row]
        if kinds & k.RST:
            ends.spoke[flow] = max(ends.spoke[flow], 1)
            return
        seq = self.rows.seq[row]
        if ends.spoke[flow] != 2:
            ends.spoke[flow], ends.begin[flow] = 2, seq
        ends.window[flow] = self._window(row, flow)
        length = table.payload_length[row]
        syn, fin = (flags >> 1) & 1, flags & 1
        if length + syn + fin and not kinds & WAITING:
            if syn:
                ends.seen[flow] |= SYN_SENT
            time = table.time_ns[row]
            stamp = table.ts_value[row] if table.present[row] & t.TIMESTAMPS else -1
            if not self.acked.send(flow, seq, seq + length + syn + fin, time, stamp, length > 0, fin > 0):
                self._give_up(number)

    def _window(self, row: int, flow: int) -> int:
        flows, peer, window = self.flows, flow ^ 1, self.table.window[row]
        if self.table.flags[row] & t.SYN:
            return window
        if flows.known[flow] != BASE_FROM_SYN or flows.known[peer] != BASE_FROM_SYN:
            return -1
        return window << flows.shift[flow] if flows.shift[flow] >= 0 and flows.shift[peer] >= 0 else window

    # ---- the origin (`causes.cause_of`) ----

    def _origin(self, row: int, number: int, flow: int, kinds: int, third: bool, step: bool) -> int:
        if kinds & (k.CAPTURED_TWICE | k.RST):
            return TWICE if kinds & k.CAPTURED_TWICE else RESET
        if kinds & k.SYN:
            return SYN_AGAIN if self.ends.seen[flow] & SYN_SEEN else CONNECT
        if kinds & k.SYN_ACK:
            return SYN_ACK_AGAIN if self.ends.seen[flow] & SYN_ACK_SEEN else SYN_ACK
        if kinds & k.RETRANSMISSION:
            if kinds & k.SPURIOUS_RETRANSMISSION:
                return SPURIOUS
            return FAST if kinds & k.FAST_RETRANSMISSION else RETRANSMISSION
        if kinds & (k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE):
            return KEEP_ALIVE if kinds & k.KEEP_ALIVE else WINDOW_PROBE
        if kinds & (k.DATA | k.FIN):
            return WRITTEN if kinds & k.DATA else ENDED
        if self.odd[number]:
            return UNDECIDED_ACK
        if third and self.table.flags[row] & t.ACK:
            return ACK
        return self._ack(row, number, flow, kinds, step)

    def _ack(self, row: int, number: int, flow: int, kinds: int, step: bool) -> int:
        """Return the origin of a packet that only acknowledges (`causes.acks`)."""
        if kinds & (k.KEEP_ALIVE_ACK | k.ZERO_WINDOW_PROBE_ACK):
            return PROBE_ANSWER
        if step:
            return self._of_segment(row, number, flow)
        heard = self.ends.heard[flow ^ 1]
        asked = heard & ASKED
        if kinds & k.WINDOW_UPDATE and self.ends.window[flow] >= 0:
            window = self._window(row, flow)
            if window > self.ends.window[flow]:
                return UNDECIDED_ACK if asked and self.table.present[row] & t.SACK else WINDOW_UPDATE
        return REPEATED_ACK if kinds & k.DUPLICATE_ACK or asked else UNKNOWN_ACK

    def _of_segment(self, row: int, number: int, flow: int) -> int:
        """Return the origin of an ACK of something new: by its delay (`causes.acks._of_segment`)."""
        acked = self.acked
        delay = self.table.time_ns[row] - acked.time[acked.newest]
        if delay < DELAYED_NS:
            return ACK
        if acked.fin_only:
            return self._late(row, flow)
        if acked.end[acked.newest] > self.rows.ack[row] or self._built_at_once(row, number):
            return ACK
        if self.opener[number] >= 0 and (self.answerer[number] < 0 or not self.third[number]):
            return UNDECIDED_ACK  # the round trip is not known yet
        way = self.to_client[number] if flow & 1 == 0 else self.to_server[number]
        if way > 0 and delay - way < DELAYED_NS and not self._is_one_host(number):
            return self._late(row, flow)
        return DELAYED_ACK

    def _late(self, row: int, flow: int) -> int:
        """Note an ACK that a timer sent if the capture was taken at its sender; where that was shows at the end."""
        if self.table.present[row] & t.OTHER_OPTIONS:
            return UNDECIDED_ACK
        self.ends.late[flow] += 1
        self.late += 1
        return ACK

    def _built_at_once(self, row: int, number: int) -> bool:
        """Tell whether timestamps of one clock show that an ACK was made at once and captured late."""
        table, stamp = self.table, self.acked.stamp[self.acked.newest]
        if stamp < 0 or not table.present[row] & t.TIMESTAMPS or not self._is_one_host(number):
            return False
        ticks = (table.ts_value[row] - stamp) & 0xFFFFFFFF
        return ticks < 1 << 31 and ticks * CLOCK_NS <= CLOCK_NS

    # ---- where the capture was taken (`vantage`) ----

    def _is_one_host(self, number: int) -> bool:
        one, other = self.connections.client[number] >> 16, self.connections.server[number] >> 16
        return one == other or self._is_loopback(one, other)

    def _is_loopback(self, one: int, other: int) -> bool:
        first, second = self.table.addresses[one], self.table.addresses[other]
        return len(first) == 4 and first[0] == 127 and second[0] == 127

    def _place(self, number: int) -> int:
        """Return the place that a connection shows by itself."""
        ends, one = self.ends, 2 * number
        if self._is_one_host(number):
            return ONE_HOST
        to_server, to_client = self.to_server[number], self.to_client[number]
        place = place_of(to_server, to_client, ends.ttl[one], ends.ttl[one + 1])
        if place not in (AT_CLIENT, AT_SERVER) or place_by_hops(ends.ttl[one], ends.ttl[one + 1]) != UNSURE:
            return place
        far = one + 1 if place == AT_CLIENT else one
        return UNSURE if 2 * ends.quickest[far] < max(to_server, to_client) else place

    def pairs(self) -> HostPairs:
        """Return what the connections between each two hosts say of the place, taken together."""
        pairs, conns = HostPairs(), self.connections
        for number in range(self.count):
            client, server, place = conns.client[number] >> 16, conns.server[number] >> 16, self._place(number)
            said = NOWHERE
            if self.odd[number]:
                said = UNTOLD
            elif place in (AT_CLIENT, AT_SERVER):
                said = AT_LOWER if (client < server) == (place == AT_CLIENT) else AT_HIGHER
            pairs.say(client, server, said)
        return pairs

    def agreed(self, number: int, pairs: HostPairs) -> int:
        """Return the place of a connection with contradictions taken out (`vantage.agree`); -1: it can't be told."""
        place = -1 if self.odd[number] else self._place(number)
        if place not in (AT_CLIENT, AT_SERVER):
            return place
        said = pairs.said(self.connections.client[number] >> 16, self.connections.server[number] >> 16)
        if said & UNTOLD:
            return -1
        return place if said in (AT_LOWER, AT_HIGHER) else UNSURE

    # ---- the sums ----

    def conclude(self) -> Counted:
        """Return the packets of each origin so far; `refuse` remains to be told which connections were refused."""
        found, ends = Counted(), self.ends
        for origin in range(found.count):
            found.packets[origin] = self.counted.packets[origin]
        if self.late:
            pairs = self.pairs()
            for flow in range(2 * self.count):
                if ends.late[flow]:
                    place = self.agreed(flow >> 1, pairs)
                    if place < 0:
                        self._move(found, ACK, UNDECIDED_ACK, ends.late[flow])
                    elif place == ONE_HOST or place == (AT_SERVER if flow & 1 else AT_CLIENT):
                        self._move(found, ACK, DELAYED_ACK, ends.late[flow])
        return found

    def refuse(self, number: int, found: Counted) -> None:
        """Count the resets of a connection that was refused as what they are."""
        flows = self.flows
        self._move(found, RESET, REFUSAL, flows.rsts[2 * number] + flows.rsts[2 * number + 1])

    def _move(self, found: Counted, one: int, other: int, packets: int) -> None:
        found.packets[one] -= packets
        found.packets[other] += packets
