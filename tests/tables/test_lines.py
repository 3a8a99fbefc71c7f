from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from tests.tables.captures import V2, tables_of
from tests.tables.test_display import asked
from whywire.tables import lines
from whywire.tables.exchanges import exchanges


def test_text_of_strangers_comes_back() -> None:
    targets = ['/a,b', '/"q"', "/line\nbreak", "", "/ü", "/\udcff"]
    table = exchanges([asked(target) for target in targets])
    told = "".join(lines.csv(table)).encode("utf-8").decode()
    assert [row["target"] for row in csv.DictReader(StringIO(told))] == [*targets[:-1], "/\\udcff"]
    assert [json.loads(line)["target"] for text in lines.jsonl(table) for line in text.splitlines()] == targets


def test_csv_tells_null_from_empty_text_and_hides_no_control_characters() -> None:
    table = exchanges([asked(""), asked("/\x1b[2J\r")])
    rows = "".join(lines.csv(table)).splitlines()
    at = table.columns.index("target")
    assert rows[1].split(",")[at:at + 2] == ['""', ""]
    assert rows[2].split(",")[at] == "/\\x1b[2J\\r"


@pytest.mark.parametrize("write", [lines.csv, lines.jsonl])
def test_blocks_make_no_difference(write: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(write)
    with tables_of(V2) as tables:
        whole = "".join(write(tables.packets))
        monkeypatch.setattr(lines, "STEP", 5)
        assert "".join(write(tables.packets)) == whole
        assert len(list(write(tables.packets))) >= 3
