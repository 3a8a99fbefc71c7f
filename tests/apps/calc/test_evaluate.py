"""Values equal Python's own; steps lead from the expression to its value; nothing takes long."""

from __future__ import annotations

import contextlib
import time
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.apps.calc.random_expressions import by_python, expression
from whywire.apps.calc.evaluate import evaluate
from whywire.apps.calc.limits import ExpressionError, Limits, TooMuchError

EXPRESSIONS = 10_000


def half() -> float:
    return 0.5


def value(text: str) -> float:
    return evaluate(text, half).value


def steps(text: str) -> list[str]:
    return list(evaluate(text, half, most_steps=65_000).steps)


def test_ten_thousand_random_expressions_have_python_s_values() -> None:
    random = Random(9999)
    compared = refused = large = 0
    for _ in range(EXPRESSIONS):
        text = expression(random)
        try:
            wanted = by_python(text)
        except MemoryError:
            large += 1
            with pytest.raises(ExpressionError):
                value(text)
            continue
        if wanted is None:
            refused += 1
            with pytest.raises(ExpressionError):
                value(text)
        else:
            compared += 1
            found = value(text)
            assert (found, type(found)) == (wanted, type(wanted)), text
    assert compared > 7_000, "too few of them have a value; the others say little"
    assert refused > 500
    assert large > 20


@pytest.mark.parametrize("seed", range(4))
def test_each_step_has_the_value_of_the_expression(seed: int) -> None:
    random = Random(seed)
    for _ in range(300):
        text = expression(random, 4)
        try:
            worked = evaluate(text, half, most_steps=60_000)
        except ExpressionError:
            continue
        for step in worked.steps:
            if "inf" not in step:
                assert value(step) == worked.value, (text, step)
        if worked.steps:
            assert worked.steps[-1] == str(worked.value)


@pytest.mark.parametrize(("text", "wanted"), [
    ("2 + 3 * 4", ["2 + 12", "14"]),
    ("(2 + 3) * 4", ["5 * 4", "20"]),
    ("-2**2", ["-4"]),
    ("2**3**2", ["2 ** 9", "512"]),
    ("2**-1", ["0.5"]),
    ("(1-3)**2", ["(-2) ** 2", "4"]),
    ("1 - (2-5)", ["1 - -3", "4"]),
    ("-(2-5)", ["-(-3)", "3"]),
    ("((5))*(-(3))", ["-15"]),
    ("max(1,2,3) + pow(2,10)", ["3 + pow(2, 10)", "3 + 1024", "1027"]),
    ("pi*2", ["3.141592653589793 * 2", "6.283185307179586"]),
    ("rand()+1", ["0.5 + 1", "1.5"]),
    ("max((1+2),(3))", ["max(3, 3)", "3"]),
    ("7", []), ("-7", []), ("(7)", []),
])
def test_steps(text: str, wanted: list[str]) -> None:
    assert steps(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("0.1 + 0.2", 0.30000000000000004), ("10**30 + 1", 10 ** 30 + 1), ("7 / 2", 3.5), ("6 / 2", 3.0), ("-7 % 3", 2),
    ("1 / (1e308 * 10)", 0.0), ("007", 7), ("log(8, 2)", 3.0), ("pow(2, 100)", 2 ** 100),
    ("sqrt(2) ** 2", 2.0000000000000004),
    ("rand()", 0.5), ("max(1, 2.5)", 2.5), ("2**0.5", 2 ** 0.5), ("10 ** -2", 0.01),
])
def test_values(text: str, wanted: float) -> None:
    found = value(text)
    assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize(("text", "said"), [
    ("1/0", "division by zero has no value"), ("1 % 0", "the remainder of a division by zero has no value"),
    ("0 ** -1", "0 to a negative power is a division by zero; it has no value"),
    ("(-8) ** 0.5", "a negative number to a power that is not an integer is complex; there is no real value"),
    ("sqrt(-1)", "the square root of a negative number has no real value"),
    ("log(0)", "a logarithm has a value only for numbers above 0"),
    ("log(8, 1)", "a logarithm to the base 1 has no value"),
    ("10.0 ** 400", "the value is too large for a float (about 1.8e308)"),
    ("10 ** 400 / 1.0", "the value is too large for a float (about 1.8e308)"),
    ("1e308 * 10", "the value is not a finite number; it is too large for a float (about 1.8e308)"),
    ("1e999 - 1e999", "the value is not a number (infinite values cancel out)"),
    ("sin(1e999)", "sin of an infinite value has no value"),
])
def test_no_value(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert str(caught.value) == said
    assert not isinstance(caught.value, TooMuchError)


@pytest.mark.parametrize(("text", "limit"), [
    ("2**10**9", "digits"), ("9" * 4001, "digits"), ("10**3999 * 10", "digits"), ("pow(10, 4000)", "digits"),
    ("9**9**9**9", "digits"), ("(" * 201 + "1" + ")" * 201, "depth"), ("-" * 201 + "1", "depth"),
    ("1**" * 201 + "1", "depth"), ("sin(" * 201 + "1" + ")" * 201, "depth"), ("1" * 10_001, "characters"),
    ("+".join(["10**3999%7"] * 900), "work"),
])
def test_limits(text: str, limit: str) -> None:
    with pytest.raises(TooMuchError) as caught:
        value(text)
    assert caught.value.limit == limit


@pytest.mark.parametrize("text", ["9" * 4000, "10**3999", "-(10**3999)", "(" * 200 + "1" + ")" * 200,
                                  "+".join("1" * 5000), "0**10**9", "1**10**9", "(-1)**10**3999", "2**0", "1.0**10**9"])
def test_what_is_just_inside_the_limits(text: str) -> None:
    assert value(text) is not None


def test_steps_that_fit_into_no_answer_end_early() -> None:
    with pytest.raises(TooMuchError) as caught:
        evaluate("+".join("1" * 5000), half, most_steps=65_000)
    assert caught.value.limit == "answer"
    with pytest.raises(TooMuchError):
        evaluate(f"max({','.join(['-(1)'] * 2000)})", half, most_steps=100)


def test_only_what_is_left_to_chance_is_not_for_a_cache() -> None:
    assert evaluate("1 + 1", half).cacheable
    assert not evaluate("max(1, rand() * 0)", half).cacheable


@pytest.mark.parametrize("text", [
    "+".join(["9" * 90 + "**40"] * 100), "*".join(["1.0"] * 2000), "max(" + ",".join(["-1"] * 3000) + ")",
    "(" * 199 + "1" + "+1)" * 199, "%".join(["10**3900"] * 1000), "-".join(["sin(1)"] * 1300), "2**" * 199 + "1",
    "7" * 4000 + "*7" * 2500, "max(" + ",".join(["-(1)"] * 1900) + ")",
])
def test_the_worst_is_soon_answered(text: str) -> None:
    began = time.process_time()
    for most in (None, 65_000):
        with contextlib.suppress(TooMuchError):
            evaluate(text, half, most_steps=most)
    assert time.process_time() - began < 2.0, "a tenth of a second is meant; this machine may be busy"


TEXT = st.text(st.sampled_from("0123456789.eE+-*/%(), pisncotaqrlgmxwd\n^é"), max_size=60)


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example("1e5e5")
@example("..")
@example("1.2.3")
def test_any_text_has_a_value_or_an_error(text: str) -> None:
    try:
        worked = evaluate(text, half, most_steps=65_000)
    except ExpressionError as error:
        assert str(error)
    else:
        assert worked.value == by_python_or(text, worked.value)


def by_python_or(text: str, otherwise: float) -> float:
    """Return Python's value where Python reads the text as an expression at all (it has no 007)."""
    try:
        wanted = by_python(" ".join(text.split()))
    except (SyntaxError, KeyError, AssertionError, MemoryError):
        return otherwise
    return otherwise if wanted is None else wanted


def test_other_limits() -> None:
    with pytest.raises(TooMuchError):
        evaluate("1+1", half, limits=Limits(work=0))
    assert evaluate("12+1", half, limits=Limits(digits=2)).value == 13
    with pytest.raises(TooMuchError):
        evaluate("99+1", half, limits=Limits(digits=2))
