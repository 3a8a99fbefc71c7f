from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.tallies import CAPTURES, name_of
from tests.ladders import capture_of
from whywire.base.errors import WhywireError
from whywire.capture import opening, source
from whywire.connections.survey import Survey, Surveyor, survey
from whywire.packets.decode import decode_blocks, decode_capture
from whywire.packets.table import Capture, PacketTable

REFUSED_AND_DATA = """
+0.000 a:1000>b:80 S  0:0(0)       win 1000
+0.001 b:80>a:1000 RA 0:0(0) ack 1 win 0
+0.002 a:1001>b:80 S  0:0(0)       win 1000
"""


def test_a_survey_tells_refused_from_unanswered_and_counts_both_as_never_opened() -> None:
    found = survey(decode_capture(capture_of(REFUSED_AND_DATA)[0], "x"))
    assert found.openings == {"refused": 1, "unanswered": 1}
    assert found.closings == {"open": 1, "refused": 1}
    assert found.never_opened == 2
    assert [glance.number for glance in found.worst] == [1]
    assert found.worst[0].packets == 2


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_packets_that_go_when_they_are_counted_are_counted_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "_HEAD", 256)
    monkeypatch.setattr(source, "BLOCK", 1024)
    try:
        with decode_capture(opening.open_capture(path), "x") as capture:
            whole = survey(capture)
    except WhywireError:
        return  # no capture: the readers' tests hold what is said
    piecemeal = streamed(path)
    for name in Survey._fields:
        if name == "skipped":  # those of one count stand in the order of their first appearance
            assert {each.reason: each.packets for each in whole.skipped} == {
                each.reason: each.packets for each in piecemeal.skipped}
        elif name != "tally":
            assert getattr(whole, name) == getattr(piecemeal, name), name
    for name, column in whole.tally.columns.items():
        assert column.tolist() == piecemeal.tally.columns[name].tolist(), name
    assert whole.tally.counts.packets.tolist() == piecemeal.tally.counts.packets.tolist()


def streamed(path: Path) -> Survey:
    """Return the survey of a capture whose rows were forgotten block by block."""
    table = PacketTable()
    surveyor = Surveyor(table)
    file = opening.open_capture(path)
    for _ in decode_blocks(table, file, 0):
        surveyor.add()
        surveyor.forget()
        assert table.count == surveyor.tracker.rows.count == 0
    with Capture("x", "file", table, tuple(problem.what for problem in file.problems), (file,)) as capture:
        return surveyor.result(capture)
