"""How connections ended, who began it, who keeps TIME-WAIT."""

from __future__ import annotations

import pytest

from tests.connections.accounts import founding, of_ladder, only
from whywire.connections.model import Certainty, CloseKind

SHAKE = """
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+0.001 a>b A  1:1(0) ack 1 win 64240
"""
ORDERLY = """
+0.1 b>a FA 1:1(0) ack 1
+0.1 a>b A  1:1(0) ack 2
+0.1 a>b FA 1:1(0) ack 2
+0.1 b>a A  2:2(0) ack 2
"""


@pytest.mark.parametrize(("rest", "kind", "first", "time_wait", "half"), [
    ("", CloseKind.OPEN, None, None, False),
    (ORDERLY, CloseKind.ORDERLY, "server", "server", False),
    ("+1 a>b FA 1:1(0) ack 1", CloseKind.UNFINISHED, "client", None, False),
    ("+1 a>b FA 1:1(0) ack 1\n+0.1 b>a A 1:1(0) ack 2", CloseKind.UNFINISHED, "client", "client", False),
    ("+1 a>b FA 1:1(0) ack 1\n+0.1 b>a FA 1:1(0) ack 1", CloseKind.SIMULTANEOUS, "both", "both", False),
    ("+1 a>b FA 1:1(0) ack 1\n+0.1 b>a PA 1:9(8) ack 2\n+0.1 a>b A 2:2(0) ack 9\n+0.1 b>a FA 9:9(0) ack 2",
     CloseKind.ORDERLY, "client", "client", True),
    ("+1 a>b FA 1:1(0) ack 1\n+0.1 b>a PA 1:9(8) ack 1\n+0.1 b>a FA 9:9(0) ack 2",
     CloseKind.ORDERLY, "client", "client", False),  # those bytes were on their way when the FIN came
    ("+1 a>b RA 1:1(0) ack 1 win 0", CloseKind.RESET, "client", "none", False),
    (ORDERLY + "+1 b>a R 2:2(0) win 0", CloseKind.ORDERLY, "server", "server", False),
])
def test_ends(rest: str, kind: CloseKind, first: str | None, time_wait: str | None, half: bool) -> None:
    closing = only(of_ladder(SHAKE + rest)).closing
    assert (closing.kind, closing.first, closing.time_wait, closing.half_close) == (kind, first, time_wait, half)


def test_an_open_connection_has_no_cause_for_its_end() -> None:
    closing = only(of_ladder(SHAKE)).closing
    assert (closing.cause, closing.packet, closing.cause_kind) == (None, None, "unknown")


def test_a_server_that_waited_a_second_in_vain_perhaps_gave_up() -> None:
    closing = only(founding("d-http-keep-alive.pcapng")).closing
    assert (closing.cause_kind, closing.others) == ("program", ("idle-timeout",))
    assert closing.cause is not None
    assert closing.cause.certainty is Certainty.LIKELY


def test_a_close_right_after_the_answer_is_the_programs_next_step() -> None:
    closing = only(founding("b-names.pcapng")).closing
    assert (closing.cause_kind, closing.others) == ("program", ())
