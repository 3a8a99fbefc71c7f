"""Ages: what an answer says of itself, its way here, and the time that it lies here; clocks that disagree."""

from __future__ import annotations

import pytest

from whywire.apps.cache.aging import GREATEST, age, initial_age


@pytest.mark.parametrize(("received", "date", "stated", "delay", "wanted"), [
    (1000.0, 1000, 0, 0.0, 0.0), (1000.9, 1000, 0, 0.0, 0.0), (1000.0, 990, 0, 0.0, 10.0), (1000.0, 1010, 0, 0.0, 0.0),
    (1000.0, 1000, 7, 0.5, 7.5), (1000.0, 990, 7, 0.5, 10.0), (1000.0, 1000, 7, -3.0, 7.0),
    (1e12, 0, 0, 0.0, float(GREATEST)),
])
def test_how_old_an_answer_comes(received: float, date: int, stated: int, delay: float, wanted: float) -> None:
    assert initial_age(received, date, stated, delay) == wanted


def test_it_grows_and_never_shrinks() -> None:
    assert [age(5.0, 100.0, now) for now in (100.0, 101.5, 90.0)] == [5.0, 6.5, 5.0]
