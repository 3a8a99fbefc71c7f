from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT
from whywire.base.errors import WhywireError
from whywire.capture.opening import open_capture
from whywire.connections import account
from whywire.connections.kinds import WORDS
from whywire.connections.tally import CLOSINGS, OPENINGS, Tally
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture

CAPTURES = sorted(path for path in (ROOT / "tests" / "captures").rglob("*")
                  if path.is_file() and path.suffix not in (".md", ".tsv", ".txt"))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.relative_to(ROOT / "tests" / "captures").as_posix())
def test_a_tally_says_what_the_laid_out_connections_say(path: Path) -> None:
    try:
        source = open_capture(path)
    except WhywireError:
        return  # that it says why is held by the readers' tests
    with decode_capture(source, path.name) as capture:
        tracker = Tracker(capture.table)
        tracker.track()
        tally = Tally(tracker.table, tracker.rows, tracker.flows, tracker.connections, tracker.count)
        told = account(capture).connections
    assert [OPENINGS[number] for number in tally.opening] == [c.opening.kind.value for c in told]
    assert [CLOSINGS[number] for number in tally.closing] == [c.closing.kind.value for c in told]
    counted = Counter(kind for c in told for segment in c.segments for kind in segment.kinds)
    assert {word: tally.counts.packets[bit.bit_length() - 1] for bit, word in WORDS} == {
        word: counted[word] for _, word in WORDS}
