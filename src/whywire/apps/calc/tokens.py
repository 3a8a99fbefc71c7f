"""An expression's text to tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from whywire.apps.calc.limits import ExpressionError, Limits, TooMuchError

NUMBER, NAME, OPERATOR, OPEN, CLOSE, COMMA = "number", "name", "operator", "open", "close", "comma"

_TOKEN = re.compile(r"""
    (?P<number> (?: [0-9]+ (?: \. [0-9]* )? | \. [0-9]+ ) (?: [eE] [+-]? [0-9]+ )? )
  | (?P<name> [A-Za-z_] [A-Za-z_0-9]* )
  | (?P<operator> \*\* | [-+*/%] )
  | (?P<open> \( ) | (?P<close> \) ) | (?P<comma> , )
""", re.VERBOSE)
_SPACE = re.compile(r"[ \t\r\n]*")
_MEANT = {"^": "a power is written **", "×": "write *", "·": "write *", "÷": "write /", ":": "write /", "−": "write -",
          "[": "write (", "]": "write )", "=": "there is nothing to assign or compare", "!": "there are no factorials"}


class Token(NamedTuple):
    """A piece of the text."""

    kind: str
    text: str
    at: int
    """The character it begins with, from 1."""


def tokens(text: str, limits: Limits) -> list[Token]:
    """Return the tokens of an expression. Raises ExpressionError for what is none, TooMuchError beyond the limits."""
    if len(text) > limits.characters:
        raise TooMuchError("characters", f"the expression is too long: {len(text):,} characters; at most "
                                         f"{limits.characters:,} are worked out")
    found = []
    at = _skip(text, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unknown(text, at)
        kind = match.lastgroup or ""
        if kind == NUMBER and match.group().isdigit() and len(match.group()) > limits.digits:
            raise TooMuchError("digits", f"an integer of {len(match.group()):,} digits is too long; at most "
                                         f"{limits.digits:,} are worked out", at + 1)
        found.append(Token(kind, match.group(), at + 1))
        at = _skip(text, match.end())
    if not found:
        raise ExpressionError("there is no expression")
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _unknown(text: str, at: int) -> ExpressionError:
    char = text[at]
    shown = f'"{char}"' if char.isprintable() else f"U+{ord(char):04X}"
    meant = _MEANT.get(char)
    return ExpressionError(f"{shown} has no meaning here" + (f"; {meant}" if meant else ""), at + 1)
