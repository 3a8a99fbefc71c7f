from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.connections.tallies import CAPTURES, name_of
from whywire.base.errors import WhywireError
from whywire.capture.opening import open_capture
from whywire.cli.show import exchanges_in
from whywire.connections import account
from whywire.connections.survey import survey
from whywire.connections.track import Tracker
from whywire.findings import find
from whywire.findings.closely import closer, whole
from whywire.findings.rule import LooksAt
from whywire.findings.tallied import patterns
from whywire.packets.decode import decode_capture

CONNECTION = (LooksAt.CONNECTION, LooksAt.CALLS)


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_a_closer_look_finds_what_the_story_tells(path: Path) -> None:
    try:
        source = open_capture(path)
    except WhywireError:
        return  # no capture: the readers' tests hold what is said
    with decode_capture(source, path.name) as capture:
        told = account(capture)
        exchanges = exchanges_in(told, capture)
        found = survey(capture, worst=1_000, patterns=patterns())
        everything = whole(found, told, capture, exchanges)
        tracker = Tracker(capture.table)
        tracker.track()
        some = closer(found, capture, tracker)
        story: Counter[str] = Counter()
        for finding in find(told, capture, exchanges=exchanges):
            story[finding.code] += finding.count
    assert {each.rule.code: each.hits for each in everything.findings} == story
    assert sum(everything.survey.origins.values()) == sum(c.packets for c in told.connections)
    assert not any(kind == "undecided" for kind, _ in everything.survey.origins)
    by_code = {each.rule.code: each for each in everything.findings}
    for each in some.findings:
        assert each.asked == (None if each.rule.counted_by else some.connections)
        assert each.hits <= by_code[each.rule.code].hits
    for number, shown in some.shown.items():  # of one connection neither knows more than the other
        assert shown == tuple(one for one in everything.shown[number] if one[0].looks_at in CONNECTION)


def test_a_budget_passes_over_what_does_not_fit(founding: Path) -> None:
    with decode_capture(open_capture(founding.parent / "traps" / "real_zerowin.pcap"), "x") as capture:
        tracker = Tracker(capture.table)
        tracker.track()
        found = survey(capture, patterns=patterns())
        assert closer(found, capture, tracker, found.worst[0].packets).packets == found.worst[0].packets
        none = closer(found, capture, tracker, found.worst[0].packets - 1)
    assert (none.connections, none.packets) == (0, 0)
    assert all(each.asked is None for each in none.findings)


