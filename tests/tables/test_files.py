from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tables.captures import V2, each_capture, tables_of
from tests.tables.test_arrow import as_words
from whywire.base.errors import WhywireError
from whywire.tables import arrow, files


@each_capture
def test_parquet_read_back_equals_the_columns(path: Path, tmp_path: Path) -> None:
    with tables_of(path) as tables:
        for table in (tables.packets, tables.connections):
            files.write(table, tmp_path / "a.parquet", "parquet")
            assert pq.read_table(tmp_path / "a.parquet").to_pydict() == as_words(table)


def test_rows_are_written_in_groups_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "BLOCK", 5)
    told: list[int] = []
    with tables_of(V2) as tables:
        files.write(tables.packets, tmp_path / "a.parquet", "parquet", told.append)
        files.write(tables.packets, tmp_path / "a.arrow", "arrow")
    assert told == [5, 10, 12]
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups == 3
    with pa.ipc.open_file(tmp_path / "a.arrow") as read:
        assert read.num_record_batches == 3
        assert read.read_all().equals(pq.read_table(tmp_path / "a.parquet"))


@pytest.mark.parametrize(("name", "kind"), [
    ("a.parquet", "parquet"), ("a.ARROW", "arrow"), ("a.feather", "arrow"), ("b/a.csv", "csv"), ("a.jsonl", "jsonl")])
def test_the_name_says_the_format(name: str, kind: str) -> None:
    assert files.format_of(Path(name)) == kind


def test_a_name_that_says_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(WhywireError, match=r"a\.xlsx") as told:
        files.format_of(Path("a.xlsx"))
    assert ".parquet" in told.value.hint


def test_a_file_is_replaced_when_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("before")

    def stop(_rows: int) -> None:
        raise KeyboardInterrupt

    with tables_of(V2) as tables:
        with pytest.raises(KeyboardInterrupt):
            files.write(tables.packets, target, "csv", stop)
        assert target.read_text() == "before"
        files.write(tables.packets, target, "csv")
    assert target.read_text().startswith("number,")
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with tables_of(V2) as tables, pytest.raises(WhywireError, match="can't be written: No such file"):
        files.write(tables.packets, tmp_path / "no" / "a.csv", "csv")
