"""A SYN without an answer: where its arrival was recorded it is not said to be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.story.accounts import of_ladder, of_run
from whywire.findings.tcp.syn_ignored_by_listener import check

TALK = """
+0.000 a:1>b:80 S  0:0(0)       win 64240{way}
+0.005 b:80>a:1 SA 0:0(0) ack 1 win 64240{way}
+0.005 a:1>b:80 A  1:1(0) ack 1 win 64240{way}
+0.100 a:2>b:80 S  0:0(0)       win 64240{way}
+1.000 a:2>b:80 S  0:0(0)       win 64240{way}
+1.000 a:1>b:80 A  1:1(0) ack 1 win 64241{way}
"""


@pytest.mark.parametrize("arrives", [True, False])
def test_what_arrived_was_not_lost(arrives: bool, tmp_path: Path) -> None:
    hosts = "host a 10.0.0.1\nhost b 10.0.0.2\n"
    account = of_run(hosts + TALK.format(way=" arrives +0.005"), tmp_path / "run") if arrives \
        else of_ladder(TALK.format(way=""))
    (hit,) = check(account)
    assert hit.packet == 4
    assert hit.values["arrived_packet"] == (4 if arrives else None)
