"""The generated payload."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whywire.ladder.filler import filler


def test_the_first_byte_of_a_stream_is_a() -> None:
    assert filler(1, 28) == b"abcdefghijklmnopqrstuvwxyzab"
    assert filler(0, 2) == b"za"
    assert filler(5, 0) == b""


@given(st.integers(-100, 10**10), st.integers(0, 100), st.integers(0, 100))
def test_a_retransmission_carries_the_same_bytes(seq: int, skip: int, length: int) -> None:
    assert filler(seq, skip + length)[skip:] == filler(seq + skip, length)
