"""Entity tags, and the hostile lists of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache.validators import is_strong, opaque, tags


@pytest.mark.parametrize(("field", "found"), [
    ('"a"', ['"a"']), ('"a", W/"b"', ['"a"', 'W/"b"']), (' ,, "a" , "b",', ['"a"', '"b"']), ("a", []), ('"a", b, "c"', ['"a"']), ('"a" "b"', []),
    ('"a,b"', ['"a,b"']), ('""', ['""']), ('w/"a"', []), ('"a', []), ("", []), ("*", []), ('"\u00ff"', ['"\u00ff"']), ('"a b"', []),
])
def test_lists(field: str, found: list[str]) -> None:
    assert tags(field) == found


@pytest.mark.parametrize(("tag", "strong"), [('"a"', True), ('W/"a"', False), ("a", False), (None, False), ('""', True), ('"a" ', False)])
def test_strong(tag: str | None, strong: bool) -> None:
    assert is_strong(tag) is strong


def test_opaque() -> None:
    assert opaque('W/"a"') == opaque('"a"') == '"a"'


@given(st.one_of(st.text(), st.text('W/"a, ', max_size=200)))
def test_what_is_found_is_there(field: str) -> None:
    assert all(tag in field for tag in tags(field))


def test_long_hostile_lists_take_little_time() -> None:
    for field in ("," * 60000, '"' * 60000, 'W/"' * 20000, " " * 60000, '"a",' * 15000):
        assert len(tags(field)) in (0, 15000, 30000)
