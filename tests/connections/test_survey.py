from __future__ import annotations

from tests.ladders import capture_of
from whywire.connections.survey import survey
from whywire.packets.decode import decode_capture

REFUSED_AND_DATA = """
+0.000 a:1000>b:80 S  0:0(0)       win 1000
+0.001 b:80>a:1000 RA 0:0(0) ack 1 win 0
+0.002 a:1001>b:80 S  0:0(0)       win 1000
"""


def test_a_survey_tells_refused_from_unanswered_and_counts_both_as_never_opened() -> None:
    source, _ = capture_of(REFUSED_AND_DATA)
    found = survey(decode_capture(source, "x"))
    assert found.openings == {"refused": 1, "unanswered": 1}
    assert found.closings == {"open": 1, "refused": 1}
    assert found.never_opened == 2
    assert [glance.number for glance in found.worst] == [1]
    assert found.worst[0].packets == 2
