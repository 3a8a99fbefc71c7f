"""The table of requirements in docs/design/cache.md is whole: rows, functions and tests belong together."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from tests.apps.cache.test_conversations import ALL

TABLE = Path(__file__).parents[3] / "docs" / "design" / "cache.md"
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.read_text().splitlines()
        if re.match(r"\| [0-9]", line)]


def test_every_section_with_a_test_has_a_row_and_every_row_a_test() -> None:
    tested = {case.section for case in ALL}
    shown = {row[0] for row in ROWS if row[3] == f"`{row[0]}:`"}
    assert tested == shown
    elsewhere = [row[3] for row in ROWS if row[3] != f"`{row[0]}:`"]
    for place in elsewhere:
        file, name = place.split()
        assert f"def {name}(" in (Path(__file__).parents[1] / "proxy" / file).read_text()


def test_every_function_that_is_named_exists() -> None:
    for row in ROWS:
        for name in re.findall(r"\b([a-z]+)\.([a-z_]+)\b", row[2]):
            assert callable(getattr(importlib.import_module(f"whywire.apps.cache.{name[0]}"), name[1])), name
