"""Errors name the character where there is one."""

from __future__ import annotations

from whywire.apps.calc.limits import ExpressionError, TooMuchError


def test_the_text_says_where() -> None:
    assert str(ExpressionError("no")) == "no"
    assert str(ExpressionError("no", 3)) == "no (character 3)"
    error = TooMuchError("depth", "too deep", 7)
    assert (str(error), error.limit, error.at) == ("too deep (character 7)", "depth", 7)
