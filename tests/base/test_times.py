"""Durations as people read them."""

from __future__ import annotations

import pytest

from whywire.base.times import duration, milliseconds


@pytest.mark.parametrize(("ns", "text"), [
    (0, "0 ns"), (29, "29 ns"), (999, "999 ns"), (1_000, "1.00 us"), (172_000, "172 us"), (13_065, "13.1 us"),
    (999_600, "1.00 ms"), (10_500_000, "10.5 ms"), (99_960_000, "100.0 ms"), (5_012_800_000, "5.01 s"),
    (999_600_000, "1.00 s"), (45_242_140, "45.2 ms"), (-4_300, "-4.30 us"), (120_000_000_000, "120 s"),
    (52_201_667_000_000_000, "52,201,667 s"), (999_500_000_000, "1,000 s"),
])
def test_three_digits_and_the_unit(ns: int, text: str) -> None:
    assert duration(ns) == text


def test_a_column_of_milliseconds() -> None:
    assert milliseconds(21_760_000) == "21.8"
    assert milliseconds(5_012_800_000) == "5,012.8"
