from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tables.captures import V2, tables_of
from whywire.base.errors import WhywireError
from whywire.tables import files
from whywire.tables.optional import need


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


def test_what_is_there_is_imported() -> None:
    assert need("numpy", "this").__name__ == "numpy"


@pytest.mark.parametrize(("missing", "method", "line"), [
    ("numpy", "to_numpy", "pip install 'whywire[tables]'"), ("pyarrow", "to_arrow", "pip install 'whywire[tables]'"),
    ("pandas", "to_pandas", "pip install pandas"), ("polars", "to_polars", "pip install polars"),
])
def test_a_missing_library_is_a_sentence_with_the_line_that_installs_it(
        missing: str, method: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, missing)
    with tables_of(V2) as tables, pytest.raises(WhywireError, match=f"needs {missing}, which is not") as told:
        getattr(tables.packets, method)()
    assert line in told.value.hint


def test_a_missing_library_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pyarrow")
    with tables_of(V2) as tables, pytest.raises(WhywireError):
        files.write(tables.packets, tmp_path / "a.parquet", "parquet")
    assert list(tmp_path.iterdir()) == []


def test_csv_and_json_lines_need_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "numpy", "pyarrow", "pandas", "polars")
    with tables_of(V2) as tables:
        for kind in ("csv", "jsonl"):
            files.write(tables.packets_with_causes, tmp_path / f"a.{kind}", kind)
            assert (tmp_path / f"a.{kind}").stat().st_size > 1000
