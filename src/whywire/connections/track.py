"""The pass: gives each packet its connection and side, relative positions, and its kinds; keeps both directions.

One call a packet over flat columns (see `flows`), in file order, integers only. What a packet means is decided in
`facts` from the state before it; then `_update` moves that state on. Nothing is kept per packet but its row, and no
packet looks at an earlier row: whoever needs only counts lets rows go (`forget`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from whywire.base.seq import unwrap
from whywire.connections import kinds as k
from whywire.connections.facts import Facts
from whywire.connections.flows import (
    ASSUMED,
    BASE_FROM_ACK,
    BASE_FROM_SEGMENT,
    BASE_FROM_SYN,
    HANDSHAKE,
    NO_BASE,
    SIMULTANEOUS,
    Connections,
    Flows,
    Rows,
)
from whywire.connections.index import Index
from whywire.connections.states import EVENTS, NEXT, Event, State
from whywire.packets import table as t
from whywire.packets.table import PacketTable

ROOM = 256
"""Connections that columns are grown by at a time."""
FAR = 1 << 24
"""No late packet of a connection lies this many bytes from its end (the largest windows have 2^30, in theory)."""
NO_ACK = -(1 << 60)
"""In `Rows.ack`: the packet acknowledges nothing (no ACK flag)."""


class Tracker:
    """Follows all TCP connections of one table. `track` may be called again when the table has grown.

    ``count``: the connections so far; columns have room for more.
    """

    def __init__(self, table: PacketTable) -> None:
        self.table = table
        self.rows = Rows()
        self.flows = Flows()
        self.connections = Connections()
        self.count = 0
        self._index = Index(self.connections)
        self._facts = Facts(table, self.flows, self.rows)

    def track(self) -> None:
        """Follow all rows that were added since the last call."""
        first, last = self.rows.count, self.table.count
        self.rows.grow(last - first)
        for row in range(first, last):
            if self.table.present[row] & t.TCP:
                self._packet(row)
            else:
                self.rows.connection[row] = -1

    def forget(self) -> None:
        """Take the rows away, here and in the table. Columns of connections go on counting from the first packet."""
        self.table.forget()
        self.rows.clear()

    def client(self, connection: int) -> tuple[int, int]:
        """Return address index and port of the client."""
        end = self.connections.client[connection]
        return end >> 16, end & 0xFFFF

    def _packet(self, row: int) -> None:
        flags = self.table.flags[row]
        source = self._source(row)
        connection = self._locate(row, flags, source)
        side = 0 if source == self.connections.client[connection] else 1
        self.rows.connection[row] = connection
        self.rows.side[row] = side
        conns = self.connections
        number = self.table.forgotten + row
        conns.last_row[connection] = number
        conns.packets[connection] += 1
        flow = 2 * connection + side
        self._positions(row, flow, flags)
        kinds = self._facts.kinds(row, flow, flags)
        if conns.first_row[connection] == number and conns.reused[connection]:
            kinds |= k.PORT_REUSED
        self.rows.kinds[row] = kinds
        if not kinds & (k.CAPTURED_TWICE | k.NOT_ACCEPTABLE):
            self._update(row, flow, flags, kinds)
        self.flows.last_row[flow] = number
        self._remember(row, flow, flags)

    def _remember(self, row: int, flow: int, flags: int) -> None:
        """Keep what a second copy of this packet would be known by."""
        table, flows = self.table, self.flows
        flows.was_time[flow], flows.was_packet_id[flow] = table.time_ns[row], table.packet_id[row]
        flows.was_seq[flow], flows.was_ack[flow] = table.seq[row], table.ack[row]
        flows.was_flags[flow], flows.was_window[flow] = flags, table.window[row]
        flows.was_length[flow], flows.was_ip_id[flow] = table.payload_length[row], table.ip_id[row]
        flows.was_ts_value[flow] = table.ts_value[row]

    # ---- which connection ----

    def _source(self, row: int) -> int:
        return self.table.source[row] << 16 | self.table.source_port[row]

    def _locate(self, row: int, flags: int, source: int) -> int:
        destination = self.table.destination[row] << 16 | self.table.destination_port[row]
        connection = self._index.find(source, destination)
        reused = connection >= 0
        if reused and not self._is_another(connection, row, flags):
            return connection
        connection = self._open(row, flags, source, destination)
        self.connections.reused[connection] = reused
        self._index.put(source, destination, connection)
        return connection

    def _is_another(self, connection: int, row: int, flags: int) -> bool:
        return self._is_fresh(connection, row, flags) if flags & t.SYN else self._is_foreign(connection, row, flags)

    def _is_fresh(self, connection: int, row: int, flags: int) -> bool:
        """Tell whether a SYN on known ports begins another connection: another initial sequence number."""
        flows, table = self.flows, self.table
        flow = 2 * connection + (0 if self._source(row) == self.connections.client[connection] else 1)
        peer = flow ^ 1
        if flags & t.RST:
            return False
        if flows.known[flow] == BASE_FROM_SYN:
            return flows.base[flow] != table.seq[row]
        if flags & t.ACK:
            if flows.known[peer] != BASE_FROM_SYN:
                return False
            taken = (table.ack[row] - flows.base[peer]) & 0xFFFFFFFF
            return not 1 <= taken <= max(flows.next[peer], 1)  # with TCP Fast Open data too (RFC 7413)
        # A SYN from the side that was the receiver so far: simultaneous (or split) only while the other still waits.
        return not (flows.bytes[flow] == 0 and flows.state[peer] == State.SYN_SENT)

    def _is_foreign(self, connection: int, row: int, flags: int) -> bool:
        """Tell whether a packet without SYN is of another connection on the same ports, whose SYN was not captured:
        this one is over at both ends, and both numbers lie far from where it ended."""
        flows, table = self.flows, self.table
        if flags & t.RST or not flags & t.ACK:
            return False
        flow = 2 * connection + (0 if self._source(row) == self.connections.client[connection] else 1)
        if not _is_over(flows.state[flow]) or not _is_over(flows.state[flow ^ 1]):
            return False
        return self._is_far(flow, table.seq[row]) and self._is_far(flow ^ 1, table.ack[row])

    def _is_far(self, flow: int, number: int) -> bool:
        flows = self.flows
        at = flows.base[flow] + flows.next[flow]
        return flows.known[flow] >= BASE_FROM_SEGMENT and abs(unwrap(number, at) - at) >= FAR

    def _open(self, row: int, flags: int, source: int, destination: int) -> int:
        """Begin a connection with a packet; return its number."""
        conns, flows = self.connections, self.flows
        roles = HANDSHAKE
        if flags & t.SYN and not flags & t.RST:
            from_client = not flags & t.ACK
        else:  # entered in the middle: servers have the lower port as a rule
            from_client = destination & 0xFFFF < source & 0xFFFF
            roles = ASSUMED
        number = self.count
        self.count = number + 1
        if number == conns.count:
            conns.grow(max(ROOM, number >> 2))
            flows.grow(2 * (conns.count - number))
        conns.client[number] = source if from_client else destination
        conns.server[number] = destination if from_client else source
        conns.first_row[number] = self.table.forgotten + row
        conns.roles[number] = roles
        for flow in range(2 * number, 2 * number + 2):
            flows.ack[flow] = flows.last_ack[flow] = NO_ACK
            flows.window[flow] = flows.fin[flow] = flows.mss[flow] = flows.shift[flow] = -1
            flows.last_row[flow] = -1
            flows.state[flow] = State.LISTEN
        return number

    # ---- positions ----

    def _positions(self, row: int, flow: int, flags: int) -> None:
        """Unwrap both numbers of the header; set the base of a direction where it is first seen."""
        table, flows, rows = self.table, self.flows, self.rows
        raw = table.seq[row]
        if flags & t.SYN and not flags & t.RST and flows.known[flow] != BASE_FROM_SYN:
            flows.base[flow], flows.known[flow], flows.next[flow] = raw, BASE_FROM_SYN, 0
        elif flows.known[flow] == NO_BASE and not flags & t.RST:
            flows.base[flow], flows.known[flow], flows.next[flow] = raw - 1, BASE_FROM_SEGMENT, 1
        if flows.known[flow] == NO_BASE:
            rows.seq[row] = 0  # a reset from a side that never numbered anything
        else:
            rows.seq[row] = unwrap(raw, flows.base[flow] + flows.next[flow]) - flows.base[flow]
        if not flags & t.ACK:
            rows.ack[row] = NO_ACK
            return
        peer = flow ^ 1
        raw = table.ack[row]
        if flows.known[peer] == NO_BASE:
            flows.base[peer], flows.known[peer], flows.next[peer] = raw - 1, BASE_FROM_ACK, 1
        near = flows.base[peer] + max(flows.next[peer], flows.ack[flow])
        rows.ack[row] = unwrap(raw, near) - flows.base[peer]

    # ---- moving the state on ----

    def _update(self, row: int, flow: int, flags: int, kinds: int) -> None:
        flows, peer = self.flows, flow ^ 1
        if kinds & k.RST:
            flows.rsts[flow] += 1
            self._event(flow, Event.RESET)
            self._event(peer, Event.RESET)
            return
        if flags & t.SYN:
            self._offer(row, flow, flags)
        elif flows.state[flow] in (State.LISTEN, State.SYN_SENT) and flows.known[peer] != BASE_FROM_SYN:
            self._event(flow, Event.MIDDLE)
        if flags & t.ACK:
            self._acknowledge(row, flow, kinds)
        self._announce(row, flow, flags)
        if not kinds & k.KEEP_ALIVE:
            self._advance(row, flow, flags, kinds)
        flows.probe[flow] = 1 if kinds & k.KEEP_ALIVE else 2 if kinds & k.ZERO_WINDOW_PROBE else 0
        if flows.known[flow] == BASE_FROM_ACK:
            flows.known[flow] = BASE_FROM_SEGMENT

    def _event(self, flow: int, event: int) -> None:
        state = self.flows.state
        state[flow] = NEXT[state[flow] * EVENTS + event]

    def _offer(self, row: int, flow: int, flags: int) -> None:
        """Take what a SYN offers, and the role it plays."""
        flows, table = self.flows, self.table
        present = table.present[row]
        flows.options[flow] = present
        if present & t.WINDOW_SCALE:
            flows.shift[flow] = min(table.window_scale[row], 14)  # RFC 7323 2.3
        if present & t.MSS:
            flows.mss[flow] = table.mss[row]
        if flags & t.ACK:
            self._event(flow, Event.SEND_SYN_ACK)
            return
        if flows.state[flow ^ 1] in (State.SYN_SENT, State.SYN_RECEIVED) and flows.state[flow] == State.LISTEN:
            self.connections.roles[flow >> 1] = SIMULTANEOUS
        self._event(flow, Event.SEND_SYN)

    def _acknowledge(self, row: int, flow: int, kinds: int) -> None:
        flows, peer = self.flows, flow ^ 1
        ack, before = self.rows.ack[row], flows.ack[flow]
        if flows.probe[peer] == 2 and ack == flows.next[peer] + 1:
            flows.next[peer] += 1  # the probe's byte was taken after all
            flows.bytes[peer] += 1
        if ack > before:
            if before < 1 <= ack and flows.known[peer] == BASE_FROM_SYN:
                self._event(flow, Event.RECEIVE_SYN_ACK)
                self._event(peer, Event.RECEIVE_ACK_OF_SYN)
            if flows.fin[peer] >= 0 and before <= flows.fin[peer] < ack:
                self._event(flow, Event.RECEIVE_FIN)
                self._event(peer, Event.RECEIVE_ACK_OF_FIN)
            flows.ack[flow] = ack
        if ack != flows.last_ack[flow]:
            flows.duplicates[flow] = 0
        elif kinds & k.DUPLICATE_ACK:
            flows.duplicates[flow] += 1
        flows.last_ack[flow] = ack
        flows.ack_time[flow] = self.table.time_ns[row]

    def _announce(self, row: int, flow: int, flags: int) -> None:
        flows, raw = self.flows, self.table.window[row]
        flows.raw_window[flow] = raw
        flows.window[flow] = raw if flags & t.SYN else raw << max(self._facts.shift(flow), 0)

    def _advance(self, row: int, flow: int, flags: int, kinds: int) -> None:
        """Count the new bytes of a segment, remember holes, move the end of what was sent."""
        flows = self.flows
        length = self.table.payload_length[row]
        syn, fin = (flags >> 1) & 1, flags & 1
        if length + syn + fin == 0 or kinds & k.ZERO_WINDOW_PROBE:
            return
        start = self.rows.seq[row] + syn
        end, known_end = start + length, flows.next[flow]
        new = max(0, end - max(start, known_end))
        if start > known_end and kinds & k.LOST_SEGMENT:
            flows.holes.setdefault(flow, []).append((known_end, start))
        elif start < known_end and flow in flows.holes:
            new += self._fill(flow, start, end)
        flows.bytes[flow] += new
        flows.data_segments[flow] += new > 0
        if fin and flows.fin[flow] < 0:
            flows.fin[flow] = end
            self._event(flow, Event.SEND_FIN)
        if end + fin > known_end:
            flows.next[flow] = end + fin
            flows.next_time[flow] = self.table.time_ns[row]

    def _fill(self, flow: int, start: int, end: int) -> int:
        """Take ``[start, end)`` out of the holes of a direction; return how many bytes that were."""
        filled, rest = 0, []
        holes = self.flows.holes[flow]
        first = bisect_right(holes, start, key=lambda hole: hole[1])
        last = bisect_left(holes, end, key=lambda hole: hole[0])
        for low, high in holes[first:last]:
            left, right = max(low, start), min(high, end)
            filled += max(0, right - left)
            rest += [piece for piece in ((low, left), (right, high)) if piece[0] < piece[1]]
        if filled:
            holes[first:last] = rest
        return filled


def _is_over(state: int) -> bool:
    return state == State.CLOSED or state == State.TIME_WAIT or state == State.RESET
