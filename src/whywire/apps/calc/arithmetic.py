"""The operators and functions: Python's own, each looked at before it is done, so that none takes long.

What an operation costs is counted in units of about a microsecond: 1, and more for long integers. A clock would give
another answer each time. Integers stay integers as far as Python keeps them so; a float that grows beyond all bounds
becomes inf, as in Python, and is refused only as the result, because JSON has no word for it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence

from whywire.apps.calc.limits import ExpressionError, Limits, TooMuchError

Number = int | float

CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}
RAND = "rand"
ARGUMENTS: dict[str, tuple[int, int | None]] = {
    "sin": (1, 1), "cos": (1, 1), "tan": (1, 1), "sqrt": (1, 1), "log": (1, 2), "pow": (2, 2), "max": (2, None),
    "min": (2, None), RAND: (0, 0),
}
"""Function -> fewest and most arguments; None: any number."""

_BINARY: dict[str, Callable[[Number, Number], Number]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
}
_FUNCTIONS: dict[str, Callable[..., Number]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "sqrt": math.sqrt, "log": math.log, "max": max, "min": min,
}
_BITS_A_DIGIT = math.log2(10)
_BITS_A_UNIT = 1500
"""Multiplying two integers of this many bits takes about a microsecond, of twice as many about four."""


class Arithmetic:
    """Does operations within limits and adds up what they cost."""

    def __init__(self, limits: Limits, random: Callable[[], float]) -> None:
        self._limits = limits
        self._random = random
        self._most_bits = int(limits.digits * _BITS_A_DIGIT)
        self._bound = 10 ** limits.digits
        self.spent = 0
        self.cacheable = True
        """Nothing in it was left to chance."""

    def unary(self, sign: str, value: Number) -> Number:
        """Return + or - of a value."""
        self._spend(value, 0)
        return -value if sign == "-" else value

    def binary(self, name: str, left: Number, right: Number) -> Number:
        """Return the value of an operation. Raises ExpressionError where it has none, TooMuchError beyond limits."""
        if name == "**":
            return self._power(left, right)
        if name == "*" and isinstance(left, int) and isinstance(right, int):
            self._fits(left.bit_length() + right.bit_length() - 1)
        self._spend(left, right)
        try:
            return self._small(_BINARY[name](left, right))
        except ZeroDivisionError:
            what = "division by zero" if name == "/" else "the remainder of a division by zero"
            raise ExpressionError(f"{what} has no value") from None
        except OverflowError:
            raise _overflow() from None

    def call(self, name: str, values: Sequence[Number]) -> Number:
        """Return the value of a function. Raises ExpressionError, TooMuchError."""
        if name == RAND:
            self.cacheable = False
            self._spend(0, 0)
            return self._random()
        if name == "pow":
            return self._power(*values)
        for value in values:
            self._spend(value, 0)
        try:
            return _FUNCTIONS[name](*values)
        except ZeroDivisionError:
            raise ExpressionError("a logarithm to the base 1 has no value") from None
        except ValueError:
            raise ExpressionError(_DOMAINS.get(name, "{name} has no value there").format(name=name)) from None
        except OverflowError:
            raise _overflow() from None

    def _power(self, left: Number, right: Number) -> Number:
        cost = 0
        if isinstance(left, int) and isinstance(right, int) and right > 0 and abs(left) > 1:
            bits = (abs(left).bit_length() - 1) * right
            self._fits(bits)
            cost = bits
        self._spend(cost, cost, is_bits=True)
        try:
            value = left ** right
        except ZeroDivisionError:
            raise ExpressionError("0 to a negative power is a division by zero; it has no value") from None
        except OverflowError:
            raise _overflow() from None
        if isinstance(value, complex):
            raise ExpressionError("a negative number to a power that is not an integer is complex; "
                                  "there is no real value")
        return self._small(value)

    def _spend(self, left: Number, right: Number, *, is_bits: bool = False) -> None:
        one = int(left) if is_bits else left.bit_length() if isinstance(left, int) else 0
        other = int(right) if is_bits else right.bit_length() if isinstance(right, int) else 0
        self.spent += 1 + (one // _BITS_A_UNIT + 1) * (other // _BITS_A_UNIT + 1) - 1
        if self.spent > self._limits.work:
            raise TooMuchError("work", "the expression takes too long to work out")

    def _fits(self, bits: int) -> None:
        """Raise TooMuchError for an integer that surely has too many digits, before it is made."""
        if bits > self._most_bits + 1:
            raise self._too_long()

    def _small(self, value: Number) -> Number:
        if isinstance(value, int) and not -self._bound < value < self._bound:
            raise self._too_long()
        return value

    def _too_long(self) -> TooMuchError:
        return TooMuchError("digits", f"the value has more than {self._limits.digits:,} digits")


_DOMAINS = {
    "sqrt": "the square root of a negative number has no real value",
    "log": "a logarithm has a value only for numbers above 0",
    "sin": "{name} of an infinite value has no value", "cos": "{name} of an infinite value has no value",
    "tan": "{name} of an infinite value has no value",
}


def _overflow() -> ExpressionError:
    return ExpressionError("the value is too large for a float (about 1.8e308)")
