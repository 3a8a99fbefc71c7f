"""What a rule yields points to packets and calls by reference."""

from __future__ import annotations

from tests.findings.cases import case
from whywire.base.ref import Ref
from whywire.findings.rule import Level, hit, when


def test_segments_and_calls_become_references_once_each() -> None:
    [connection] = case("CALL002/fires.ladder").account.connections
    segment, call = connection.segments[3], connection.calls[2]
    made = hit(segment, segment, call, None, segment, Ref("w", 1), bytes=5)
    assert made.packet == 4
    assert [str(ref) for ref in made.because] == ["p4", f"k{call.number}", "w1"]
    assert made.values == {"bytes": 5}


def test_levels_are_ordered_and_written_small() -> None:
    assert [level.word for level in sorted(Level)] == ["info", "note", "warning", "error"]


def test_a_part_is_said_only_where_its_condition_holds() -> None:
    assert (when(True), when(False)) == ("", None)
