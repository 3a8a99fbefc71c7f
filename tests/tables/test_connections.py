from __future__ import annotations

from pathlib import Path

from tests.tables.captures import each_capture, tables_of
from whywire.base.address import endpoint
from whywire.cli.show import Wishes, tell
from whywire.report.json import as_object


def joined(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@each_capture
def test_connections_have_the_numbers_of_the_story(path: Path) -> None:
    with tables_of(path) as tables:
        rows = list(tables.connections)
        story = as_object(tell(None, tables.capture, Wishes(format="json"))[0])
    told = story["connections"]
    assert [f"c{row.number}" for row in rows] == [one["id"] for one in told]
    for row, one in zip(rows, told, strict=True):
        assert {name: getattr(row, name) for name in ("roles", "first_packet", "last_packet", "packets")} == {
            name: one[name] for name in ("roles", "first_packet", "last_packet", "packets")}
        assert (row.opening, row.closing) == (one["open"]["kind"], one["close"]["kind"])
        fins = {fin["from"]: fin["packet"] for fin in one["close"]["fins"]}
        for side in ("client", "server"):
            end = one["ends"][side]
            assert joined(getattr(row, side), getattr(row, f"{side}_port")) == one[side]
            assert getattr(row, f"{side}_bytes") == one["bytes"][side]
            assert getattr(row, f"{side}_data_segments") == one["data_segments"][side]
            assert getattr(row, f"{side}_isn") == one["isn"][side]
            assert getattr(row, f"{side}_mss") == end["mss"]
            assert getattr(row, f"{side}_window_scale") == end["window_scale"]
            assert bool(getattr(row, f"{side}_sack_permitted")) == end["sack_permitted"]
            assert bool(getattr(row, f"{side}_timestamps")) == end["timestamps"]
            assert getattr(row, f"{side}_state") == end["state"]
            assert getattr(row, f"{side}_fin_packet") == fins.get(side)
            rsts = [rst["packet"] for rst in one["close"]["rsts"] if rst["from"] == side]
            assert getattr(row, f"{side}_rst_packet") == (rsts[0] if rsts else None)


def test_an_endpoint_is_joined_as_the_story_does() -> None:
    assert joined("fe80::1", 80) == endpoint(bytes.fromhex("fe80" + "00" * 13 + "01"), 80)
