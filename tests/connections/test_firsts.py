from __future__ import annotations

from tests.ladders import capture_of
from whywire.connections.firsts import Firsts
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture

REFUSED_THEN_CLOSED = """
+0.000 a:1000>b:80 S  0:0(0)       win 1000
+0.001 b:80>a:1000 RA 0:0(0) ack 1 win 0
+0.002 a:1001>b:80 S  0:0(0)       win 1000
+0.003 a:1001>b:80 S  0:0(0)       win 1000
+0.004 b:80>a:1001 SA 0:0(0) ack 1 win 1000
+0.005 a:1001>b:80 A  1:1(0) ack 1 win 1000
+0.006 b:80>a:1001 FA 1:1(0) ack 1 win 1000
"""


def test_the_first_packets_of_each_kind_and_minus_one_where_there_is_none() -> None:
    tracker = Tracker(decode_capture(capture_of(REFUSED_THEN_CLOSED)[0], "x").table)
    tracker.track()
    found = Firsts(tracker.rows, tracker.count)
    assert {name: column.tolist() for name, column in found.columns.items()} == {
        "syn": [0, 2], "answer": [-1, 4], "reset_client": [-1, -1], "reset_server": [1, -1],
        "fin_client": [-1, -1], "fin_server": [-1, 6]}
