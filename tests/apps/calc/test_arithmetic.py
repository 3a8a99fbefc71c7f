"""What is refused before it is done."""

from __future__ import annotations

import time

import pytest

from whywire.apps.calc.arithmetic import ARGUMENTS, Arithmetic
from whywire.apps.calc.limits import Limits, TooMuchError


def arithmetic() -> Arithmetic:
    return Arithmetic(Limits(), lambda: 0.25)


@pytest.mark.parametrize(("name", "left", "right"), [
    ("**", 2, 10 ** 9), ("**", 10 ** 3999, 10 ** 3999), ("**", -3, 10 ** 12), ("*", 10 ** 3000, 10 ** 3000),
    ("+", 10 ** 4000 - 1, 1), ("-", -(10 ** 4000) + 1, 1),
])
def test_long_integers_are_not_even_made(name: str, left: int, right: int) -> None:
    began = time.process_time()
    with pytest.raises(TooMuchError) as caught:
        arithmetic().binary(name, left, right)
    assert caught.value.limit == "digits"
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(("name", "left", "right", "wanted"), [
    ("**", 0, 10 ** 3999, 0), ("**", 1, 10 ** 3999, 1), ("**", -1, 10 ** 3999, 1), ("**", 2, -(10 ** 3), 2.0 ** -1000),
    ("**", 10, 3999, 10 ** 3999), ("*", 10 ** 1999, 10 ** 2000, 10 ** 3999), ("*", 0, 10 ** 3999, 0),
])
def test_what_only_looks_long(name: str, left: int, right: int, wanted: float) -> None:
    assert arithmetic().binary(name, left, right) == wanted


def test_long_integers_cost_more_and_the_sum_is_limited() -> None:
    cheap, dear = arithmetic(), arithmetic()
    cheap.binary("*", 3, 4)
    dear.binary("*", 10 ** 1900, 10 ** 1900)
    assert cheap.spent == 1
    assert dear.spent > 10
    with pytest.raises(TooMuchError) as caught:
        for _ in range(60_000):
            cheap.unary("-", 1)
    assert caught.value.limit == "work"


def test_rand_is_the_argument_and_not_for_caches() -> None:
    one = arithmetic()
    assert one.cacheable
    assert one.call("rand", []) == 0.25
    assert not one.cacheable


def test_every_function_can_be_called() -> None:
    for name, (fewest, most) in ARGUMENTS.items():
        for count in {fewest, most or 3}:
            assert isinstance(arithmetic().call(name, [2.0, 3.0, 4.0][:count]), float), name
