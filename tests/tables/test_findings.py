from __future__ import annotations

from pathlib import Path

from tests.tables.captures import each_capture, tables_of
from whywire.cli.show import Wishes, tell
from whywire.report.json import as_object


@each_capture
def test_findings_are_those_of_the_story(path: Path) -> None:
    with tables_of(path) as tables:
        rows = list(tables.findings)
        story = as_object(tell(None, tables.capture, Wishes(format="json"))[0])
    told = [{"code": row.code, "name": row.name, "level": row.level, "certainty": row.certainty,
             "connection": None if row.connection is None else f"c{row.connection}", "packet": row.packet,
             "because": row.because.split(), "count": row.count, "text": row.text} for row in rows]
    assert told == story["findings"]
