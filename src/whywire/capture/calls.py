"""``calls.jsonl`` and ``wire.jsonl``: one JSON object a line, its keys the fields of `Call` and `WireEvent`.

The reader is tolerant: a line that is cut or broken becomes a sentence and the others are kept; keys it does
not know are left aside, so that an older whywire reads a newer folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from whywire.base.records import Call, WireEvent

Record = TypeVar("Record", Call, WireEvent)

_LIMIT = 1 << 63
_MOST_PROBLEMS = 5


def encode(record: Call | WireEvent) -> str:
    """Return a record as one line of JSON, with its newline. Fields that are None are left out."""
    import json

    pairs = ((field.name, getattr(record, field.name)) for field in fields(record))
    return json.dumps({key: value for key, value in pairs if value is not None}, separators=(",", ":")) + "\n"


def decode(lines: Iterable[str], kind: type[Record], name: str) -> tuple[list[Record], list[str]]:
    """Read the records of file ``name``; return them and a sentence for each line that is none: for the
    first ones, and one that counts the others."""
    import json

    known = {field.name: field.type for field in fields(kind)}
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    records: list[Record] = []
    problems: list[str] = []
    more = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = _values(json.loads(line), known, needed)
            records.append(kind(**values))
        except (ValueError, RecursionError) as error:
            if len(problems) == _MOST_PROBLEMS:
                more += 1
                continue
            cut = "" if line.endswith("\n") else ", the file was cut there"
            problems.append(f"{name} line {number} is not a record ({_why(error)}{cut})")
    if more:
        problems.append(f"{name} has {more:,} more lines that are not a record")
    return records, problems


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    text = str(error)
    return "broken JSON" if type(error) is not ValueError else text


def _values(item: object, known: dict[str, Any], needed: list[str]) -> dict[str, Any]:
    """Return the fields of a decoded line, each of the type the record says. Raises ValueError: why not."""
    if not isinstance(item, dict):
        raise ValueError("not an object")
    values: dict[str, Any] = {}
    for key, value in item.items():
        if key not in known or value is None:
            continue
        if "int" in known[key]:
            if not isinstance(value, int) or isinstance(value, bool) or not -_LIMIT <= value < _LIMIT:
                raise ValueError(f"{key} is not an integer")
            if key == "number" and value < 1:
                raise ValueError("its number is below 1")
        elif not isinstance(value, str):
            raise ValueError(f"{key} is not text")
        else:
            value = value.encode("utf-8", "replace").decode()
        values[key] = value
    for key in needed:
        if key not in values:
            raise ValueError(f"{key} is missing")
    return values
