"""Metadata to bytes and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import Part, pack, unpack
from whywire.apps.cache.model import stored

TEXT = st.text(st.characters(max_codepoint=255), max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4), st.lists(st.tuples(TEXT, st.none() | TEXT), max_size=2),
       st.none() | st.builds(Part, st.integers(0), st.integers(0), st.none() | st.integers(0)), st.floats(0, 1e10))
def test_round_trip(headers: list[tuple[str, str]], vary: list[tuple[str, str | None]], part: Part | None, when: float) -> None:
    one = stored(200, "OK", tuple(headers), request_time=when, response_time=when, vary=tuple(vary), part=part, length=5)
    again = unpack(pack(one))
    assert again == one and again is not None and again.freshness == one.freshness


def test_the_length_of_the_store_goes_before_the_packed_one() -> None:
    one = stored(200, "OK", (), request_time=0, response_time=0)
    assert unpack(pack(one), 7) == stored(200, "OK", (), request_time=0, response_time=0, length=7)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b"[2,200,\"\",[],0,0,0,[],0,null,true]", b'[1,200,"",[1],0,0,0,[],0,null,true]',
                                  b'[1,200,"",[],0,0,0,[],0,[1],true]', b'[1,"x","",[],0,0,0,[],0,null,true]', b"[" * 5000])
def test_what_is_not_ours_is_absent(data: bytes) -> None:
    assert unpack(data) is None
