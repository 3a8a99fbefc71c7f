"""Calls by time: the same as a look at all of them."""

from __future__ import annotations

from random import Random

import pytest

from whywire.base.records import Call
from whywire.connections.timeline import Timeline


def calls(seed: int, count: int = 30) -> list[Call]:
    random = Random(seed)
    starts = sorted(random.randrange(100) for _ in range(count))
    return [Call(number, "a", "p", 1, 1, "recv", start, random.choice((None, start, start + random.randrange(60))))
            for number, start in enumerate(starts, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_it_says_what_a_look_at_all_says(seed: int) -> None:
    made = calls(seed, seed + 1)
    timeline = Timeline(reversed(made)) if seed == 0 else Timeline(made)
    for start in range(-1, 110, 7):
        assert timeline.next(start) == next((call for call in made if call.start_ns >= start), None)
        assert timeline.begun_after(start) == sum(call.start_ns > start for call in made)
        for end in range(-1, 170, 13):
            lasting = [call for call in made if call.start_ns <= start and (call.end_ns is None or call.end_ns >= end)]
            assert list(timeline.lasting(start, end)) == lasting
            assert timeline.last(start, end) == (lasting[-1] if lasting else None)


def test_without_calls_there_is_nothing() -> None:
    timeline = Timeline(())
    assert (list(timeline.lasting(1, 0)), timeline.last(1, 0), timeline.next(0)) == ([], None, None)
