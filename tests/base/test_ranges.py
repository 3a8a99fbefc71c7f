"""Byte ranges, held against a plain set of integers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whywire.base.ranges import RangeSet

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=30)


@given(spans)
def test_a_range_set_counts_like_a_set(pieces: list[tuple[int, int]]) -> None:
    ranges, plain = RangeSet(), set()
    for start, length in pieces:
        new = set(range(start, start + length)) - plain
        assert ranges.add(start, start + length) == len(new)
        plain |= new
    assert ranges.total() == len(plain)
    assert {number for start, end in ranges for number in range(start, end)} == plain


@given(spans)
def test_ranges_stay_apart_and_ascending(pieces: list[tuple[int, int]]) -> None:
    ranges = RangeSet()
    for start, length in pieces:
        ranges.add(start, start + length)
    flat = [edge for span in ranges for edge in span]
    assert flat == sorted(set(flat))
    assert len(ranges) == len(flat) // 2


@given(spans, st.integers(0, 60), st.integers(0, 20))
def test_covers(pieces: list[tuple[int, int]], start: int, length: int) -> None:
    ranges, plain = RangeSet(), set()
    for low, size in pieces:
        ranges.add(low, low + size)
        plain |= set(range(low, low + size))
    assert ranges.covers(start, start + length) == (set(range(start, start + length)) <= plain)
