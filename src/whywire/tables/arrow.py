"""Tables as Arrow: record batches of some ten thousand rows, and from them what pandas and Polars read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from whywire.tables import vectors
from whywire.tables.optional import need
from whywire.tables.schema import Field
from whywire.tables.table import BLOCK, Column, Table

PURPOSE = "Arrow or Parquet"
PLAIN = {"text": "string", "bits": "uint32", "bool": "bool_"}


def whole(table: Table) -> Any:
    """Return a pyarrow.Table."""
    pa = need("pyarrow", PURPOSE)
    return pa.Table.from_batches(list(batches(table)), schema=schema(table))


def schema(table: Table) -> Any:
    """Return the pyarrow.Schema; unit, meaning and the meaning of null are in the fields' metadata."""
    pa = need("pyarrow", PURPOSE)
    fields = []
    for field in table.schema.fields:
        told = {"meaning": field.meaning, "unit": field.unit, "null": field.null}
        if field.type == "bits":
            told["words"] = json.dumps(list(table.words(field)))
        fields.append(pa.field(field.name, arrow_type(field), nullable=bool(field.null),
                               metadata={key: value for key, value in told.items() if value}))
    return pa.schema(fields, metadata={"whywire_table": table.schema.name})


def arrow_type(field: Field) -> Any:
    """Return the Arrow type of a column."""
    pa = need("pyarrow", PURPOSE)
    if field.type == "word":
        return pa.dictionary(pa.int32(), pa.string())
    return getattr(pa, PLAIN.get(field.type, field.type))()


def batches(table: Table) -> Iterator[Any]:
    """Yield the table in record batches of `BLOCK` rows."""
    pa = need("pyarrow", PURPOSE)
    need("numpy", PURPOSE)
    columns = [table.column(name) for name in table.columns]
    dictionaries = {column.name: _dictionary(table.words(column.field))
                    for column in columns if column.field.type == "word" and column.field.words}
    shape = schema(table)
    for start in range(0, len(table), BLOCK):
        end = min(start + BLOCK, len(table))
        arrays = [_array(column, start, end, dictionaries.get(column.name)) for column in columns]
        yield pa.RecordBatch.from_arrays(arrays, schema=shape)


def _dictionary(words: Sequence[str]) -> tuple[Any, Any]:
    """Return the words, each once, and for each number of the column its number among them."""
    pa, np = need("pyarrow", PURPOSE), need("numpy", PURPOSE)
    clean = list(map(_clean, words)) or [""]  # there is something to point to where all are null
    places = {word: at for at, word in enumerate(dict.fromkeys(clean))}
    return pa.array(list(places), pa.string()), np.array([places[word] for word in clean], dtype="int32")


def _array(column: Column, start: int, end: int, dictionary: tuple[Any, Any] | None) -> Any:
    pa = need("pyarrow", PURPOSE)
    field = column.field
    if not column.is_flat:
        items = column.to_list(start, end)
        if field.type in ("word", "text"):
            items = [None if item is None else _clean(str(item)) for item in items]
        return pa.array(items, arrow_type(field))
    values, marks = vectors.values(column, start, end), vectors.valid(column, start, end)
    mask = None if marks is None else ~marks
    if dictionary is None:
        return pa.array(values, arrow_type(field), mask=mask)
    words, places = dictionary
    if mask is not None:
        values = values * ~mask  # a number that is not there may be none of the words'
    return pa.DictionaryArray.from_arrays(pa.array(places[values], pa.int32(), mask=mask), words)


def _clean(text: str) -> str:
    """Return text that is UTF-8: what a capture named may be anything."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def to_pandas(table: Table) -> Any:
    """Return a pandas.DataFrame; a column with nulls stays what it is (Int64, boolean, string)."""
    pd = need("pandas", "a DataFrame of pandas")
    pa = need("pyarrow", PURPOSE)
    types = {getattr(pa, name)(): getattr(pd, f"{title}Dtype")() for name, title in (
        ("uint8", "UInt8"), ("uint16", "UInt16"), ("uint32", "UInt32"), ("uint64", "UInt64"), ("int32", "Int32"),
        ("int64", "Int64"), ("bool_", "Boolean"), ("string", "String"))}
    return whole(table).to_pandas(types_mapper=types.get)


def to_polars(table: Table) -> Any:
    """Return a polars.DataFrame."""
    return need("polars", "a DataFrame of Polars").from_arrow(whole(table))
