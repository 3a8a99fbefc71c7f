"""References are written down and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.base.ref import Ref, call, packet, wire

refs = st.builds(
    lambda kind, number, direction, span: Ref(kind, number, direction if kind == "c" else "", *span),
    st.sampled_from("pcxkw"), st.integers(1, 10**9), st.sampled_from(["", "<", ">"]),
    st.one_of(st.just((None, None)), st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))),
)


@given(refs)
def test_what_is_written_is_read_back(ref: Ref) -> None:
    assert Ref.parse(str(ref)) == ref


@pytest.mark.parametrize("text", ["", "p", "p0", "q1", "p1>", "p1[1]", "p 1", "c2>[a:b]", "p17 "])
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected something like p17"):
        Ref.parse(text)


def test_the_short_ways() -> None:
    assert [str(packet(17)), str(call(41)), str(wire(1))] == ["p17", "k41", "w1"]
