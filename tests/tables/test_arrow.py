from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from tests.ladders import capture_of
from tests.tables.captures import V2, each_capture, tables_of
from tests.tables.test_vectors import all_tables
from whywire.packets.decode import decode_capture
from whywire.tables import Tables, arrow
from whywire.tables.table import Table


def as_words(table: Table) -> dict[str, list[object]]:
    """Return the columns in plain Python as Arrow has them: bits as a number."""
    found = {}
    for name in table.columns:
        column = table[name]
        items = column.to_list()
        if column.field.type == "bits":
            words = table.words(column.field)
            items = [None if item is None else sum(1 << words.index(word) for word in item) for item in items]
        found[name] = items
    return found


@each_capture
def test_arrow_says_what_plain_python_says(path: Path) -> None:
    with tables_of(path) as tables:
        for table in all_tables(tables):
            made = table.to_arrow()
            made.validate(full=True)
            assert made.to_pydict() == as_words(table)


def test_the_schema_tells_what_the_columns_are() -> None:
    with tables_of(V2) as tables:
        shape = arrow.schema(tables.packets)
        assert not shape.field("number").nullable
        assert shape.field("mss").nullable
        assert shape.field("mss").type == pa.uint16()
        assert shape.field("side").type == pa.dictionary(pa.int32(), pa.string())
        words = json.loads(shape.field("kinds").metadata[b"words"])
        assert words[:3] == ["syn", "syn-ack", "ack"]
        assert shape.field("length").metadata[b"unit"] == b"bytes"


def test_a_table_without_rows_has_its_columns() -> None:
    source, _ = capture_of("+0.000 a:1000>b:80 S 0:0(0) win 1000\n")
    capture = decode_capture(source, "x")
    capture.table.cut(0)
    tables = Tables(capture, lambda: None)  # type: ignore[arg-type, return-value]
    for table in (tables.packets, tables.connections):
        assert table.to_arrow().schema.names == list(table.columns)
        assert table.to_arrow().num_rows == len(table) == 0
        assert table.to_numpy()["number"].tolist() == table["number"].to_list() == []


def test_words_that_mean_the_same_are_one_word_of_the_dictionary() -> None:
    with tables_of(V2) as tables:
        dictionary = tables.connections["client_state"].to_arrow().chunk(0).dictionary.to_pylist()
        assert len(set(dictionary)) == len(dictionary)


def test_pandas_and_polars_keep_whole_numbers_and_nulls() -> None:
    with tables_of(V2) as tables:
        table = tables.packets
        frame, other = table.to_pandas(), table.to_polars()
        assert str(frame["mss"].dtype) == "UInt16"
        assert frame["mss"].isna().sum() == other["mss"].null_count() == 10
        assert frame["time_ns"].tolist() == other["time_ns"].to_list() == table["time_ns"].to_list()
        assert frame["side"].tolist() == other["side"].to_list() == table["side"].to_list()
