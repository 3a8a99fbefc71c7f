from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.connections.tallies import CAPTURES, both, name_of
from whywire.findings.registry import entries
from whywire.findings.seen import Seen
from whywire.findings.tallied import FILES, patterns, tallied

COUNTED = {entry.rule.code: entry for entry in entries() if entry.rule.counted_by}


def test_every_rule_that_says_what_counts_it_is_counted() -> None:
    assert len(FILES) == len(COUNTED)
    assert {f"whywire.findings.{name}": counted_by for name, counted_by in FILES.items()} == {
        entry.check.__module__: entry.rule.counted_by for entry in COUNTED.values()}


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_a_summary_counts_what_the_rules_find(path: Path) -> None:
    pair = both(path, patterns())
    if pair is None:
        return
    tally, told = pair[0], pair[1]
    hits: Counter[str] = Counter()
    connections: Counter[str] = Counter()
    for connection in told.connections:
        seen = Seen(connection, told)
        for code, entry in COUNTED.items():
            found = len(list(entry.check(seen)))
            hits[code] += found
            connections[code] += found > 0
    counted = tallied(tally)
    assert {each.rule.code: each.hits for each in counted} == {code: n for code, n in hits.items() if n}
    assert {each.rule.code: each.connections for each in counted} == {code: n for code, n in connections.items() if n}
    levels = [each.rule.level for each in counted]
    assert levels == sorted(levels, reverse=True)
    for each in counted:
        assert each.worst is not None
        worst = told.connections[each.worst - 1]
        assert list(COUNTED[each.rule.code].check(Seen(worst, told)))
