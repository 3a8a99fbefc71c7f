"""A program to its value and its steps: the expression rewritten, one operation at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from whywire.apps.calc import parse as p
from whywire.apps.calc import tokens as t
from whywire.apps.calc.arithmetic import CONSTANTS, Arithmetic, Number
from whywire.apps.calc.limits import ExpressionError, Limits, TooMuchError
from whywire.apps.calc.parse import Operation
from whywire.apps.calc.tokens import Token

_VALUE, _SIGN = "value", "sign"


@dataclass(frozen=True, slots=True)
class Worked:
    """An expression worked out."""

    value: Number
    """Finite."""
    steps: tuple[str, ...]
    """The expression after each operation; the last one is the value."""
    cacheable: bool
    """The same expression gives the same value again."""


def evaluate(text: str, random: Callable[[], float], *, limits: Limits | None = None,
             most_steps: int | None = None) -> Worked:
    """Return the value of an expression.

    ``most_steps`` is how many bytes of steps are wanted at most; None: no steps. Raises ExpressionError where the
    expression has no value, TooMuchError beyond the limits.
    """
    limits = limits or Limits()
    found = t.tokens(text, limits)
    program = p.parse(found, limits)
    paper = None if most_steps is None else _Paper(found, program, most_steps)
    arithmetic = Arithmetic(limits, random)
    stack: list[Number] = []
    for operation in program:
        value = _done(operation, arithmetic, stack)
        stack.append(value)
        if paper is not None:
            paper.rewrite(operation, value)
    (value,) = stack
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("the value is not a finite number; it is too large for a float (about 1.8e308)"
                              if math.isinf(value) else "the value is not a number (infinite values cancel out)")
    return Worked(value, () if paper is None else tuple(paper.steps), arithmetic.cacheable)


def _done(operation: Operation, arithmetic: Arithmetic, stack: list[Number]) -> Number:
    """Do one operation: take its values from the stack, return the new one."""
    if operation.kind == p.VALUE:
        return int(operation.name) if operation.name.isdigit() else float(operation.name)
    if operation.kind == p.CONSTANT:
        return CONSTANTS[operation.name]
    values = stack[len(stack) - operation.count:]
    del stack[len(stack) - operation.count:]
    if operation.kind == p.UNARY:
        return arithmetic.unary(operation.name, *values)
    if operation.kind == p.BINARY:
        return arithmetic.binary(operation.name, *values)
    return arithmetic.call(operation.name, values)


class _Paper:
    """The expression as a list of linked tokens, in which values take the place of what they came from."""

    def __init__(self, found: list[Token], program: list[Operation], most_bytes: int) -> None:
        self.steps: list[str] = []
        self._left = most_bytes
        self._texts = [token.text for token in found]
        self._kinds = [token.kind for token in found]
        self._next = list(range(1, len(found) + 1))
        self._plain = {id(one) for before, one in pairwise(program) if one.kind == p.UNARY and before.kind == p.VALUE}
        for operation in program:
            if operation.kind == p.UNARY:
                sign = operation.first
                while self._kinds[sign] == t.OPEN:
                    sign += 1
                self._kinds[sign] = _SIGN
            elif operation.kind == p.VALUE:  # its parentheses go without a line of their own
                self._replace(operation, self._texts[operation.at])
        self._last = self._text()

    def rewrite(self, operation: Operation, value: Number) -> None:
        """Write the value in place of the operation, and a line where that changes the text."""
        if operation.kind == p.VALUE:
            return
        self._replace(operation, str(value))
        if id(operation) in self._plain:  # -2 is -2
            return
        text = self._text()
        self._left -= len(text) + len('"", ')
        if self._left < 0:
            raise TooMuchError("answer", "the steps are too long for one answer (65,535 bytes); ask without them")
        if text != self._last:
            self.steps.append(text)
            self._last = text

    def _replace(self, operation: Operation, text: str) -> None:
        self._texts[operation.first] = text
        self._kinds[operation.first] = _VALUE
        self._next[operation.first] = self._next[operation.last]

    def _text(self) -> str:
        parts: list[str] = []
        at, before = 0, t.OPEN
        while at < len(self._texts):
            kind, text = self._kinds[at], self._texts[at]
            at = self._next[at]
            if kind == t.OPERATOR:
                text = f" {text} "
            elif kind == t.COMMA:
                text = ", "
            elif kind == _VALUE and text[0] == "-" and (before == _SIGN or self._is_power(at)):
                text = f"({text})"
            parts.append(text)
            before = kind
        return "".join(parts)

    def _is_power(self, at: int) -> bool:
        return at < len(self._texts) and self._texts[at] == "**"
