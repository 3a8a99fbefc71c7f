"""`Ref`: how a statement points to what it speaks of, so that it can be written down and read elsewhere.

``p17`` packet 17, ``c2`` connection 2, ``c2>`` its client-to-server direction, ``c2<`` the other one,
``x3`` exchange 3, ``k41`` call 41, ``w1`` deed 1 of the wire; ``c2>[0:5]`` adds a range of stream bytes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_GRAMMAR = re.compile(r"([pcxkw])([1-9][0-9]*)([<>]?)(?:\[([0-9]+):([0-9]+)\])?")


class Ref(NamedTuple):
    """A pointer: ``kind`` is one letter, ``number`` counts from 1, the byte range is half open."""

    kind: str
    number: int
    direction: str = ""
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        span = "" if self.start is None else f"[{self.start}:{self.end}]"
        return f"{self.kind}{self.number}{self.direction}{span}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read what `str` wrote. Raises ValueError for anything else."""
        match = _GRAMMAR.fullmatch(text)
        if match is None or (match[3] and match[1] != "c"):
            raise ValueError(f"not a reference: {text!r} (expected something like p17, c2>, k41)")
        start, end = (None, None) if match[4] is None else (int(match[4]), int(match[5]))
        return cls(match[1], int(match[2]), match[3], start, end)


def packet(number: int) -> Ref:
    """Return the reference of packet ``number``."""
    return Ref("p", number)


def call(number: int) -> Ref:
    """Return the reference of call ``number``."""
    return Ref("k", number)


def wire(number: int) -> Ref:
    """Return the reference of the wire's deed ``number``."""
    return Ref("w", number)
