from __future__ import annotations

from pathlib import Path

from tests.tables.captures import each_capture, tables_of
from whywire.cli.show import Wishes, tell
from whywire.report.json import as_object


@each_capture
def test_exchanges_have_the_numbers_of_the_story(path: Path) -> None:
    with tables_of(path) as tables:
        rows = {row.number: row for row in tables.exchanges}
        story = as_object(tell(None, tables.capture, Wishes(format="json"))[0])
    told = [(connection["id"], one) for connection in story["connections"] for one in connection["exchanges"]]
    assert len(rows) == len(told)
    for connection, one in told:
        row = rows[int(one["id"][1:])]
        assert (f"c{row.connection}", row.protocol, row.requester) == (connection, one["protocol"], one["from"])
        assert (row.wait_ns, row.interim, row.pipelined) == (one["wait_ns"], len(one["interim"]), one["pipelined"])
        for part in ("request", "response"):
            message = one[part] or {}
            for name in ("first_packet", "last_packet", "first_ns", "last_ns", "bytes", "body_bytes", "missing_bytes",
                         "framing", "fate"):
                assert getattr(row, f"{part}_{name}") == message.get(name), name
        assert (row.method, row.target) == ((one["request"] or {}).get("method"), (one["request"] or {}).get("target"))
        assert row.status == (one["response"] or {}).get("status")
