from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tables.captures import V2, each_capture, tables_of
from whywire.tables import Table, Tables

VIEWS = ("time_ns", "flags", "kinds", "seq", "length", "raw_seq", "raw_window", "captured", "ts_value", "mss", "ttl")


def all_tables(tables: Tables) -> list[Table]:
    return [tables.packets_with_causes, tables.connections, tables.exchanges, tables.findings]


@each_capture
def test_numpy_says_what_plain_python_says(path: Path) -> None:
    with tables_of(path) as tables:
        for table in all_tables(tables):
            for name, array in table.to_numpy().items():
                column = table[name]
                plain = column.to_list()
                if column.field.type == "bits":
                    words = table.words(column.field)
                    plain = [None if item is None else sum(1 << words.index(word) for word in item) for item in plain]
                assert array.tolist() == plain, name


def test_columns_of_the_pass_are_views_and_not_copies() -> None:
    with tables_of(V2) as tables:
        source = {**tables.capture.table.columns, **tables._tracker.rows.columns,
                  "length": tables.capture.table.columns["payload_length"],
                  "raw_seq": tables.capture.table.columns["seq"],
                  "raw_window": tables.capture.table.columns["window"]}
        for name in VIEWS:
            column = tables.packets[name]
            for array in (column.values, column.to_numpy()):
                assert np.shares_memory(array, np.frombuffer(source[name], dtype=array.dtype)), name
        flows = tables._tracker.flows.columns["bytes"]
        assert np.shares_memory(tables.connections["server_bytes"].to_numpy(), np.frombuffer(flows, dtype="int64"))


def test_nulls_are_masked() -> None:
    with tables_of(V2) as tables:
        mss = tables.packets["mss"]
        assert mss.to_numpy().mask.tolist() == [False, False] + [True] * 10
        assert mss.valid.tolist() == [True, True] + [False] * 10
        assert tables.packets["number"].valid is None
        assert not isinstance(tables.packets["captured"].to_numpy(), np.ma.MaskedArray)


@pytest.mark.parametrize("name", ["source", "side", "protocol"])
def test_words_are_numbers_in_values_and_text_in_arrays(name: str) -> None:
    with tables_of(V2) as tables:
        column = tables.packets[name]
        words = tables.packets.words(column.field)
        assert [words[number] for number in column.values] == column.to_numpy().tolist() == column.to_list()
