"""The order of operations, and what is said of text that is no expression."""

from __future__ import annotations

import pytest

from whywire.apps.calc.limits import ExpressionError, Limits
from whywire.apps.calc.parse import parse
from whywire.apps.calc.tokens import tokens


def order(text: str) -> str:
    """Return the program as in a pocket calculator with a stack."""
    program = parse(tokens(text, Limits()), Limits())
    return " ".join(one.name if one.kind != "unary" else f"u{one.name}" for one in program)


@pytest.mark.parametrize(("text", "wanted"), [
    ("1+2*3", "1 2 3 * +"), ("1-2-3", "1 2 - 3 -"), ("8/4/2", "8 4 / 2 /"), ("2**3**2", "2 3 2 ** **"),
    ("-2**2", "2 2 ** u-"), ("2**-1", "2 1 u- **"), ("2**-1*3", "2 1 u- ** 3 *"), ("2**-3**2", "2 3 2 ** u- **"),
    ("-2*3", "2 u- 3 *"), ("1--1", "1 1 u- -"), ("-+-1", "1 u- u+ u-"), ("(1+2)*3", "1 2 + 3 *"),
    ("max(1,-2,3+4)", "1 2 u- 3 4 + max"), ("rand()*2", "rand 2 *"), ("-max(1,2)**2", "1 2 max 2 ** u-"),
    ("log(8,2)%3", "8 2 log 3 %"), ("1*2%3/4", "1 2 * 3 % 4 /"),
])
def test_order(text: str, wanted: str) -> None:
    assert order(text) == wanted


def test_an_operation_knows_its_tokens_and_the_parentheses_around_it() -> None:
    program = parse(tokens("2*((3+4))", Limits()), Limits())
    assert [(one.name, one.first, one.last) for one in program] == [
        ("2", 0, 0), ("3", 4, 4), ("4", 6, 6), ("+", 2, 8), ("*", 0, 8)]


@pytest.mark.parametrize(("text", "said"), [
    ("1 +", 'something is missing behind "+" (character 3)'), ("(1", 'a ")" is missing for this "(" (character 1)'),
    ("sin(1", 'a ")" is missing for this "(" (character 1)'), ("1)", 'there is no "(" for this ")" (character 2)'),
    ("()", 'a number is missing before ")" (character 2)'), ("*1", 'a number is missing before "*" (character 1)'),
    ("1 2", 'an operator is missing before "2" (character 3)'),
    ("2pi", 'an operator is missing before "pi" (character 2)'),
    ("2(3)", 'an operator is missing before "(" (character 2)'),
    ("1,2", "a comma stands only between the arguments of a function (character 2)"),
    ("(1,2)", "a comma stands only between the arguments of a function (character 3)"),
    ("max(,1)", 'a number is missing before "," (character 5)'),
    ("max(1,)", 'a number is missing before ")" (character 7)'),
    ("sin", "sin is a function: write sin(x) (character 1)"),
    ("max", "max is a function: write max(x, y) (character 1)"),
    ("rand+1", "rand is a function: write rand() (character 1)"),
    ("pi(2)", "pi is a number, not a function; to multiply, write * (character 1)"),
    ("sin()", "sin takes 1 argument, not 0: write sin(x) (character 1)"),
    ("1+max(1)", "max takes 2 or more arguments, not 1: write max(x, y) (character 3)"),
    ("rand(1)", "rand takes no argument, not 1: write rand() (character 1)"),
    ("pow(1,2,3)", "pow takes 2 arguments, not 3: write pow(x, y) (character 1)"),
    ("log()", "log takes 1 or 2 arguments, not 0: write log(x) (character 1)"),
])
def test_what_is_no_expression(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        order(text)
    assert str(caught.value) == said


@pytest.mark.parametrize("text", ["__import__('os')", "foo", "eval(1)", "i", "nan", "inf", "PI", "x" * 9000])
def test_names_that_are_not_known(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"is not known; there are pi, e, tau|has no meaning here"):
        order(text)
