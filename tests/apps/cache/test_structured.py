"""Structured fields: dictionaries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache.structured import Other, StructuredError, Token, Value, dictionary


@pytest.mark.parametrize(("text", "members"), [
    ("", {}), ("   ", {}), ("a", {"a": True}), ("a=?0", {"a": False}), ("a=1, b=-2", {"a": 1, "b": -2}), ("a=1,\tb", {"a": 1, "b": True}),
    ('a="x\\"y\\\\"', {"a": 'x"y\\'}), ("a=tok/en:1", {"a": Token("tok/en:1")}), ("a=*x", {"a": Token("*x")}), ("*a=1", {"*a": 1}),
    ("a=1.250", {"a": Other("1.250")}), ("a=:aGk=:", {"a": Other(":aGk=:")}), ("a=@-5", {"a": Other("@-5")}), ("a=1, a=2", {"a": 2}),
    ("a=(1 2);x", {"a": Other("(1 2)")}), ("a=();x=1;y", {"a": Other("()")}), ("a;x;y=\"z\"", {"a": True}), ("a=1; x", {"a": 1}),
    ("a=999999999999999", {"a": 999999999999999}), ('a=%"f%c3%bc"', {"a": Other('%"f%c3%bc"')}), ("a-b_c.d*=1", {"a-b_c.d*": 1}),
])
def test_dictionaries(text: str, members: dict[str, Value]) -> None:
    assert dictionary(text) == members


@pytest.mark.parametrize("text", [
    "A", "1", "a=", "a=1,", ",a", "a,,b", "a b", "a=1 b", "a=\"x", 'a="\\x"', 'a="\x7f"', "a=1000000000000000", "a=1.", "a=1.2345",
    "a=1234567890123.1", "a=-", "a=--1", "a=?", "a=?2", "a=:", "a=:x", "a=(1", "a=(1,2)", "a=(1)2", "a=@1.5", "a=@", "a=%x", 'a=%"%C3"',
    "a;", "a;X", "a=1;x=", "a =1", "a= 1", "a=\xe4", "a=1\n", "a=\u0661",
])
def test_what_breaks_the_grammar(text: str) -> None:
    with pytest.raises(StructuredError):
        dictionary(text)


@given(st.one_of(st.text(), st.text('ab=,;"()?:@%-.1 \\*')))
def test_nothing_else_is_raised(text: str) -> None:
    try:
        members = dictionary(text)
    except StructuredError:
        return
    assert all(name == name.lower() for name in members)
