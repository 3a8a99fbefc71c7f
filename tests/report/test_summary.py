from __future__ import annotations

import json

from tests.story.test_summary import LOSS, of
from whywire.report.summary import render


def test_the_json_holds_the_numbers_of_the_text() -> None:
    told = json.loads(render(of(LOSS)))
    assert told["capture"]["packets"] == 5
    assert told["kinds"]["retransmission"] == 1
    assert told["openings"] == {"handshake": 1}
    assert told["worst"][0]["id"] == "c1"
    assert told["causes"]["call"] == {"connect": 1, "data": 1}
    assert told["causes"]["undecided"] == {"retransmission": 1}
    assert told["laid_out"] == {"connections": 0, "packets": 0}
    assert told["findings"][0]["asked"] is None
    assert told["worst"][0]["trouble"] == ["retransmission"]
    assert told["worst"][0]["findings"] is None
