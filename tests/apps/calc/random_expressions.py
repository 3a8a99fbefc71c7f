"""Expressions made by chance from a seed, and their values by Python's own parser and arithmetic."""

from __future__ import annotations

import ast
import math
import operator
from random import Random

Number = int | float

_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
           ast.Mod: operator.mod, ast.Pow: operator.pow}
_UNARY = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_NAMES = {"pi": math.pi, "e": math.e, "tau": math.tau}
_CALLS = {"sin": math.sin, "cos": math.cos, "tan": math.tan, "sqrt": math.sqrt, "log": math.log, "max": max, "min": min,
          "pow": pow}


def expression(random: Random, depth: int = 5) -> str:
    """Return an expression; what binds how is left to whoever reads it, so parentheses stand only here and there."""
    kind = random.random()
    if depth == 0 or kind < 0.15:
        return number(random)
    inner = [expression(random, depth - 1) for _ in range(3)]
    space = random.choice(("", " ", "  ", "\t"))
    if kind < 0.55:
        sign = random.choice(("+", "-", "*", "/", "%", "+", "-", "*"))
        return f"{inner[0]}{space}{sign}{space}{inner[1]}"
    if kind < 0.63:
        return f"{inner[0]}{space}**{space}{random.choice((number(random), '-' + number(random), inner[1]))}"
    if kind < 0.75:
        return f"{random.choice('+-')}{space}{inner[0]}"
    if kind < 0.88:
        return f"({space}{inner[0]}{space})"
    name = random.choice(list(_CALLS))
    count = {"pow": 2, "max": random.randint(2, 3), "min": 2, "log": random.randint(1, 2)}.get(name, 1)
    return f"{name}({f',{space}'.join(inner[:count])})"


def number(random: Random) -> str:
    """Return a number, or a constant, as one may write it."""
    kind = random.random()
    if kind < 0.5:
        return str(random.randint(0, 20))
    if kind < 0.6:
        return str(random.getrandbits(random.choice((40, 80, 300))))
    if kind < 0.9:
        return random.choice(("0.5", "1.25", "3.", ".75", "1e3", "2.5E-3", "1e+16", "0.1", "1e308", "7e-320"))
    return random.choice(list(_NAMES))


def by_python(text: str) -> Number | None:
    """Return the value that Python gives an expression; None: none, or none that is real and finite.

    Raises MemoryError (by our own hand) for powers that Python would work on for minutes.
    """
    try:
        value = _value(ast.parse(text.strip().replace("\t", " "), mode="eval").body)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(int() | float() as value):
            return value
        case ast.Name(name):
            return _NAMES[name]
        case ast.UnaryOp(sign, inner):
            return _UNARY[type(sign)](_value(inner))
        case ast.BinOp(left, sign, right):
            one, other = _value(left), _value(right)
            if isinstance(sign, ast.Pow):
                _check_power(one, other)
            return _finite_int(_BINARY[type(sign)](one, other))
        case ast.Call(ast.Name(name), arguments):
            values = [_value(argument) for argument in arguments]
            if name == "pow":
                _check_power(*values)
            return _finite_int(_CALLS[name](*values))
    raise AssertionError(ast.dump(node))


def _check_power(base: Number, power: Number) -> None:
    if isinstance(base, int) and isinstance(power, int) and (abs(base).bit_length() - 1) * power > 14_000:
        raise MemoryError


def _finite_int(value: Number) -> Number:
    if isinstance(value, complex):
        raise ValueError
    if isinstance(value, int) and value.bit_length() > 13_289:
        raise MemoryError
    return value
