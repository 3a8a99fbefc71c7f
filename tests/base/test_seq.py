"""Sequence numbers: the one place where they wrap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whywire.base.seq import HALF, MODULUS, unwrap


@given(st.integers(-(1 << 40), 1 << 40), st.integers(-HALF, HALF - 1))
def test_unwrap_finds_the_position_nearest_to_a_known_one(near: int, step: int) -> None:
    assert unwrap((near + step) % MODULUS, near) == near + step


def test_a_segment_that_ends_at_two_to_the_32_is_followed_by_number_zero() -> None:
    last = MODULUS - 100
    assert unwrap(0, last) == MODULUS
    assert unwrap(50, MODULUS) == MODULUS + 50


def test_an_old_number_lies_below() -> None:
    assert unwrap(MODULUS - 1, MODULUS + 10) == MODULUS - 1
