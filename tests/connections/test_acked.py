from __future__ import annotations

from whywire.connections import acked
from whywire.connections.acked import Acked


def sent(*segments: tuple[int, int]) -> Acked:
    """Return the books of a direction that has sent these positions, a second apart."""
    books = Acked()
    books.add(2)
    for number, (seq, end) in enumerate(segments):
        assert books.send(1, seq, end, number, -1, True, False)
    return books


def newest(books: Acked, before: int, ack: int) -> tuple[int, int] | None:
    books.take(1, before, ack, True)
    return None if books.newest < 0 else (books.seq[books.newest], books.end[books.newest])


def test_an_ack_answers_the_newest_segment_that_it_covers() -> None:
    books = sent((1, 101), (101, 201), (201, 301))
    assert newest(books, 1, 201) == (101, 201)
    assert newest(books, 201, 250) == (201, 301)  # a part of it
    assert newest(books, 250, 301) == (201, 301)
    assert newest(books, 301, 400) is None


def test_a_copy_is_what_was_answered_even_if_newer_bytes_were_sent_before() -> None:
    books = sent((1, 101), (201, 301), (101, 201))
    assert newest(books, 1, 101) == (1, 101)
    assert newest(books, 101, 301) == (101, 201)


def test_segments_that_are_acknowledged_make_room() -> None:
    books = sent(*((at, at + 1) for at in range(1, 50)))
    books.take(1, 1, 50, True)
    books.send(1, 50, 51, 0, -1, True, False)
    assert books.count == 49
    assert books.queues.held[1] == 1


def test_a_fin_alone_is_told_from_a_fin_with_data() -> None:
    books = sent((1, 101))
    books.send(1, 101, 102, 1, -1, False, True)
    books.take(1, 101, 102, True)
    assert books.fin_only
    other = sent((1, 101))
    other.send(1, 101, 102, 1, -1, False, True)
    other.take(1, 1, 102, True)
    assert not other.fin_only


def test_a_direction_that_nobody_acknowledges_is_given_up() -> None:
    books = sent(*((at, at + 1) for at in range(acked.MOST)))
    assert not books.send(1, acked.MOST, acked.MOST + 1, 0, -1, True, False)
    assert books.queues.held[1] == 0
