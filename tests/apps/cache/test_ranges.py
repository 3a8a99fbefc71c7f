"""Ranges as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import Part, Piece
from whywire.apps.cache.model import Span, stored
from whywire.apps.cache.ranges import Unsatisfiable, asked, content_range, held, joined_parts, within


@pytest.mark.parametrize(("field", "total", "span"), [
    ("bytes=0-0", 10, (0, 1)), ("bytes=9-", 10, (9, 10)), ("bytes=-1", 10, (9, 10)), ("BYTES=1-2", 10, (1, 3)), ("bytes=0-99", 10, (0, 10)),
    ("bytes=10-", 10, Unsatisfiable()), ("bytes=-0", 10, Unsatisfiable()), ("bytes=0-", 0, Unsatisfiable()), (None, 10, None), ("bytes=2-1", 10, None),
    ("bytes=" + "9" * 30 + "-", 10, None), ("bytes=1-2", None, (1, 3)), ("bytes=1-", None, None), ("bytes=-1", None, None), ("bytes=\u0661-2", 10, None),
])
def test_asked(field: str | None, total: int | None, span: Span | Unsatisfiable | None) -> None:
    assert asked(field, total) == span


@pytest.mark.parametrize(("field", "part"), [
    ("bytes 0-4/10", Part(0, 5, 10)), ("bytes 0-4/*", Part(0, 5, None)), ("bytes 4-0/10", None), ("bytes 0-10/10", None), ("bytes */10", None),
    ("bytes 0-4", None), ("lines 0-4/10", None), (None, None), ("bytes 0-4/10, bytes 5-6/10", None), ("bytes=0-4/10", None),
])
def test_held(field: str | None, part: Part | None) -> None:
    assert held(field) == part


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 99))
def test_content_range_reads_back(first: int, length: int, more: int) -> None:
    span = (first, first + length)
    assert held(content_range(span, first + length + more)) == Part(first, first + length, first + length + more)


@given(st.integers(0, 20), st.integers(1, 20), st.integers(0, 20), st.integers(1, 20))
def test_two_parts_make_what_both_hold(one: int, one_length: int, two: int, two_length: int) -> None:
    text = "".join(chr(65 + n) for n in range(40))
    old, new = Part(one, one + one_length, 40), Part(two, two + two_length, 40)
    both = joined_parts(stored(200, "OK", (), request_time=0, response_time=0, part=old), new)
    if both is None:
        assert new.first > old.stop or old.first > new.stop
        return
    part, pieces = both
    made = "".join((text[old.first:old.stop] if piece.old else text[new.first:new.stop])[slice(*piece.span)] for piece in pieces)
    assert made == text[part.first:part.stop]
    assert within(part, (old.first, old.stop)) and within(part, (new.first, new.stop))
    assert all(isinstance(piece, Piece) and piece.span[0] < piece.span[1] for piece in pieces)
