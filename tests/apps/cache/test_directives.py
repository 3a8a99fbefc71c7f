"""Cache-Control, read safely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache.directives import GREATEST, RESTRICTIVE, from_structured, read
from whywire.apps.cache.structured import Token

NAMES = st.sampled_from(["no-store", "max-age", "private", "x", "public"])
PIECES = st.lists(st.sampled_from(['max-age=60', 'no-store', 'private="a"', '"', "\\", ",", "=", ";", " ", 'x="y', "=1",
                                   "no-cache", "a b"]), max_size=12).map("".join)


@pytest.mark.parametrize(("line", "seconds"), [
    ("max-age=60", 60), ('max-age="60"', 60), ("MAX-AGE=60", 60), ("max-age=60, max-age=5", 5), ("max-age=5, max-age=60", 5),
    ("max-age", 0), ("max-age=", 0), ("max-age=-1", 0), ("max-age=1.5", 0), ("max-age=60, max-age", 0), ("max-age=2147483649", GREATEST),
    ("max-age=" + "9" * 5000, GREATEST), ("max-age=" + "0" * 50 + "7", 7), ('a="max-age=60"', None), ("x-max-age=60", None),
    ("max-age =60", 0), ("max-age= 60", 0), ('max-age="60', 0), ('max-age=60"', 0), ("max-age=6\u0660", 0),
])
def test_seconds(line: str, seconds: int | None) -> None:
    assert read([line]).seconds("max-age") == seconds


@pytest.mark.parametrize(("line", "there"), [
    ("no-store", True), ("a,no-store,b", True), ("no-store=x", True), ("no-store;x", True), ("x;no-store", True), ('x="no-store"', False),
    ('x="a, no-store', True), ('x="a\\", no-store"', False), ('x="a\\\\", no-store', True), ("no-storex", False), ("x no-store", True),
    ("'no-store'", False), ('"no-store"', True), ("no_store", False), ("no-store=\"", True), ("x=no-store", False),
])
def test_what_restricts(line: str, there: bool) -> None:
    assert read([line]).restricts("no-store") is there


@pytest.mark.parametrize(("line", "there"), [("public", True), ("public=1", False), ("public, public=1", False), ("public;", False)])
def test_what_permits_has_to_be_written_right(line: str, there: bool) -> None:
    assert read([line]).permits("public") is there


@pytest.mark.parametrize(("line", "whole", "names"), [
    ("no-cache", True, set()), ('no-cache="a"', False, {"a"}), ('no-cache="A , b"', False, {"a", "b"}), ("no-cache=a", False, {"a"}),
    ('no-cache="a", no-cache="b"', False, {"a", "b"}), ('no-cache="a", no-cache', True, {"a"}), ('no-cache=""', True, set()),
    ('no-cache="a b"', True, set()), ('no-cache="cache-control"', True, set()), ("private", False, set()),
])
def test_names_of_fields(line: str, whole: bool, names: set[str]) -> None:
    assert (read([line]).whole("no-cache"), read([line]).names("no-cache")) == (whole, names)


@given(st.lists(st.text(st.characters(max_codepoint=255)), max_size=3))
def test_no_text_raises(lines: list[str]) -> None:
    said = read(lines)
    assert all(seconds is None or 0 <= seconds <= GREATEST for seconds in (said.seconds(name) for name in ("max-age", "s-maxage")))


@given(PIECES, st.sampled_from(sorted(RESTRICTIVE)))
def test_a_restriction_behind_any_rubbish_is_seen_unless_it_is_quoted(rubbish: str, name: str) -> None:
    if rubbish.count('"') == 0:
        assert read([f"{rubbish},{name}"]).restricts(name)


@given(PIECES)
def test_more_lines_never_make_a_lifetime_longer(rubbish: str) -> None:
    assert (read(["max-age=60", rubbish]).seconds("max-age") or 0) <= 60


def test_long_hostile_lines_take_little_time() -> None:
    for line in ('"' * 60000, 'a="' + "\\" * 60000, "a=" * 30000, "," * 60000, 'a="b' * 15000, "no-store " * 7000):
        assert read([line]).seconds("max-age") is None


def test_targeted_values_of_other_types_are_not_taken_for_seconds() -> None:
    said = from_structured({"max-age": "60", "s-maxage": Token("60"), "no-store": False, "private": True, "no-cache": "a, b"})
    assert (said.seconds("max-age"), said.seconds("s-maxage")) == (0, 0)
    assert not said.restricts("no-store") and said.whole("private") and said.names("no-cache") == {"a", "b"}
