"""Round trips, bytes in flight, SACK and D-SACK, window by window."""

from __future__ import annotations

from tests.connections.accounts import note, of_ladder, only, segment, trap
from whywire.connections.why import Why

SHAKE = """
+0.000 a>b S  0:0(0)       win 64240 <mss 1460, sackOK>
+0.050 b>a SA 0:0(0) ack 1 win 64240 <mss 1460, sackOK>
+0.001 a>b A  1:1(0) ack 1 win 64240
"""


def test_bytes_in_flight_count_what_is_not_acknowledged() -> None:
    found = only(of_ladder(SHAKE + """
+0.001 a>b A  1:1001(1000)    ack 1
+0.001 a>b PA 1001:1501(500)  ack 1
+0.050 b>a A  1:1(0)          ack 1001
+0.001 a>b FPA 1501:1601(100) ack 1
"""))
    assert [segment(found, n).in_flight for n in (4, 5, 6, 7)] == [1000, 1500, None, 600]


def test_the_round_trip_of_each_segment_of_one_ack() -> None:
    found = only(of_ladder(SHAKE + """
+0.001 a>b A  1:1001(1000)    ack 1
+0.010 a>b PA 1001:1501(500)  ack 1
+0.050 b>a A  1:1(0)          ack 1501
"""))
    assert [segment(found, n).rtt_ns for n in (1, 4, 5)] == [50_000_000, 60_000_000, 50_000_000]


def test_a_segment_sent_twice_has_no_round_trip() -> None:
    found = only(trap("01_one_byte_retx"))
    assert [segment(found, n).rtt_ns for n in (4, 5)] == [None, None]


def test_the_first_of_three_acks_times_a_super_segment() -> None:
    found = only(trap("03_gro_superseg"))
    assert segment(found, 4).rtt_ns == segment(found, 5).time_ns - segment(found, 4).time_ns


def test_sack_says_what_has_arrived_beyond_the_gap() -> None:
    found = only(of_ladder(SHAKE + """
+0.001 b>a A 1:1001(1000)    ack 1
+0.001 b>a A 1001:2001(1000) ack 1
+0.001 a>b A 1:1(0) ack 1 <sack 1001:2001>
"""))
    assert segment(found, 6).sack == ((1001, 2001),)
    assert note(segment(found, 6), Why.SACKED).params == {"low": 1001, "high": 2000, "ack": 1}


def test_a_first_block_below_the_ack_reports_a_duplicate() -> None:
    found = only(of_ladder(SHAKE + """
+0.001 b>a A 1:1001(1000) ack 1
+0.300 b>a A 1:1001(1000) ack 1
+0.001 a>b A 1:1(0) ack 1001 <sack 1:1001>
"""))
    assert note(segment(found, 6), Why.DSACKED).params == {"low": 1, "high": 1000}
    assert Why.SACKED not in {n.why for n in segment(found, 6).notes}


def test_a_first_block_inside_the_second_reports_a_duplicate_too() -> None:
    found = only(of_ladder(SHAKE + """
+0.001 b>a A 1001:3001(2000) ack 1
+0.300 b>a A 1001:2001(1000) ack 1
+0.001 a>b A 1:1(0) ack 1 <sack 1001:2001 1001:3001>
"""))
    assert {n.why for n in segment(found, 6).notes} >= {Why.DSACKED, Why.SACKED}


def test_a_syn_ack_sent_again_after_the_third_packet_passed() -> None:
    found = only(of_ladder(SHAKE + "+1.0 b>a SA 0:0(0) ack 1 win 64240 <mss 1460, sackOK>"))
    assert note(segment(found, 4), Why.ACK_NOT_TAKEN).params["packet"] == 3


def test_a_bare_reset_right_after_the_handshake_may_be_a_full_queue() -> None:
    found = only(of_ladder(SHAKE + "+0.001 a>b PA 1:9(8) ack 1\n+0.05 b>a R 1:1(0) win 0"))
    assert found.closing.others == ("queue-full", "unknown")
    assert found.closing.cause is not None
    assert Why.RST_QUEUE_FULL in {other.why for other in found.closing.cause.others}


def test_a_sack_block_that_no_window_can_have_let_in_says_nothing_of_what_arrived() -> None:
    ladder = SHAKE + "+0.001 b>a A 1:1001(1000) ack 1\n+0.001 a>b A 1:1(0) ack 1001 <sack {}>\n"
    beyond = segment(only(of_ladder(ladder.format("65537:66537"))), 5)  # 1001 + 65535 is the farthest without scaling
    assert note(beyond, Why.SACK_INVALID).params == {"low": 65537, "high": 66536}
    assert Why.SACKED not in {n.why for n in beyond.notes}
    assert Why.SACKED in {n.why for n in segment(only(of_ladder(ladder.format("65536:66536"))), 5).notes}
