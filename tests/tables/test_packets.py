from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from tests.ladders import capture_of
from tests.tables.captures import V2, each_capture, tables_of
from whywire.cli.show import Wishes, tell
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture
from whywire.report.json import as_object
from whywire.tables import lines
from whywire.tables.packets import packets, shifts
from whywire.tables.table import Table

SAME = ("time_ns", "arrival_ns", "flags", "seq", "ack", "length", "raw_seq", "raw_ack", "window", "window_scaled",
        "rtt_ns", "in_flight", "kinds")
"""Columns that have the name of the JSON's field."""


def parsed(table: Table) -> list[dict[str, Any]]:
    """Return the JSON lines of a table, read again."""
    return [json.loads(line) for text in lines.jsonl(table) for line in text.splitlines()]


@each_capture
def test_json_lines_have_the_numbers_of_the_story(path: Path) -> None:
    with tables_of(path) as tables:
        rows = parsed(tables.packets_with_causes)
        story = as_object(tell(None, tables.capture, Wishes(format="json"))[0])
    assert len(rows) == story["packets"]
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    explained = {packet["packet"]: packet for packet in story["packets_explained"]}
    assert {row["number"] for row in rows if row["connection"] is not None} == set(explained)
    for row in rows:
        packet = explained.get(row["number"])
        if packet is None:
            assert row["kinds"] is row["side"] is row["seq"] is row["cause"] is None
            continue
        assert {name: row[name] for name in SAME} == {name: packet[name] for name in SAME}
        assert (f"c{row['connection']}", row["side"]) == (packet["connection"], packet["from"])
        assert {name: row[f"cause{end}"] for name, end in (
            ("kind", ""), ("why", "_why"), ("ref", "_ref"), ("certainty", "_certainty"))} == {
            name: packet["cause"][name] for name in ("kind", "why", "ref", "certainty")}


@each_capture
def test_csv_says_what_json_lines_say(path: Path) -> None:
    with tables_of(path) as tables:
        table = tables.packets
        rows = list(csv.DictReader(StringIO("".join(lines.csv(table)))))
        told = parsed(table)
    assert rows == [{name: written(value) for name, value in row.items()} for row in told]


def written(value: Any) -> str:
    """Return a JSON value as CSV has it."""
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_what_is_not_there_is_null_and_never_zero() -> None:
    with tables_of(V2) as tables:
        syn, syn_ack, third = list(tables.packets)[:3]
    assert (syn.ack, syn.raw_ack, syn.mss, syn.window_scaled) == (None, None, 65495, False)
    assert (syn_ack.ack, syn_ack.seq) == (1, 0)
    assert (third.mss, third.window_scale, third.sack_permitted) == (None, None, False)
    assert syn.lost is syn.arrival_ns is syn.packet_id is syn.error is None


def test_windows_of_a_connection_whose_syns_were_not_seen_are_not_scaled() -> None:
    source, _ = capture_of("""
+0.000 a:1000>b:80 A  1:1(0) ack 1 win 500
+0.001 b:80>a:1000 A  1:1(0) ack 1 win 600
""")
    capture = decode_capture(source, "x")
    tracker = Tracker(capture.table)
    tracker.track()
    assert shifts(tracker).tolist() == [-1, -1, 0, 0]
    table = packets(tracker)
    assert table["window"].to_list() == table["window"].to_numpy().tolist() == [500, 600]
    assert table["window_scaled"].to_list() == table["window_scaled"].to_numpy().tolist() == [None, None]
