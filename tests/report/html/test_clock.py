from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from whywire.report.html.clock import DIGITS, SAME, clock

MS, S = 1_000_000, 1_000_000_000


def test_a_short_picture_counts_milliseconds_a_long_one_seconds() -> None:
    assert clock([0, 5 * MS, 9_999 * MS]) == ("ms", 1)
    assert clock([0, 5 * MS, 10 * S]) == ("s", 3)
    assert clock([]) == ("ms", 1)


def test_digits_tell_neighbours_apart() -> None:
    assert clock([0, 40_000, 80_000]) == ("ms", 2)
    assert clock([0, 1_000, 2_000, 3_000, 20 * S]) == ("s", 6)


def test_one_pair_of_many_that_is_closer_costs_no_digits() -> None:
    assert clock([*range(0, 20 * MS, MS), 19 * MS + 10]) == ("ms", 1)


def test_packets_of_one_time_ask_for_nothing() -> None:
    assert clock([7 * MS] * 5) == ("ms", 1)


@given(st.lists(st.integers(0, 10**13)))
def test_neighbours_look_different_down_to_the_last_digit(times: list[int]) -> None:
    unit, digits = clock(sorted(times))
    least, most = DIGITS[unit]
    assert least <= digits <= most
    size = S if unit == "s" else MS
    steps = [pair for pair in pairwise(sorted(times)) if pair[0] != pair[1]]
    same = [pair for pair in steps if round(pair[0] / size, digits) == round(pair[1] / size, digits)]
    assert digits == most or len(same) <= SAME * len(steps) + 1
