"""What a packet is, decided from the state of its connection before it (RFC 9293, tshark's meanings; see `kinds`)."""

from __future__ import annotations

from bisect import bisect_right

from whywire.connections import kinds as k
from whywire.connections.flows import BASE_FROM_ACK, BASE_FROM_SEGMENT, BASE_FROM_SYN, Flows, Rows
from whywire.connections.states import State
from whywire.packets import table as t
from whywire.packets.table import PacketTable

FAST_NS = 20_000_000
"""A fast retransmission follows the last duplicate ACK within this time (tshark)."""
REORDER_NS = 3_000_000
"""Segments that overtake each other do so within this time (tshark's default where no RTT is known)."""
TWICE_NS = 1_000_000
"""Two copies of one frame are captured within this time."""
ETHERNET = 1
LARGEST_FRAME = 9_300
"""No Ethernet link carries a larger frame (jumbo frames have 9,216 bytes at most)."""


class Facts:
    """Decides the kinds of one packet after the other. Holds no state of its own."""

    def __init__(self, table: PacketTable, flows: Flows, rows: Rows) -> None:
        self.table = table
        self.flows = flows
        self.rows = rows

    def shift(self, flow: int) -> int:
        """Return the shift for this direction's windows; 0 when scaling was refused, -1 when it can't be known."""
        flows, peer = self.flows, flow ^ 1
        if flows.known[flow] != BASE_FROM_SYN or flows.known[peer] != BASE_FROM_SYN:
            return -1
        return flows.shift[flow] if flows.shift[flow] >= 0 and flows.shift[peer] >= 0 else 0

    def kinds(self, row: int, flow: int, flags: int) -> int:
        """Return the kinds of the packet in ``row`` as a bit mask."""
        length = self.table.payload_length[row]
        if self._is_copy(row, flow):
            return _plain(flags, length) | k.CAPTURED_TWICE
        if flags & t.RST:
            return k.RST if self._acceptable_reset(row, flow, flags) else k.RST | k.NOT_ACCEPTABLE
        kinds = self._probe(row, flow, flags, length)
        if not kinds:
            kinds = _plain(flags, length)
            if length and self._is_super(row, flow, length):
                kinds |= k.SUPER_SEGMENT
            kinds |= self._order(row, flow, flags, length)
        if not flags & (t.SYN | t.FIN | t.RST):
            kinds |= self._window(row, flow, length)
            if length == 0 and flags & t.ACK and not kinds & (k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE):
                kinds |= self._repeated(row, flow)
        if flags & t.ACK and self._acks_unseen(row, flow):
            kinds |= k.ACKED_UNSEEN
        return kinds

    # ---- artefacts ----

    def _is_copy(self, row: int, flow: int) -> bool:
        """Tell whether this is the last packet of its direction once more: same IP id, same bytes, at the same time."""
        table, flows = self.table, self.flows
        if flows.last_row[flow] < 0 or not 0 <= table.time_ns[row] - flows.was_time[flow] < TWICE_NS:
            return False
        same = (
            table.seq[row] == flows.was_seq[flow] and table.ack[row] == flows.was_ack[flow]
            and table.flags[row] == flows.was_flags[flow] and table.window[row] == flows.was_window[flow]
            and table.payload_length[row] == flows.was_length[flow] and table.ip_id[row] == flows.was_ip_id[flow]
            and table.ts_value[row] == flows.was_ts_value[flow] and table.packet_id[row] == flows.was_packet_id[flow]
        )
        # Without an IP id two like ACKs may well be two; a segment sent again has another id or comes later.
        return same and (table.ip_id[row] != 0 or table.payload_length[row] > 0)

    def _is_super(self, row: int, flow: int, length: int) -> bool:
        """Tell whether the payload is larger than what one segment can carry on the wire here."""
        mss = self.flows.mss[flow ^ 1]
        if mss > 0:
            return length > mss
        if length <= LARGEST_FRAME:
            return False
        table = self.table
        if table.interfaces and table.interfaces[table.interface[row]].link_type == ETHERNET:
            return True
        return length > 65535

    def _acks_unseen(self, row: int, flow: int) -> bool:
        flows, peer = self.flows, flow ^ 1
        if flows.known[peer] < BASE_FROM_SEGMENT:
            return False
        if self.rows.ack[row] <= flows.ack[flow]:
            return False  # said before
        beyond = self.rows.ack[row] - flows.next[peer]
        return beyond > 0 and not (flows.probe[peer] == 2 and beyond == 1)

    # ---- resets ----

    def _acceptable_reset(self, row: int, flow: int, flags: int) -> bool:
        """RFC 5961 3.2: in SYN-SENT its ACK must be right; else its number must be the next one expected.

        What the receiver expects lies between what it has acknowledged and what was sent; a number beyond, though it
        may lie in the window, gets a challenge ACK at best. Where the capture misses segments the window has to do.
        """
        flows, peer = self.flows, flow ^ 1
        if flows.state[peer] == State.SYN_SENT:
            return not flags & t.ACK or self.rows.ack[row] == 1
        if flows.known[flow] <= BASE_FROM_ACK or flows.last_row[peer] < 0:
            return True  # nothing to hold it against
        expected = flows.ack[peer]
        if expected < 0:
            return True
        if flows.fin[flow] == self.rows.seq[row] == expected - 1:
            return True  # one below: not in the window, and yet taken after a FIN (Linux tcp_reset_check())
        reach = flows.next[flow]
        if flow in flows.holes or self.rows.ack[row] > flows.next[peer]:
            shift = self.shift(peer)
            reach = max(reach, expected + (flows.raw_window[peer] << (14 if shift < 0 else shift)))
        return expected <= self.rows.seq[row] <= reach

    # ---- probes, windows, repeated ACKs ----

    def _probe(self, row: int, flow: int, flags: int, length: int) -> int:
        """A segment that asks only for an answer: keep-alive (RFC 9293 3.8.4) or zero-window probe (3.8.6.1)."""
        flows, peer = self.flows, flow ^ 1
        if length > 1 or flags & (t.SYN | t.FIN | t.RST) or flows.known[flow] < BASE_FROM_SEGMENT:
            return 0
        behind = flows.next[flow] - self.rows.seq[row]
        if flows.window[peer] == 0 and flows.raw_window[peer] == 0 and (behind == 1 or (behind == 0 and length == 1)):
            return k.ZERO_WINDOW_PROBE
        if behind == 1 and flows.ack[peer] >= flows.next[flow] and flows.last_row[flow] >= 0:
            return k.KEEP_ALIVE
        return 0

    def _window(self, row: int, flow: int, length: int) -> int:
        flows, peer = self.flows, flow ^ 1
        kinds = 0
        if self.table.window[row] == 0:
            kinds |= k.ZERO_WINDOW
        if length and self.shift(peer) >= 0 and flows.ack[peer] >= 0 and flows.window[peer] > 0:
            edge = flows.ack[peer] + flows.window[peer]
            if self.rows.seq[row] + length == edge:
                kinds |= k.WINDOW_FULL
        return kinds

    def _repeated(self, row: int, flow: int) -> int:
        """A pure ACK with the number of the one before it: update, answer to a probe, or duplicate."""
        flows, peer = self.flows, flow ^ 1
        if flows.last_row[flow] < 0 or self.rows.ack[row] != flows.last_ack[flow]:
            return 0
        if self.rows.seq[row] != flows.next[flow]:
            return 0
        raw = self.table.window[row]
        if raw != flows.raw_window[flow]:
            return k.WINDOW_UPDATE if raw else 0
        if flows.probe[peer] == 1 and raw:
            return k.KEEP_ALIVE_ACK
        if raw == 0:
            return k.ZERO_WINDOW_PROBE_ACK if flows.probe[peer] == 2 else 0
        return k.DUPLICATE_ACK if flows.next[peer] > self.rows.ack[row] else 0

    # ---- order ----

    def _order(self, row: int, flow: int, flags: int, length: int) -> int:
        flows, peer = self.flows, flow ^ 1
        seq = self.rows.seq[row]
        if flows.known[flow] < BASE_FROM_SEGMENT or flows.last_row[flow] < 0:
            return 0
        if seq > flows.next[flow]:
            return k.LOST_SEGMENT
        consumed = length + ((flags >> 1) & 1) + (flags & 1)
        if consumed == 0 or seq >= flows.next[flow]:
            return 0
        if flags & t.SYN and flags & t.ACK and flows.state[flow] == State.SYN_SENT:
            return 0  # the answer of a simultaneous open repeats the SYN's number (RFC 9293 figure 7)
        if length and seq + length <= flows.ack[peer]:
            return k.RETRANSMISSION | k.SPURIOUS_RETRANSMISSION
        now = self.table.time_ns[row]
        if flows.duplicates[peer] >= 2 and flows.last_ack[peer] == seq and now - flows.ack_time[peer] < FAST_NS:
            return k.RETRANSMISSION | k.FAST_RETRANSMISSION
        if self._in_hole(flow, seq, seq + length) and now - flows.next_time[flow] < REORDER_NS:
            return k.OUT_OF_ORDER
        return k.RETRANSMISSION

    def _in_hole(self, flow: int, start: int, end: int) -> bool:
        """Tell whether these bytes were never seen before."""
        holes = self.flows.holes.get(flow, [])
        at = bisect_right(holes, start, key=lambda hole: hole[0]) - 1
        return at >= 0 and end <= holes[at][1]


def _plain(flags: int, length: int) -> int:
    kinds = 0
    if flags & t.SYN:
        kinds = k.SYN_ACK if flags & t.ACK else k.SYN
    if flags & t.RST:
        return kinds | k.RST
    if length:
        kinds |= k.DATA
    if flags & t.FIN:
        kinds |= k.FIN
    if not kinds and flags & t.ACK:
        kinds = k.ACK
    return kinds
