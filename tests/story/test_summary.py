from __future__ import annotations

import re

from tests.ladders import capture_of
from whywire.connections.survey import survey
from whywire.findings.tallied import tallied
from whywire.packets.decode import decode_capture
from whywire.report.terminal import render
from whywire.story.summary import Summary, summarise

LOSS = """
+0.000 a>b S   0:0(0)          win 64240
+0.010 b>a SA  0:0(0)   ack 1  win 64240
+0.000 a>b A   1:1(0)   ack 1  win 64240
+0.001 a>b A   1:1001(1000) ack 1 win 64240
+0.300 a>b A   1:1001(1000) ack 1 win 64240
"""


def of(ladder: str, seen: float | None = None) -> Summary:
    found = survey(decode_capture(capture_of(ladder)[0], "my capture.pcap"))
    return summarise(found, tallied(found.tally), seen)


def test_a_summary_names_the_connection_to_look_at_as_a_shell_needs_it() -> None:
    text = render(of(LOSS), 200)
    assert "5 packets, all TCP, 1 connection, 311 ms from first to last. 1,000 bytes of payload" in text
    assert re.search(r"retransmission +1\n", text)
    assert "whywire explain 'my capture.pcap' --connection c1" in " ".join(text.split())


def test_a_syn_without_an_answer_is_not_still_open() -> None:
    text = render(of("+0.000 a>b S 0:0(0) win 1000\n"), 100)
    assert "never opened" in text
    assert "still open" not in text


def test_an_interrupted_reading_says_how_far_it_came() -> None:
    assert "5 packets and 25% of the file" in render(of(LOSS, 0.25), 200)
