"""Tokens to a program: the operations in the order in which Python does them. A loop, no recursion (shunting-yard).

    expression   = operand, or a sign and an expression, or two with an operator between
    operand      = number | name | name "(" arguments ")" | "(" expression ")"
    binds most   **  (from the right; its right side may have a sign)    then  + - before an operand
                 then  * / %    then  + -  (both from the left)
"""

from __future__ import annotations

from dataclasses import dataclass

from whywire.apps.calc import tokens as t
from whywire.apps.calc.arithmetic import ARGUMENTS, CONSTANTS
from whywire.apps.calc.limits import ExpressionError, Limits, TooMuchError
from whywire.apps.calc.tokens import Token

VALUE, CONSTANT, UNARY, BINARY, CALL = "value", "constant", "unary", "binary", "call"
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "sign": 3, "**": 4}


@dataclass(slots=True)
class Operation:
    """One step of the program: takes ``count`` values from the stack and puts one there."""

    kind: str
    name: str
    count: int
    first: int
    """The first token that its value stands for; parentheses around it count in."""
    last: int
    at: int
    """As ``first``, without parentheses around it."""


@dataclass(slots=True)
class _Waiting:
    """An operator, parenthesis or call whose right side is not complete."""

    kind: str
    """``sign``, an operator, or ``(``."""
    token: int
    call: str = ""
    """Of a parenthesis: the function it belongs to."""
    arguments: int = 0


def parse(found: list[Token], limits: Limits) -> list[Operation]:
    """Return the program of an expression. Raises ExpressionError where it is none, TooMuchError where too deep."""
    return _Parser(found, limits).go()


class _Parser:
    def __init__(self, found: list[Token], limits: Limits) -> None:
        self._tokens = found
        self._limits = limits
        self._program: list[Operation] = []
        self._spans: list[tuple[int, int]] = []
        """Of each value that will be on the stack: its tokens."""
        self._stack: list[_Waiting] = []
        self._depth = 0

    def go(self) -> list[Operation]:
        wants_operand = True
        for index, token in enumerate(self._tokens):
            wants_operand = self._operand(index, token) if wants_operand else self._behind(index, token)
        if wants_operand:
            last = self._tokens[-1]
            raise ExpressionError(f'something is missing behind "{last.text}"', last.at)
        self._reduce(0)
        if self._stack:
            raise ExpressionError('a ")" is missing for this "("', self._tokens[self._stack[-1].token].at)
        return self._program

    # ---- where an operand belongs; both return whether one belongs next

    def _operand(self, index: int, token: Token) -> bool:
        if token.kind == t.NUMBER:
            self._emit(VALUE, token.text, 0, index, index)
            return False
        if token.kind == t.NAME:
            return self._name(index, token)
        if token.kind == t.OPERATOR and token.text in "+-":
            self._push(_Waiting("sign", index), token)
            return True
        if token.kind == t.OPEN:
            self._push(_Waiting("(", index), token)
            return True
        if token.kind == t.CLOSE and self._stack and self._stack[-1].call and self._tokens[index - 1].kind == t.OPEN:
            self._close(index, token, empty=True)
            return False
        raise ExpressionError(f'a number is missing before "{token.text}"', token.at)

    def _name(self, index: int, token: Token) -> bool:
        following = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        called = following is not None and following.kind == t.OPEN
        if token.text in ARGUMENTS:
            if not called:
                raise ExpressionError(f"{token.text} is a function: write {_usage(token.text)}", token.at)
            self._push(_Waiting("call", index, token.text), token)
            return True
        if token.text not in CONSTANTS:
            known = ", ".join([*CONSTANTS, *ARGUMENTS])
            raise ExpressionError(f"{token.text[:40]} is not known; there are {known}", token.at)
        if called:
            raise ExpressionError(f"{token.text} is a number, not a function; to multiply, write *", token.at)
        self._emit(CONSTANT, token.text, 0, index, index)
        return False

    def _push(self, waiting: _Waiting, token: Token) -> None:
        if self._stack and self._stack[-1].kind == "call":  # the parenthesis right behind a function's name
            self._stack[-1].kind = "("
            return
        self._depth += 1
        if self._depth > self._limits.depth:
            raise TooMuchError("depth", f"too many parentheses, signs or powers inside each other; at most "
                                        f"{self._limits.depth:,} are worked out", token.at)
        self._stack.append(waiting)

    # ---- behind an operand

    def _behind(self, index: int, token: Token) -> bool:
        if token.kind == t.OPERATOR:
            binds = _BINDS[token.text]
            self._reduce(binds + 1 if token.text == "**" else binds)
            if token.text == "**":
                self._push(_Waiting("**", index), token)
            else:
                self._stack.append(_Waiting(token.text, index))
            return True
        if token.kind == t.CLOSE:
            self._close(index, token, empty=False)
            return False
        if token.kind == t.COMMA:
            self._reduce(0)
            if not self._stack or not self._stack[-1].call:
                raise ExpressionError("a comma stands only between the arguments of a function", token.at)
            self._stack[-1].arguments += 1
            return True
        raise ExpressionError(f'an operator is missing before "{token.text[:40]}"', token.at)

    def _close(self, index: int, token: Token, *, empty: bool) -> None:
        self._reduce(0)
        if not self._stack:
            raise ExpressionError('there is no "(" for this ")"', token.at)
        opened = self._stack.pop()
        self._depth -= 1
        if not opened.call:
            operation = self._program[-1]  # what is inside was done last
            operation.first, operation.last = opened.token, index
            self._spans[-1] = opened.token, index
            return
        count = 0 if empty else opened.arguments + 1
        fewest, most = ARGUMENTS[opened.call]
        if count < fewest or (most is not None and count > most):
            name = self._tokens[opened.token]
            raise ExpressionError(f"{opened.call} takes {_takes(opened.call)}, not {count}: write "
                                  f"{_usage(opened.call)}", name.at)
        del self._spans[len(self._spans) - count:]
        self._emit(CALL, opened.call, count, opened.token, index)

    def _reduce(self, binds: int) -> None:
        """Emit the waiting operators that bind at least as much, down to the last parenthesis."""
        while self._stack and self._stack[-1].kind != "(" and _BINDS[self._stack[-1].kind] >= binds:
            waiting = self._stack.pop()
            if waiting.kind in ("sign", "**"):
                self._depth -= 1
            _, last = self._spans.pop()
            if waiting.kind == "sign":
                self._emit(UNARY, self._tokens[waiting.token].text, 1, waiting.token, last)
            else:
                first, _ = self._spans.pop()
                self._emit(BINARY, waiting.kind, 2, first, last)

    def _emit(self, kind: str, name: str, count: int, first: int, last: int) -> None:
        self._program.append(Operation(kind, name, count, first, last, first))
        self._spans.append((first, last))


def _usage(name: str) -> str:
    fewest, most = ARGUMENTS[name]
    return f"{name}({', '.join('xyz'[:max(fewest, 2 if most is None else fewest)])})"


def _takes(name: str) -> str:
    fewest, most = ARGUMENTS[name]
    if most is None:
        return f"{fewest} or more arguments"
    if fewest != most:
        return f"{fewest} or {most} arguments"
    return {0: "no argument", 1: "1 argument"}.get(fewest, f"{fewest} arguments")
