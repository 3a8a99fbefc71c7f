"""Lifetime and age, as numbers; the rules are in the conversations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import RULES, dates
from whywire.apps.cache.freshness import read_age, read_freshness, year_of
from whywire.apps.cache.model import Fields, stored

NOW = 1_800_000_000.5


@pytest.mark.parametrize(("date", "age", "took", "initial"), [
    (0, 0, 0.0, 0.0), (-10, 0, 0.0, 10.0), (+10, 0, 0.0, 0.0), (0, 7, 0.0, 7.0), (-10, 7, 0.0, 10.0), (-5, 7, 2.0, 9.0), (-20, 7, 2.0, 20.0),
])
def test_corrected_initial_age(date: int, age: int, took: float, initial: float) -> None:
    headers = (("date", dates.write(int(NOW) + date)), ("cache-control", "max-age=60"))
    known = read_freshness(200, headers, request_time=NOW - took, response_time=NOW, age_value=age, heuristic=True, rules=RULES)
    assert (known.initial_age, known.lifetime) == (initial, 60.0)


def test_age_and_end_of_a_life() -> None:
    one = stored(200, "OK", (("cache-control", "max-age=60"), ("date", dates.write(int(NOW)))), request_time=NOW - 1,
                 response_time=NOW, age_value=10)
    assert (one.age(NOW), one.age(NOW + 5), one.fresh_until) == (11.0, 16.0, NOW + 49)


@pytest.mark.parametrize(("lines", "age"), [
    ((), 0), (("5",), 5), (("5", "9"), 5), (("5, 9",), 5), (("x",), 0), (("-5",), 0), (("5.5",), 0), (("x, 5",), 0), (("9" * 99,), 2 ** 31),
    (("\u0665",), 0),
])
def test_age_value(lines: tuple[str, ...], age: int) -> None:
    assert read_age([("age", line) for line in lines]) == age


def test_an_estimate_is_bounded() -> None:
    headers = (("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT"),)
    known = read_freshness(200, headers, request_time=NOW, response_time=NOW, age_value=0, heuristic=True, rules=RULES)
    assert known.lifetime == RULES.heuristic_most and not known.explicit


@given(st.integers(0, 253402300799))
def test_year(seconds: int) -> None:
    assert abs(year_of(seconds) - int(dates.write(seconds)[12:16])) <= 1


FIELDS = st.lists(st.tuples(
    st.sampled_from(["age", "date", "expires", "cache-control", "last-modified", "cdn-cache-control"]),
    st.one_of(st.text(st.characters(max_codepoint=255), max_size=30), st.integers().map(str),
              st.integers(0, 4_000_000_000).map(dates.write), st.integers(0, 99).map(lambda n: f"max-age={n}"))), max_size=6)


@given(FIELDS, st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_age_is_never_negative_and_nothing_raises(fields: list[tuple[str, str]], asked: float, came: float, now: float) -> None:
    headers: Fields = tuple(fields)
    one = stored(200, "OK", headers, request_time=asked, response_time=came, age_value=read_age(headers))
    assert one.age(now) >= 0 and one.freshness.lifetime >= 0
    assert one.age(max(now, came)) >= one.freshness.initial_age
