"""What a packet is, decided from the state before it; test_oracle.py holds the rest against tshark."""

from __future__ import annotations

from tests.connections.accounts import kinds, of_ladder

SHAKE = """
+0.000 a>b S  0:0(0)       win 64240 <mss 1460, ws 7>
+0.001 b>a SA 0:0(0) ack 1 win 1000  <mss 1460, ws 0>
+0.001 a>b A  1:1(0) ack 1 win 502<<7
"""


def test_a_segment_that_fills_the_window_to_the_brim() -> None:
    assert kinds(of_ladder(SHAKE + "+0.001 a>b PA 1:1001(1000) ack 1 win 502<<7")) == {"window-full": [4]}
    assert kinds(of_ladder(SHAKE + "+0.001 a>b PA 1:1000(999) ack 1 win 502<<7")) == {}


def test_duplicate_acks_need_outstanding_data() -> None:
    twice = "+0.001 a>b A 1:1(0) ack 1 win 502<<7\n"
    assert kinds(of_ladder(SHAKE + twice * 2)) == {}
    assert kinds(of_ladder(SHAKE + "+0.001 b>a PA 2:9(7) ack 1 win 1000\n" + twice * 2)) == {
        "lost-segment": [4], "duplicate-ack": [5, 6]}


def test_three_duplicate_acks_make_a_retransmission_fast() -> None:
    lost = "+0.001 b>a A 1:501(500) ack 1 win 1000\n"
    more = "+0.001 b>a A 501:1001(500) ack 1 win 1000\n"
    repeat = "+0.001 a>b A 1:1(0) ack 1 win 502<<7\n"
    found = kinds(of_ladder(SHAKE + lost + more + repeat * 3 + lost))
    assert found == {"duplicate-ack": [6, 7, 8], "retransmission": [9], "fast-retransmission": [9]}


def test_bytes_that_were_acknowledged_before_are_sent_again_for_nothing() -> None:
    data = "+0.001 b>a PA 1:501(500) ack 1 win 1000\n"
    found = kinds(of_ladder(SHAKE + data + "+0.001 a>b A 1:1(0) ack 501 win 502<<7\n" + data))
    assert found == {"retransmission": [6], "spurious-retransmission": [6]}


def test_the_byte_of_a_zero_window_probe_that_was_taken_counts() -> None:
    text = SHAKE + """
+0.001 a>b PA 1:1001(1000)    ack 1 win 502<<7
+0.001 b>a A  1:1(0)          ack 1001 win 0
+0.200 a>b A  1001:1002(1)    ack 1 win 502<<7
+0.001 b>a A  1:1(0)          ack 1002 win 900
+0.001 a>b PA 1002:1502(500)  ack 1 win 502<<7
"""
    found = of_ladder(text)
    assert kinds(found) == {"window-full": [4], "zero-window": [5], "zero-window-probe": [6]}
    assert found.connections[0].client.bytes == 1501


def test_a_keep_alive_repeats_an_acknowledged_byte() -> None:
    data = "+0.001 a>b PA 1:9(8) ack 1 win 502<<7\n+0.001 b>a A 1:1(0) ack 9 win 1000\n"
    found = of_ladder(SHAKE + data + "+60 a>b A 8:9(1) ack 1 win 502<<7\n+0.001 b>a A 1:1(0) ack 9 win 1000\n")
    assert kinds(found) == {"keep-alive": [6], "keep-alive-ack": [7]}
    assert found.connections[0].client.bytes == 8


def test_windows_are_scaled_only_when_both_offered_it() -> None:
    one = SHAKE.replace(", ws 0", "").replace("502<<7", "502")
    third = of_ladder(one).connections[0].segments[2]
    assert (third.window, third.window_scaled) == (502, True)
    assert of_ladder(SHAKE).connections[0].segments[2].window == 502 << 7
    assert of_ladder(SHAKE).connections[0].segments[0].window_scaled is False
