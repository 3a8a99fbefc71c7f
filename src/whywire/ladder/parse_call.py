"""A call line: a whole call, its start (``...`` at the end) or its end (``...`` at the front)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from whywire.ladder.records import CALL, ENDED, STARTED, CallLine
from whywire.ladder.scanner import FILE, MOMENT, WORD, Scanner

RESULT = re.compile(r"(?:-?[0-9]+(?: bytes?)?|None|True|False)(?![^\s])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PROGRAM = re.compile(r"[^\s\"`#]+")
_LARGE = 1 << 62


def call_line(scanner: Scanner, delta_ns: int | None, tag: str | None, host: str) -> CallLine:
    """Read a call line from behind ``a:`` on. Raises LadderError."""
    ended = scanner.sign("...")
    name = scanner.need(_NAME, "the call's name")
    args = "" if ended else _args(scanner)
    phase = ENDED if ended else STARTED if scanner.sign("...") else CALL
    result = error = None
    if phase != STARTED:
        if scanner.sign("="):
            result = scanner.string("what it returned") if scanner.quoted() else \
                scanner.need(RESULT, "what it returned (a number, None, or text in quotes)")
        elif scanner.sign("!"):
            error = scanner.string("the error in quotes")
    found: dict[str, Any] = {}
    while True:
        start = scanner.skip()
        word = scanner.take(WORD)
        if word is None:
            break
        if word not in _ATTRIBUTES:
            raise scanner.fail(f"{word!r} is not known here; there are {', '.join(_ATTRIBUTES)}", start)
        if word == "takes" and phase != CALL:
            raise scanner.fail("only a whole call takes a time; its start and its end have theirs", start)
        new = _ATTRIBUTES[word](scanner)
        if any(key in found for key in new):
            raise scanner.fail(f"{word} is given twice", start)
        found.update(new)
    return CallLine(host, name, phase, args, result, error, delta_ns=delta_ns, tag=tag, comment=scanner.comment(),
                    line=scanner.number, **found)


def balanced(text: str) -> bool:
    """Tell whether each ``)`` of ``text`` closes a ``(`` of it, and each ``(`` is closed."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


def _args(scanner: Scanner) -> str:
    """Read the arguments and their parentheses: text in quotes, or all up to the parenthesis that closes them."""
    scanner.need_sign("(")
    if scanner.text.startswith('"', scanner.skip()):
        args = scanner.string("the arguments")
        scanner.need_sign(")")
        return args
    start, depth = scanner.position, 1
    for place in range(start, len(scanner.text)):
        letter = scanner.text[place]
        depth += (letter == "(") - (letter == ")")
        if letter == '"':
            raise scanner.fail("a double quote among the arguments: put them in quotes, this one as \\\"", place)
        if depth == 0:
            scanner.position = place + 1
            return scanner.text[start:place].rstrip()
    raise scanner.fail("the parenthesis of the arguments is not closed", start - 1)


def _at(scanner: Scanner) -> dict[str, Any]:
    file = scanner.string("the file") if scanner.quoted() else scanner.need(FILE, "the file")
    lineno = source = None
    if scanner.sign(":"):
        lineno = scanner.number_in("a line number", 1, _LARGE)
        source = scanner.string("the source line") if scanner.quoted() else None
    return {"file": file, "lineno": lineno, "source": source}


def _number(key: str, what: str) -> Callable[[Scanner], dict[str, Any]]:
    return lambda scanner: {key: scanner.number_in(what, 0, _LARGE)}


def _word(key: str, what: str) -> Callable[[Scanner], dict[str, Any]]:
    return lambda scanner: {key: scanner.string(what) if scanner.quoted() else scanner.need(_PROGRAM, what)}


_ATTRIBUTES: dict[str, Callable[[Scanner], dict[str, Any]]] = {
    "takes": lambda scanner: {"takes_ns": scanner.time(MOMENT, "a time in seconds")},
    "at": _at,
    "in": _word("function", "the function's name"),
    "how": _word("how", "how it was done"),
    "moved": _number("byte_count", "a number of bytes"),
    "listening": lambda _: {"listening": True},
    "program": _word("program", "the program's name"),
    "pid": _number("pid", "a process number"),
    "tid": _number("tid", "a thread number"),
    "fd": _number("fd", "a descriptor"),
}
