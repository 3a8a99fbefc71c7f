"""What an ACK acknowledges: the same as a look at all segments would find, at the price of those that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import cast

from whywire.connections.scene import Line
from whywire.connections.unacked import Unacked


@dataclass
class Sent:
    """A segment as far as this is about it."""

    index: int
    seq: int
    end: int


def taken(unacked: Unacked, before: int, ack: int) -> list[int]:
    return [line.index for line in unacked.take(before, ack)]


def sent(unacked: Unacked, index: int, seq: int, end: int) -> Sent:
    segment = Sent(index, seq, end)
    unacked.add(cast(Line, segment))
    return segment


def test_what_is_acknowledged_in_any_order() -> None:
    for seed in range(50):
        random, unacked = Random(seed), Unacked()
        lines: list[Sent] = []
        acked = 0
        for _ in range(60):
            if random.random() < 0.6:
                seq = max(0, acked + random.randrange(-20, 60))
                lines.append(sent(unacked, len(lines), seq, seq + random.choice((1, 5, 10))))
            else:
                before, acked = acked, acked + random.randrange(1, 30)
                known = [line for line in lines if line.seq < acked and line.end > before]
                assert taken(unacked, before, acked) == [line.index for line in known]


def test_a_segment_acknowledged_in_parts_is_named_each_time() -> None:
    unacked = Unacked()
    sent(unacked, 0, 0, 100)
    sent(unacked, 1, 100, 200)
    assert [taken(unacked, at, at + 50) for at in (0, 50, 100, 150)] == [[0], [0], [1], [1]]


def test_many_copies_acknowledged_byte_by_byte_are_named_first_and_last() -> None:
    unacked = Unacked()
    for index in range(1000):
        sent(unacked, index, 0, 100)
    assert taken(unacked, 0, 1) == list(range(1000))
    for at in range(1, 99):
        assert taken(unacked, at, at + 1) == list(range(992, 1000))
    assert taken(unacked, 99, 100) == list(range(1000))


def test_what_was_acknowledged_before_it_was_sent_again_is_not_named() -> None:
    unacked = Unacked()
    sent(unacked, 0, 0, 100)
    assert taken(unacked, 0, 100) == [0]
    sent(unacked, 1, 0, 100)
    sent(unacked, 2, 50, 150)
    assert taken(unacked, 100, 120) == [2]
