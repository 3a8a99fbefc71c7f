"""What is a number, a name, an operator; and what is nothing."""

from __future__ import annotations

import pytest

from whywire.apps.calc.limits import ExpressionError, Limits
from whywire.apps.calc.tokens import COMMA, NAME, NUMBER, OPERATOR, tokens

LIMITS = Limits()


@pytest.mark.parametrize("text", ["1", "1.", ".5", "1.5", "1e5", "1E+5", "1.e-5", ".5e0", "007"])
def test_numbers(text: str) -> None:
    (token,) = tokens(text, LIMITS)
    assert (token.kind, token.text, token.at) == (NUMBER, text, 1)


def test_tokens_know_where_they_begin() -> None:
    found = tokens(" 2**max(1 ,\te2)\r\n", LIMITS)
    assert [(token.text, token.at) for token in found] == [
        ("2", 2), ("**", 3), ("max", 5), ("(", 8), ("1", 9), (",", 11), ("e2", 13), (")", 15)]
    assert [token.kind for token in found if token.text in ("**", "e2", ",")] == [OPERATOR, COMMA, NAME]


@pytest.mark.parametrize(("text", "what"), [("2e", ["2", "e"]), ("1e5e5", ["1e5", "e5"]), ("2e+", ["2", "e", "+"]),
                                            ("1.2.3", ["1.2", ".3"]), ("***", ["**", "*"])])
def test_the_longest_that_makes_sense(text: str, what: list[str]) -> None:
    assert [token.text for token in tokens(text, LIMITS)] == what


@pytest.mark.parametrize(("text", "said"), [
    ("", "there is no expression"), (" \n", "there is no expression"),
    ("2 ^ 3", '"^" has no meaning here; a power is written ** (character 3)'),
    ("1\x00", "U+0000 has no meaning here (character 2)"), ("½", '"½" has no meaning here (character 1)'),
    ("٣", '"٣" has no meaning here (character 1)'), ("1 = 1", '"=" has no meaning here; there is nothing to assign or '
                                                              "compare (character 3)"),
    (".", '"." has no meaning here (character 1)'),
])
def test_what_is_no_token(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        tokens(text, LIMITS)
    assert str(caught.value) == said
