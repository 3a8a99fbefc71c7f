from __future__ import annotations

import pytest

from tests.tables.captures import V2, tables_of
from whywire.base.errors import WhywireError
from whywire.tables import table as module


def test_rows_and_columns_by_index() -> None:
    with tables_of(V2) as tables:
        packets = tables.packets
        assert len(packets) == len(packets["seq"]) == 12
        assert packets[0].kinds == packets["kinds"][0] == ("syn",)
        assert packets[-1].number == packets["number"][-1] == 12
        assert packets["seq"].to_list(3, 5) == [1, 1]
        assert packets["number"][2:8:3] == [row.number for row in packets[2:8:3]] == [3, 6]
        assert packets[20:] == packets["number"][20:] == []
        with pytest.raises(IndexError):
            packets[12]


def test_a_name_that_is_no_column_is_answered_with_those_there_are() -> None:
    with tables_of(V2) as tables, pytest.raises(WhywireError, match="no column 'sequence'") as told:
        tables.packets["sequence"]
    assert "time_ns" in told.value.hint


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    with tables_of(V2) as tables:
        rows, times = list(tables.packets), list(tables.packets["time_ns"])
        monkeypatch.setattr(module, "BLOCK", 5)
        assert list(tables.packets) == rows
        assert list(tables.packets["time_ns"]) == times


def test_a_column_shows_its_first_values() -> None:
    with tables_of(V2) as tables:
        assert repr(tables.packets["side"]) == (
            "<column side of packets: word, 12 rows: 'client', 'server', 'client', 'client', 'server', 'server', "
            "'client', 'server', ...>")
