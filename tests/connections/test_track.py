"""The pass: connections, sides, positions, and counters, over ladders and arbitrary packets."""

from __future__ import annotations

from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connections.accounts import of_ladder, only
from whywire.connections.track import NO_ACK, Tracker
from whywire.packets import table as t


def table_of(packets: list[tuple[int, int, int, int, int]]) -> t.PacketTable:
    """Return a table of (direction, flags, seq, ack, length) between two endpoints, a millisecond apart."""
    table = t.PacketTable()
    table.grow(len(packets))
    ends = [(table.intern_address(bytes([10, 0, 0, i])), 1000 * i) for i in (1, 2)]
    for row, (direction, flags, seq, ack, length) in enumerate(packets):
        table.present[row] = t.TCP | t.TIME | t.IPV4
        table.time_ns[row] = row * 1_000_000
        table.ip_id[row] = row + 1
        (table.source[row], table.source_port[row]) = ends[direction]
        (table.destination[row], table.destination_port[row]) = ends[1 - direction]
        table.flags[row], table.seq[row], table.ack[row], table.payload_length[row] = flags, seq, ack, length
        table.window[row] = 1000
    return table


numbers = st.one_of(st.integers(0, 40), st.integers(0, 0xFFFFFFFF), st.integers(0xFFFFFFF0, 0xFFFFFFFF))
packet = st.tuples(st.integers(0, 1), st.integers(0, 0x1FF), numbers, numbers, st.integers(0, 40))
packets = st.lists(packet, max_size=40)
Packets = list[tuple[int, int, int, int, int]]


@settings(derandomize=True, max_examples=300)
@given(packets)
def test_any_packets_are_followed(found: Packets) -> None:
    tracker = Tracker(table_of(found))
    tracker.track()
    rows, flows, conns = tracker.rows, tracker.flows, tracker.connections
    assert len(rows.side) == len(found)
    assert sum(conns.packets) == len(found)
    for row, (_, flags, _, _, _) in enumerate(found):
        assert conns.first_row[rows.connection[row]] <= row <= conns.last_row[rows.connection[row]]
        assert (rows.ack[row] == NO_ACK) == (not flags & t.ACK)
    assert sum(flows.bytes) <= sum(length for *_, length in found)


@settings(derandomize=True, max_examples=100)
@given(packets, st.integers(1, 10))
def test_a_table_that_grows_is_followed_as_if_it_were_whole(found: Packets, at: int) -> None:
    whole = Tracker(table_of(found))
    whole.track()
    grown = Tracker(table_of(found[:at]))
    grown.track()
    _take_over(grown.table, table_of(found))
    grown.track()
    for name in ("connection", "side", "seq", "ack", "kinds"):
        assert getattr(grown.rows, name) == getattr(whole.rows, name)


def _take_over(table: t.PacketTable, longer: t.PacketTable) -> None:
    """Append the rows that ``longer`` has beyond those of ``table``."""
    have = len(table)
    table.grow(len(longer) - have)
    for name, _, _ in t.COLUMNS:
        column: array[int] = getattr(table, name)
        column[have:] = getattr(longer, name)[have:]


def test_bytes_that_fill_a_gap_count_once() -> None:
    found = only(of_ladder("""
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+0.001 a>b A  1:1(0) ack 1 win 64240
+0.001 a>b A  1:101(100)   ack 1
+0.001 a>b A  201:301(100) ack 1
+0.001 a>b A  101:201(100) ack 1
+0.300 a>b A  101:301(200) ack 1
"""))
    assert (found.client.bytes, found.client.data_segments) == (300, 3)
    plain = {"data", "ack", "syn", "syn-ack"}
    shown = {s.packet: set(s.kinds) - plain for s in found.segments if set(s.kinds) - plain}
    assert shown == {5: {"lost-segment"}, 6: {"out-of-order"}, 7: {"retransmission"}}


def test_a_syn_ack_may_acknowledge_the_data_of_the_syn() -> None:
    found = only(of_ladder("""
+0.000 a>b S  0:10(10)      win 64240
+0.050 b>a SA 0:0(0) ack 11 win 64240
+0.050 a>b A  11:11(0) ack 1 win 64240
"""))
    assert (found.roles, found.client.bytes, found.opening.syn_ack, found.opening.third) == ("handshake", 10, 2, 3)


OVER = """
connection c1 a:50001 > b:80 isn 1000 2000
connection c2 a:50001 > b:80 isn {isn} {isn}
+0.000 c1 a>b S  0:0(0)       win 64240
+0.001 c1 b>a SA 0:0(0) ack 1 win 64240
+0.001 c1 a>b A  1:1(0) ack 1
+0.001 c1 a>b FA 1:1(0) ack 1
+0.001 c1 b>a FA 1:1(0) ack 2
+0.001 c1 a>b A  2:2(0) ack 2
+9     c2 a>b PA 1:9(8) ack 1
"""


def test_ports_used_again_without_a_syn() -> None:
    found = of_ladder(OVER.format(isn=3_000_000_000))
    assert [(c.roles, c.packets) for c in found.connections] == [("handshake", 6), ("assumed", 1)]
    assert "port-reused" in found.connections[1].segments[0].kinds


def test_a_late_packet_is_still_the_old_connections() -> None:
    assert len(of_ladder(OVER.format(isn=1_050)).connections) == 1
