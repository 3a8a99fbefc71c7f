from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.connections.tallies import CAPTURES, both, name_of
from whywire.connections.kinds import WORDS
from whywire.connections.tally import CLOSINGS, OPENINGS


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_a_tally_says_what_the_laid_out_connections_say(path: Path) -> None:
    found = both(path)
    if found is None:
        return
    tally, told = found[0], found[1].connections
    assert [OPENINGS[number] for number in tally.opening] == [c.opening.kind.value for c in told]
    assert [CLOSINGS[number] for number in tally.closing] == [c.closing.kind.value for c in told]
    counted = Counter(kind for c in told for segment in c.segments for kind in segment.kinds)
    assert {word: tally.counts.packets[bit.bit_length() - 1] for bit, word in WORDS} == {
        word: counted[word] for _, word in WORDS}
