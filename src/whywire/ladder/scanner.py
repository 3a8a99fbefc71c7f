"""One line of a ladder, read from left to right; what is wrong is said with its line and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from whywire.base.errors import WhywireError
from whywire.ladder.quoting import nanoseconds, unquote, unquote_bytes

T = TypeVar("T")

_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RAW = re.compile(r"`([^`]*)`")
_SECONDS = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
TIME = re.compile(rf"[+-]{_SECONDS}(?![^\s])")
MOMENT = re.compile(rf"-?{_SECONDS}(?![^\s])")
HOST = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
TAG = re.compile(r"c[1-9][0-9]*(?![^\s])")
NUMBER = re.compile(r"-?[0-9]{1,20}(?![0-9A-Za-z_])")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
FILE = re.compile(r"[^\s\"`:#]+")


class LadderError(WhywireError):
    """A ladder that can't be read. ``line`` and ``column`` count from 1; column 0: the whole line."""

    def __init__(self, line: int, column: int, what: str, hint: str = "") -> None:
        place = f"line {line}, column {column}" if column else f"line {line}"
        super().__init__(f"ladder, {place}: {what}", hint)
        self.line = line
        self.column = column


class Scanner:
    """A line and a position in it. The space before each thing is skipped."""

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.position = 0

    def skip(self) -> int:
        """Skip space; return the position."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.position

    def rest(self) -> str:
        """Return what is still to be read, without the space around it."""
        return self.text[self.skip():].rstrip()

    def fail(self, what: str, position: int | None = None) -> LadderError:
        """Return the error for this place (the caller raises it)."""
        place = self.position if position is None else position
        return LadderError(self.number, place + 1, what)

    def expected(self, what: str) -> LadderError:
        """Return the error that says what should stand here, and what does."""
        found = self.rest().split()
        return self.fail(f"expected {what}, found {found[0]!r}" if found else f"expected {what}, the line ends")

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Read what matches, or nothing."""
        match = pattern.match(self.text, self.skip())
        if match is None:
            return None
        self.position = match.end()
        return match[0]

    def need(self, pattern: re.Pattern[str], what: str) -> str:
        """Read what matches. Raises LadderError."""
        found = self.take(pattern)
        if found is None:
            raise self.expected(what)
        return found

    def sign(self, sign: str) -> bool:
        """Read ``sign`` if it stands here."""
        if not self.text.startswith(sign, self.skip()):
            return False
        self.position += len(sign)
        return True

    def need_sign(self, sign: str) -> None:
        """Read ``sign``. Raises LadderError."""
        if not self.sign(sign):
            raise self.expected(f"'{sign}'")

    def keyword(self, word: str) -> bool:
        """Read the word ``word`` if it stands here, whole."""
        match = WORD.match(self.text, self.skip())
        if match is None or match[0] != word:
            return False
        self.position = match.end()
        return True

    def number_in(self, what: str, low: int, high: int) -> int:
        """Read an integer in a range. Raises LadderError."""
        start = self.skip()
        value = int(self.need(NUMBER, what))
        if not low <= value <= high:
            raise self.fail(f"{what} is {value}, it must lie between {low} and {high}", start)
        return value

    def time(self, pattern: re.Pattern[str], what: str) -> int:
        """Read a time in seconds; return nanoseconds. Raises LadderError."""
        return nanoseconds(self.need(pattern, what))

    def string(self, what: str) -> str:
        """Read text in double quotes (with escapes) or in backquotes (as it stands). Raises LadderError."""
        raw = self.take(_RAW)
        return raw[1:-1] if raw is not None else self._quoted(what, unquote)

    def bytes(self, what: str) -> bytes:
        """Read bytes in double quotes. Raises LadderError."""
        return self._quoted(what, unquote_bytes)

    def quoted(self) -> bool:
        """Tell whether a string stands here."""
        return self.text.startswith(('"', "`"), self.skip())

    def _quoted(self, what: str, read: Callable[[str], T]) -> T:
        start = self.skip()
        body = self.need(_STRING, what)[1:-1]
        try:
            return read(body)
        except UnicodeEncodeError:
            raise self.fail("a lone surrogate is no byte", start) from None
        except ValueError as error:
            raise self.fail(str(error), start) from None

    def comment(self) -> str | None:
        """Read the end of the line: nothing, or a comment. Raises LadderError for anything else."""
        if self.sign("#"):
            text = self.rest()
            self.position = len(self.text)
            return text
        if self.rest():
            raise self.expected("the end of the line")
        return None
