"""What is written is TOML and comes back."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from whywire.capture.toml import Value, string, table

SCALARS = st.text() | st.integers(-(1 << 63), (1 << 63) - 1) | st.booleans()
KEYS = st.from_regex(r"[a-z_]{1,9}", fullmatch=True)


@given(st.dictionaries(KEYS, st.none() | SCALARS | st.lists(st.text(), max_size=3)))
def test_the_way_back(pairs: dict[str, Value | None]) -> None:
    assert tomllib.loads(table(pairs)) == {key: value for key, value in pairs.items() if value is not None}


def test_a_lone_surrogate_can_not_be_held() -> None:
    assert string("a\ud800") == '"a\ufffd"'
