"""What a table's columns are: name, type, unit, meaning, what null means, and where the values come from.

A value comes from a buffer of the pass (`from_`: a name, then nothing is copied) or from an expression over buffers
(`Of`). Such an expression is written with operators only, so that the same line computes one number or a whole NumPy
column: there is one source of what a column means, with and without NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

TYPES = {
    "uint8": "whole number, 8 bits", "uint16": "whole number, 16 bits", "uint32": "whole number, 32 bits",
    "uint64": "whole number, 64 bits", "int32": "signed whole number, 32 bits", "int64": "signed whole number, 64 bits",
    "bool": "true or false", "text": "text", "word": "text out of few; Arrow: a dictionary",
    "bits": "several words; Arrow, NumPy: a bit mask of 32 bits, the words are in the field's metadata",
}
"""Types of columns, with a line for the reference."""


class Of(NamedTuple):
    """``rule(*values, *whole)``: ``ins`` are buffers with a value a row, ``whole`` buffers that the rule looks into."""

    rule: Callable[..., Any]
    ins: tuple[str, ...]
    whole: tuple[str, ...] = ()


class Field(NamedTuple):
    """One column."""

    name: str
    type: str
    """One of `TYPES`."""
    unit: str
    meaning: str
    null: str = ""
    """What null means; empty: there is none."""
    from_: str | Of = ""
    """Where the values come from; empty: the buffer of the column's name."""
    where: int | Of | None = None
    """Where there is a value: bits of the buffer ``present`` of which one is set, or an expression; None: everywhere,
    but where an object's value is None."""
    words: str = ""
    """Of words and bits: which list of words their numbers select from."""

    @property
    def source(self) -> str | Of:
        """Where the values come from."""
        return self.from_ or self.name


class Schema(NamedTuple):
    """The columns of a table, what a row is, and the columns that a display on little room shows."""

    name: str
    row: str
    fields: tuple[Field, ...]
    brief: tuple[str, ...]
