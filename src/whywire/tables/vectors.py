"""Columns as NumPy arrays: views of the buffers of the pass where there are any, masked where a value can be null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whywire.tables.optional import need
from whywire.tables.schema import Of

if TYPE_CHECKING:
    from whywire.tables.table import Buffer, Column

PURPOSE = "a NumPy array"
DTYPES = {"bits": "uint32", "word": "object", "text": "object"}
"""NumPy's type of a column, where it has another name."""


def array_of(buffer: Buffer, start: int, end: int) -> Any:
    """Return rows ``[start, end)`` of a flat buffer as an array that shares its memory."""
    np = need("numpy", PURPOSE)
    if isinstance(buffer, range):
        return np.arange(start + buffer.start, end + buffer.start, dtype="int64")
    return np.asarray(buffer)[start:end]


def computed(column: Column, source: str | Of, start: int, end: int) -> Any:
    """Return what a source gives for rows ``[start, end)`` of a flat column."""
    buffers = column.table.buffers
    if isinstance(source, str):
        return array_of(buffers[source], start, end)
    whole = [array_of(buffers[name], 0, len(buffers[name])) for name in source.whole]
    return source.rule(*(array_of(buffers[name], start, end) for name in source.ins), *whole)


def values(column: Column, start: int = 0, end: int | None = None) -> Any:
    """Return the values of a flat column, nulls not marked; words and bits as numbers. Others: an array of objects."""
    np = need("numpy", PURPOSE)
    end = len(column) if end is None else end
    if not column.is_flat:
        return objects(column.to_list(start, end))
    found = computed(column, column.field.source, start, end)
    if column.field.type == "word":
        return found
    return np.asarray(found).astype(DTYPES.get(column.field.type, column.field.type), copy=False)


def valid(column: Column, start: int = 0, end: int | None = None) -> Any:
    """Return which rows of a column have a value, as bools; None: all."""
    np = need("numpy", PURPOSE)
    end = len(column) if end is None else end
    where = column.field.where
    if not column.is_flat:
        found = np.array([value is not None for value in column.to_list(start, end)], dtype=bool)
        return None if found.all() else found
    if where is None:
        return None
    if isinstance(where, int):
        return (computed(column, "present", start, end) & where) != 0
    return np.asarray(computed(column, where, start, end), dtype=bool)


def to_numpy(column: Column) -> Any:
    """Return the array of `Column.to_numpy`."""
    np = need("numpy", PURPOSE)
    if column.field.type in ("word", "text"):
        return objects(column.to_list())
    marks = valid(column)
    if not column.is_flat:
        plain = [0 if value is None else value for value in column.to_list()]
        found = np.array(plain, dtype=DTYPES.get(column.field.type, column.field.type))
    else:
        found = values(column)
    if not column.field.null:
        return found
    return np.ma.MaskedArray(found, mask=np.zeros(len(found), dtype=bool) if marks is None else ~marks, copy=False)


def objects(items: list[Any]) -> Any:
    """Return an array of objects, whatever they are."""
    np = need("numpy", PURPOSE)
    found = np.empty(len(items), dtype=object)
    for at, item in enumerate(items):
        found[at] = item
    return found
