"""`Table`: rows and columns of a schema over the buffers of the pass. Nothing is computed before it is asked for."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from whywire.base.errors import WhywireError
from whywire.tables.schema import Field, Of, Schema

BLOCK = 1 << 16
"""Rows that are converted at a time."""
Buffer = memoryview | range | list[Any]
PRESENT = "present"


def _row_of(name: str, columns: tuple[str, ...]) -> Any:
    """Return the class of a table's rows."""
    return namedtuple(name, columns)


class Table:
    """A table of a capture. ``len``, ``table["name"]`` a `Column`, iteration over rows (named tuples, null is None).

    ``buffers`` have at least ``count`` items each: a view of a typed column, a range, or a list of objects.
    """

    def __init__(self, schema: Schema, count: int, buffers: Mapping[str, Buffer],
                 words: Mapping[str, Sequence[str]] | None = None) -> None:
        self.schema = schema
        self.buffers = buffers
        self._count = count
        self._words = words or {}
        self._fields = {field.name: field for field in schema.fields}
        self._row = _row_of(schema.row, self.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._fields)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str | int | slice) -> Any:
        """Return a column by its name, a row by its index, or a list of rows. Raises WhywireError for no column."""
        if isinstance(name, str):
            return self.column(name)
        if isinstance(name, slice):
            return [self[row] for row in range(self._count)[name]]
        row = range(self._count)[name]
        return next(self.rows(row, row + 1))

    def column(self, name: str) -> Column:
        """Return a column. Raises WhywireError for a name that is none."""
        if name not in self._fields:
            raise WhywireError(f"the table of {self.schema.name} has no column {name!r}",
                               f"its columns: {', '.join(self.columns)}")
        return Column(self, self._fields[name])

    def __iter__(self) -> Iterator[Any]:
        return self.rows(0, self._count)

    def rows(self, start: int, end: int) -> Iterator[Any]:
        """Yield the rows ``[start, end)`` as named tuples."""
        for at in range(start, end, BLOCK):
            yield from map(self._row._make, zip(*self.lists(at, min(at + BLOCK, end)), strict=True))

    def lists(self, start: int, end: int) -> list[list[Any]]:
        """Return the values of rows ``[start, end)``, a list a column; null is None, words are text."""
        return [self.column(name).to_list(start, end) for name in self.columns]

    def words(self, field: Field) -> Sequence[str]:
        """Return the words that the numbers of a column select from."""
        return self._words[field.words]

    def to_numpy(self) -> dict[str, Any]:
        """Return a NumPy array a column (`Column.to_numpy`). Raises WhywireError without NumPy."""
        return {name: self.column(name).to_numpy() for name in self.columns}

    def to_arrow(self) -> Any:
        """Return a pyarrow.Table. Raises WhywireError without pyarrow."""
        from whywire.tables import arrow

        return arrow.whole(self)

    def to_pandas(self) -> Any:
        """Return a pandas.DataFrame, whole numbers with pandas' own nulls. Raises WhywireError without pandas."""
        from whywire.tables import arrow

        return arrow.to_pandas(self)

    def to_polars(self) -> Any:
        """Return a polars.DataFrame. Raises WhywireError without polars."""
        from whywire.tables import arrow

        return arrow.to_polars(self)

    def __repr__(self) -> str:
        from whywire.tables.display import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from whywire.tables.display import as_html

        return as_html(self)


class Column:
    """One column of a table."""

    def __init__(self, table: Table, field: Field) -> None:
        self.table = table
        self.field = field

    @property
    def name(self) -> str:
        """Its name."""
        return self.field.name

    @property
    def is_flat(self) -> bool:
        """Tell whether the values come from typed buffers, so that NumPy can compute with them."""
        sources = (self.field.source, self.field.where)
        names = {name for each in sources for name in ((each,) if isinstance(each, str) else
                                                       each.ins if isinstance(each, Of) else ())}
        return not any(isinstance(self.table.buffers[name], list) for name in names)

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, row: int | slice) -> Any:
        if isinstance(row, slice):
            return [self[at] for at in range(len(self))[row]]
        row = range(len(self))[row]
        return self.to_list(row, row + 1)[0]

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), BLOCK):
            yield from self.to_list(start, min(start + BLOCK, len(self)))

    def to_list(self, start: int = 0, end: int | None = None) -> list[Any]:
        """Return the values of rows ``[start, end)``: null is None, words are text, bits are a tuple of words."""
        end = len(self) if end is None else end
        values = self._evaluate(self.field.source, start, end)
        if self.field.type in ("word", "bits"):
            values = self._spelled(values)
        elif self.field.type == "bool":
            values = [None if value is None else bool(value) for value in values]
        where = self.field.where
        if where is None:
            return values
        if isinstance(where, int):
            present = self._evaluate(PRESENT, start, end)
            return [value if bits & where else None for value, bits in zip(values, present, strict=True)]
        valid = self._evaluate(where, start, end)
        return [value if is_valid else None for value, is_valid in zip(values, valid, strict=True)]

    def _spelled(self, values: list[Any]) -> list[Any]:
        if not self.is_flat or not self.field.words:
            return values  # objects have their words already
        words = self.table.words(self.field)
        if self.field.type == "word":
            return [words[value] if 0 <= value < len(words) else None for value in values]
        known: dict[int, tuple[str, ...]] = {
            value: tuple(word for bit, word in enumerate(words) if value >> bit & 1) for value in set(values)}
        return [known[value] for value in values]

    def _evaluate(self, source: str | Of, start: int, end: int) -> list[Any]:
        buffers = self.table.buffers
        if isinstance(source, str):
            return list(buffers[source][start:end])
        ins = [buffers[name][start:end] for name in source.ins]
        return list(map(source.rule, *ins, *(repeat(buffers[name]) for name in source.whole)))

    @property
    def values(self) -> Any:
        """The column as a NumPy array, nulls not marked: a view of the buffer where there is one, words as numbers."""
        from whywire.tables import vectors

        return vectors.values(self)

    @property
    def valid(self) -> Any:
        """Which rows have a value, as a NumPy array of bools; None: all."""
        from whywire.tables import vectors

        return vectors.valid(self)

    def to_numpy(self) -> Any:
        """Return a NumPy array; masked where the column can be null. Text and words become an array of objects.

        A column that is a buffer of the pass is a view of it, not a copy. Raises WhywireError without NumPy.
        """
        from whywire.tables import vectors

        return vectors.to_numpy(self)

    def to_arrow(self) -> Any:
        """Return a pyarrow.ChunkedArray. Raises WhywireError without pyarrow."""
        table = self.table
        alone = table.schema._replace(fields=(self.field,), brief=(self.name,))
        return Table(alone, len(table), table.buffers, table._words).to_arrow().column(0)

    def __repr__(self) -> str:
        field = self.field
        shown = ", ".join(repr(value) for value in self.to_list(0, min(8, len(self))))
        more = ", ..." if len(self) > 8 else ""
        return f"<column {self.name} of {self.table.schema.name}: {field.type}, {len(self):,} rows: {shown}{more}>"
