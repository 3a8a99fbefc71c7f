"""Why a pure ACK is there: at once, by the timer, or because recv() made room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import OPEN, founding, of_run, only, segment, trap
from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why


@pytest.mark.parametrize(("delay", "why", "kind"), [
    ("0.0001", Why.ACK_AT_ONCE, CauseKind.ANSWERS), ("0.010", Why.ACK_LATE, CauseKind.ANSWERS),
    ("0.040", Why.ACK_DELAYED, CauseKind.TIMER), ("0.200", Why.ACK_DELAYED, CauseKind.TIMER)])
def test_the_delay_at_the_end_that_sent_it_decides(delay: str, why: Why, kind: CauseKind, tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
+0.005 b>a A 1:1(0) ack 14 win 510<<7 arrives +0.005
""".replace("+0.005 b>a A 1:1", f"+{0.005 + float(delay):.4f} b>a A 1:1"), tmp_path))
    cause = segment(found, 5).cause
    assert (cause.reason.why, cause.kind, cause.certainty) == (why, kind, Certainty.INFERRED)
    assert str(cause.reason.refs[0]) == "p4"


def test_an_ack_that_recv_flushed_may_also_have_been_the_timer(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
+0.035 b: recv(1024) = 13 bytes takes 0.0002
+0.0001 b>a A 1:1(0) ack 14 win 510<<7 arrives +0.005
""", tmp_path))
    cause = segment(found, 5).cause
    assert (cause.reason.why, cause.certainty) == (Why.ACK_READ_FLUSHED, Certainty.LIKELY)
    assert [other.why for other in cause.others] == [Why.ACK_LATE]


def test_a_window_update_names_the_recv_that_made_room(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: send(1000 bytes) = 1000
+0.000 a>b PA 1:1001(1000) ack 1 win 502<<7 arrives +0.005
+0.005 b>a A 1:1(0) ack 1001 win 0 arrives +0.005
+1.000 b: recv(1024) = 1000 bytes takes 0.0001
+0.0001 b>a A 1:1(0) ack 1001 win 510<<7 arrives +0.005
""", tmp_path))
    update = segment(found, 6)
    assert update.kinds == ("ack", "window-update")
    assert update.cause.reason.why is Why.WINDOW_UPDATE_READ
    assert (update.cause.reason.params["before"], update.cause.reason.params["after"]) == (0, 65280)


def test_built_at_once_and_captured_late_is_no_delayed_ack() -> None:
    cause = segment(only(founding("a-v1.pcapng")), 7).cause
    assert cause.reason.why is Why.ACK_CAPTURED_LATE


def test_the_delayed_ack_of_a_fin_while_the_program_sleeps() -> None:
    cause = segment(only(founding("a-v4.pcapng")), 15).cause
    assert (cause.reason.why, cause.kind) == (Why.ACK_FIN_DELAYED, CauseKind.TIMER)


def test_a_late_pure_ack_seen_from_somewhere_is_likely_the_timer() -> None:
    cause = segment(founding("b-crossover.pcapng").connections[1], 10).cause
    assert (cause.reason.why, cause.certainty) == (Why.ACK_DELAYED, Certainty.LIKELY)
    assert [other.why for other in cause.others] == [Why.ACK_WAY_LONGER, Why.ACK_LATE]


def test_an_ack_of_the_far_side_that_took_longer_may_have_travelled_longer(tmp_path: Path) -> None:
    text = OPEN + """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.008
+0.0081 b>a A 1:1(0) ack 14 win 510<<7 arrives +0.005
"""
    assert segment(only(of_run(text, tmp_path)), 5).cause.reason.why is Why.ACK_AT_ONCE
    cause = segment(only(of_run(text, tmp_path / "far", at="a")), 5).cause
    assert (cause.reason.why, cause.certainty) == (Why.ACK_WAY_LONGER, Certainty.LIKELY)


def test_an_ack_of_a_part_says_so() -> None:
    cause = segment(only(trap("03_gro_superseg")), 5).cause
    assert (cause.reason.why, cause.reason.params["bytes"], cause.reason.params["packet"]) == (Why.ACK_PART, 2896, 4)


def test_a_copy_of_what_was_acknowledged_leaves_no_gap(tmp_path: Path) -> None:
    """A duplicate ACK answers it as well, but nothing is missing."""
    found = only(of_run(OPEN + """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1  win 502<<7 arrives +0.005
+0.005 b>a A  1:1(0)   ack 14 win 510<<7 arrives +0.600
+0.200 a>b PA 1:14(13) ack 1  win 502<<7 arrives +0.005
+0.005 b>a A  1:1(0)   ack 14 win 510<<7 arrives +0.005
""", tmp_path))
    again = segment(found, 7)
    assert (again.cause.reason.why, again.cause.reason.params["packet"]) == (Why.ACK_AGAIN, 6)
