from __future__ import annotations

from tests.story.said import said
from whywire.connections.why import Why


def test_one_call_one_segment_names_the_line() -> None:
    assert said(Why.DATA_CALL, call=1, bytes=5) == "server.py:18 send(): one call, one segment."


def test_merged_calls_of_one_line_are_counted() -> None:
    assert said(Why.DATA_MERGED, calls=(1, 2)) == "2 calls of server.py:18 send() share this segment."


def test_a_part_of_a_call_says_of_how_many() -> None:
    assert said(Why.DATA_SPLIT, call=1, part=2, parts=9, total=13_000) == \
        "Part 2 of 9 of server.py:18 send(), which wrote 13,000 bytes."


def test_nagle_names_what_it_waited_for() -> None:
    text = said(Why.HELD_NAGLE, held_ns=10_100_000, unacked=6, released=7, delay_ns=4300)
    assert text == ("Waited 10.1 ms (Nagle): shorter than a full segment while packet 6 was unacknowledged. "
                    "Packet 7 brought the ACK that let it go.")


def test_without_a_trace_no_call_is_counted() -> None:
    assert said(Why.DATA_WRITTEN, bytes=1) == "The server's program wrote 1 byte."
