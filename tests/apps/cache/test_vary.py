"""Selecting fields, one by one; how they choose is in the conversations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.cache.conversations import ok
from tests.apps.cache.simulator import World
from whywire.apps.cache import Request, Rules
from whywire.apps.cache.vary import nominated, normalised, selecting


@pytest.mark.parametrize(("lines", "names"), [
    (("B, a",), ("a", "b")), (("a", "a"), ("a",)), ((" , a ,,",), ("a",)), (("*",), None), (("a, *",), None), (("a b",), None), (("\u00e4",), None), ((), ()),
])
def test_nominated(lines: tuple[str, ...], names: tuple[str, ...] | None) -> None:
    assert nominated([("vary", line) for line in lines]) == names


@pytest.mark.parametrize(("name", "one", "other", "same"), [
    ("x", "a, b", "a ,b", True), ("x", "a b", "a  b", False), ("x", "a", "A", False), ("accept-encoding", "gzip;q=0.5, br", "BR,gzip; q=0.5", True),
    ("accept-encoding", "gzip;q=0.5, br", "gzip, br;q=0.5", False), ("accept-language", "a, b", "b, a", False), ("x", '"a,b"', '"a, b"', False),
])
def test_normalised(name: str, one: str, other: str, same: bool) -> None:
    assert (normalised(name, one) == normalised(name, other)) is same


@given(st.text(st.characters(max_codepoint=255)), st.sampled_from(["x", "accept-encoding"]))
def test_normal_form_is_stable(value: str, name: str) -> None:
    once = normalised(name, value)
    assert normalised(name, once) == once


def test_the_variants_of_a_key_are_bounded_and_the_oldest_go() -> None:
    world = World(Rules(variants=3))
    for number in range(5):
        world.now += 1
        request = Request("GET", "http://h/", (("a", str(number)),))
        world.ask(request, [ok("vary: a", "cache-control: max-age=60")], [f"body {number}"])
    assert [body for _, body in world.store["http://h/"]] == ["body 4", "body 3", "body 2"]


def test_selecting_takes_the_values_of_the_request() -> None:
    request = Request("GET", "http://h/", (("a", "1"), ("a", "2"), ("c", "3")))
    assert selecting([("vary", "b, A")], request) == (("a", "1, 2"), ("b", None))
