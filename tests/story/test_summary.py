from __future__ import annotations

import re

from tests.ladders import capture_of
from whywire.connections import account
from whywire.connections.survey import survey
from whywire.connections.track import Tracker
from whywire.findings.closely import closer, whole
from whywire.findings.tallied import Closer, counted, patterns
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
    with decode_capture(capture_of(ladder)[0], "my capture.pcap") as capture:
        return summarise(counted(survey(capture, patterns=patterns())), seen)


def closely(ladder: str, how: str) -> str:
    with decode_capture(capture_of(ladder)[0], "my capture.pcap") as capture:
        found = survey(capture, patterns=patterns())
        if how == "whole":
            made: Closer = whole(found, account(capture), capture, None)
        else:
            tracker = Tracker(capture.table)
            tracker.track()
            made = closer(found, capture, tracker)
    return render(summarise(made), 120)


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
    assert "until then, 5 packets." in render(of(LOSS, 0), 200)


def test_a_summary_tells_what_put_the_packets_on_the_wire() -> None:
    text = render(of(LOSS), 120)
    assert re.search(r"a program's call +2  data 1, SYN 1\n", text)
    assert re.search(r"not decided by counting +1  retransmission 1\n", text)
    assert "not decided" not in closely(LOSS, "whole")


def test_what_was_not_asked_of_everything_says_so() -> None:
    text = render(of(LOSS), 120)
    assert "asked of" not in text
    assert "--summary --worst 20" in text
    assert re.search(r"c1 .* handshake, open: retransmission\n", text)
    some = closely(LOSS, "some")
    assert "All rules about connections were asked only of those with most trouble: 1 connection" in some
    everything = closely(LOSS, "whole")
    assert "asked of" not in everything
    assert "--worst" not in everything
