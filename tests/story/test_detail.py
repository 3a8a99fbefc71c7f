"""What the page shows beside the words: which packets, their bookkeeping, calls, pauses and rules."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.report.html.pages import TALK, story_of, talk_run
from tests.story.accounts import founding
from tests.story.factories import C, S, account, call, connection, segment
from whywire.base.ref import packet
from whywire.connections.model import Account, Certainty
from whywire.findings.rule import Finding, Level
from whywire.packets.table import ACK
from whywire.story import tell
from whywire.story.detail import AROUND, FIRST, LAST, MOST_CALLS, Book, Frame, SourceFile, choose, detailed


def found(level: Level, on: int, at: int | None) -> Finding:
    """Return a finding on a connection at a packet."""
    because = () if at is None else (packet(at),)
    return Finding("TCP104", "zero-window", level, Certainty.INFERRED, on, at, because, "", {}, 1)


def long_ones(*lengths: int) -> Account:
    """Return connections of so many packets, numbered through."""
    made, number = [], 1
    for index, length in enumerate(lengths, 1):
        made.append(connection(index, tuple(segment(number + at, C, ACK, seq=1, ack=1) for at in range(length))))
        number += length
    return account(*made)


def test_all_packets_where_they_fit() -> None:
    assert choose(founding("a-v2.pcapng")) == {1: tuple(range(1, founding("a-v2.pcapng").packets + 1))}
    assert list(choose(long_ones(3, 5, 2))) == [1, 2, 3]


def test_the_worst_findings_first_then_the_longest() -> None:
    told = long_ones(500, 400, 450)
    assert list(choose(told, most=600)) == [1]
    assert list(choose(told, [found(Level.NOTE, 2, None)], most=600)) == [2]
    assert list(choose(told, [found(Level.NOTE, 2, None), found(Level.ERROR, 3, None)], most=900)) == [2, 3]


def test_of_a_long_connection_its_ends_and_what_is_around_its_findings() -> None:
    told = long_ones(5000)
    chosen = choose(told, [found(Level.WARNING, 1, 2000)], most=1000)[1]
    assert chosen[:FIRST] == tuple(range(1, FIRST + 1))
    assert chosen[-LAST:] == tuple(range(5000 - LAST + 1, 5001))
    assert chosen[FIRST:-LAST] == tuple(range(2000 - AROUND, 2000 + AROUND + 1))
    assert len(chosen) <= 1000


def test_no_part_of_a_connection_that_says_nothing() -> None:
    assert choose(long_ones(5000), most=100) == {}


def test_only_one_connection() -> None:
    assert list(choose(long_ones(3, 5, 2), only=2)) == [2]


def test_a_long_connection_leaves_room_for_another() -> None:
    chosen = choose(long_ones(9000, 900), most=2000)
    assert [len(numbers) for numbers in chosen.values()] == [FIRST + LAST, 900]


def test_the_bookkeeping_of_both_sides() -> None:
    story = tell(account(connection()))
    (one,) = detailed(story, {1: range(1, 11)}).connections
    assert one.packets[0].before == {C: Book(None, None), S: Book(None, None)}
    assert one.packets[0].after[C] == Book(1, None)
    data, ack = one.packets[3], one.packets[4]
    assert (data.before[C], data.after[C]) == (Book(1, 1), Book(14, 1))
    assert (ack.before[C], ack.after[C]) == (Book(14, 1), Book(14, 14))
    assert all(later.before == earlier.after for earlier, later in pairwise(one.packets))


def test_a_part_keeps_the_book_of_the_whole() -> None:
    story = tell(account(connection()))
    whole, part = (detailed(story, {1: numbers}).connections[0] for numbers in (range(1, 11), (5, 9)))
    assert [packet.before for packet in part.packets] == [whole.packets[4].before, whole.packets[8].before]
    assert (part.left_out, len(part.packets)) == (8, 2)


def test_a_segment_that_is_not_acceptable_changes_no_number() -> None:
    odd = segment(2, S, ACK, seq=900, ack=900, kinds=("not-acceptable",))
    story = tell(account(connection(segments=(segment(1, C, ACK, seq=1, ack=1), odd))))
    (one,) = detailed(story, {1: (2,)}).connections
    assert one.packets[0].before == one.packets[0].after


def test_frames_and_files_come_from_outside() -> None:
    story = tell(account(connection()))
    frame = Frame(b"abc", 3, 60, ())
    source = SourceFile("client", "client.py", ((1, "import socket"),))
    told = detailed(story, {1: (1, 2)}, {2: frame}, [source])
    assert [packet.frame for packet in told.connections[0].packets] == [None, frame]
    assert told.sources == (source,)


def test_calls_once_each_pauses_in_words_and_the_rules_that_fired(tmp_path: Path) -> None:
    detail = story_of(talk_run(tmp_path)).detail
    assert detail is not None
    (one,) = detail.connections
    assert [row.call.name for row in one.calls] == ["connect", "send", "recv"]
    assert [pause.end_ns - pause.start_ns > 290_000_000 for pause in one.pauses] == [True, True]
    assert "timer" in one.pauses[1].why.text
    assert {"TCP101", "TCP119"} <= {rule.code for rule in detail.rules}
    assert "dropped" in TALK


def test_of_a_part_only_the_calls_that_belong_to_it() -> None:
    calls = tuple(call(at, "send") for at in range(1, 11))
    story = tell(account(connection(calls=calls)))
    (whole,), (part,) = (detailed(story, {1: numbers}).connections for numbers in (range(1, 11), (4, 5, 6)))
    assert [row.call.number for row in whole.calls] == list(range(1, 11))
    assert [row.call.number for row in part.calls] == [4, 5, 6]


def test_a_flood_of_calls_does_not_flood_the_page() -> None:
    calls = tuple(call(at, "send", start_ns=5_000_000 + at) for at in range(1, 2 * MOST_CALLS))
    story = tell(account(connection(calls=calls)))
    (one,) = detailed(story, {1: range(1, 11)}).connections
    assert len(one.calls) == MOST_CALLS


def test_the_reason_at_length_with_its_certainty() -> None:
    story = tell(account(connection()))
    (one,) = detailed(story, {1: (4,)}).connections
    labels = [item.label for item in one.packets[0].reasons]
    assert labels[0] == "Why"
    assert "Certainty" in labels
    assert one.packets[0].raw.startswith("In the packet itself: seq 1001")
    assert "64,240" in one.packets[0].window
