from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whywire.base.octets import read32


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=3), st.booleans())
def test_four_bytes_are_a_number_in_either_order(four: bytes, before: bytes, little: bool) -> None:
    assert read32(before + four, len(before), little) == int.from_bytes(four, "little" if little else "big")
