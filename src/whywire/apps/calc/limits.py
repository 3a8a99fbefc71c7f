"""How large, deep, long and slow an expression may be, and the error of one that is more, or is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Each has its own error. The defaults keep an answer below a tenth of a second."""

    characters: int = 10_000
    """Of the expression."""
    depth: int = 200
    """Of parentheses, calls, signs and powers inside each other."""
    digits: int = 4_000
    """Of an integer, whether typed or worked out; below the 4,300 that Python and its JSON print and read."""
    work: int = 50_000
    """What working it out may cost: 1 for each operation, more for one with long integers (`arithmetic`)."""


class ExpressionError(ValueError):
    """The expression has no answer; the text says why, to who typed it. ``at`` is the character, from 1; 0: none."""

    def __init__(self, text: str, at: int = 0) -> None:
        super().__init__(f"{text} (character {at})" if at else text)
        self.at = at


class TooMuchError(ExpressionError):
    """A limit was passed: ``limit`` is its name."""

    def __init__(self, limit: str, text: str, at: int = 0) -> None:
        super().__init__(text, at)
        self.limit = limit
