from __future__ import annotations

from tests.ladders import capture_of
from whywire.connections import account
from whywire.connections.origin import origin_of
from whywire.packets.decode import decode_capture
from whywire.story.words.summary import CAUSED, ORIGINS

REPEATED = """
+0.000 a>b S   0:0(0)         win 64240
+0.010 b>a SA  0:0(0)   ack 1 win 64240
+0.000 a>b A   1:1(0)   ack 1 win 64240
+0.001 a>b A   1:101(100) ack 1 win 64240
+0.300 a>b A   1:101(100) ack 1 win 64240
+0.010 b>a RA  1:1(0)   ack 101 win 0
"""


def test_each_packet_has_a_cause_and_a_word() -> None:
    with decode_capture(capture_of(REPEATED)[0], "x") as capture:
        found = [origin_of(segment) for segment in account(capture).connections[0].segments]
    assert found == [("call", "connect"), ("answers", "syn-ack"), ("answers", "ack"), ("call", "data"),
                     ("timer", "retransmission"), ("call", "reset")]
    assert all(kind in CAUSED and word in ORIGINS for kind, word in found)
