"""Tables as CSV and as JSON lines. Nothing but the standard library; a block of rows is in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from whywire.tables.table import BLOCK, Table

STEP = BLOCK >> 4


def csv(table: Table) -> Iterator[str]:
    """Yield the table as CSV (RFC 4180, lines end with LF): a line of names first; null is empty, empty text is ``""``.

    Several words of a cell have a space between them. Control characters in text are written as escapes (``\\x1b``).
    """
    yield ",".join(table.columns) + "\n"
    for rows in _blocks(table):
        yield "".join(",".join(map(_cell, row)) + "\n" for row in rows)


def jsonl(table: Table) -> Iterator[str]:
    """Yield the table as JSON lines: an object a row, plain ASCII; several words are a list."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    names = table.columns
    for rows in _blocks(table):
        yield "".join(encode(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def _blocks(table: Table) -> Iterator[Iterator[tuple[Any, ...]]]:
    for start in range(0, len(table), STEP):
        yield zip(*table.lists(start, min(start + STEP, len(table))), strict=True)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
                       for char in text)
    return text if text and not set(text) & set(',"\n') else '"' + text.replace('"', '""') + '"'
