"""Why a SYN, a SYN-ACK, the third packet is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import OPEN, SLOW, note, of_ladder, of_run, only, segment
from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why


def test_connect_is_known_from_the_trace(tmp_path: Path) -> None:
    found = only(of_run(OPEN, tmp_path))
    syn, answer, third = (segment(found, n).cause for n in (1, 2, 3))
    assert (syn.reason.why, str(syn.ref), syn.certainty) == (Why.SYN_CONNECT, "k4", Certainty.KNOWN)
    assert (answer.reason.why, str(answer.ref), answer.kind) == (Why.SYN_ACK_LISTEN, "p1", CauseKind.ANSWERS)
    assert (third.reason.why, str(third.ref)) == (Why.HANDSHAKE_DONE, "p2")


def test_a_connect_that_does_not_wait_has_returned_before(tmp_path: Path) -> None:
    found = only(of_run(OPEN.replace("       a: ... connect = 0\n", "").replace(
        "a: connect(b:80) ... at", "a: connect(b:80) ! \"BlockingIOError\" at"), tmp_path))
    third = segment(found, 3).cause
    assert (third.reason.why, third.reason.params["call"]) == (Why.HANDSHAKE_READY, 4)


def test_a_syn_ack_sent_again_names_the_first_one_and_the_time() -> None:
    found = only(of_ladder("""
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+1.000 b>a SA 0:0(0) ack 1 win 64240
"""))
    cause = segment(found, 3).cause
    assert (cause.reason.why, cause.kind) == (Why.SYN_ACK_AGAIN, CauseKind.TIMER)
    assert (cause.reason.params["packet"], cause.reason.params["after_ns"]) == (2, 1_000_000_000)


def test_a_split_handshake_is_one_connection() -> None:
    found = only(of_ladder("""
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a A  0:0(0) ack 1 win 64240
+0.001 b>a S  0:0(0)       win 64240
+0.001 a>b SA 0:0(0) ack 1 win 64240
+0.001 b>a A  1:1(0) ack 1 win 64240
"""))
    assert (found.roles, found.packets, found.client.endpoint[:8]) == ("simultaneous", 5, "10.0.0.1")
    assert segment(found, 3).cause.reason.why is Why.SYN_SPLIT


def test_a_syn_ack_sent_again_for_a_syn_that_came_again_is_no_timers(tmp_path: Path) -> None:
    found = only(of_run(SLOW, tmp_path))
    again = segment(found, 5)
    assert (again.cause.reason.why, again.cause.kind, again.cause.reason.params["packet"]) == (
        Why.SYN_ACK_REPEATED, CauseKind.ANSWERS, 3)
    assert Why.ACK_NOT_TAKEN not in [note.why for note in again.notes]  # the third packet was still on its way
    assert segment(found, 6).cause.reason.why is Why.ACK_AGAIN


IGNORED = """
host a 10.0.0.1
host b 10.0.0.2
+0.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> {first}
+1.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> arrives +0.005
+0.005 b>a SA 0:0(0) ack 1   win 65160 <mss 1460, ws 7> arrives +0.005
"""


def test_a_syn_that_arrived_and_was_not_answered_met_a_full_accept_queue(tmp_path: Path) -> None:
    found = only(of_run(IGNORED.format(first="arrives +0.005"), tmp_path))
    assert note(segment(found, 1), Why.SYN_IGNORED).certainty is Certainty.LIKELY
    assert Why.SYN_IGNORED not in [n.why for n in segment(found, 2).notes]


@pytest.mark.parametrize("first", ["dropped", "arrives +0.700"])
def test_a_syn_that_was_lost_or_late_was_not_ignored(first: str, tmp_path: Path) -> None:
    found = only(of_run(IGNORED.format(first=first), tmp_path))
    assert Why.SYN_IGNORED not in [n.why for n in segment(found, 1).notes]


def test_a_capture_does_not_show_whether_a_syn_reached_the_other_end() -> None:
    found = only(of_ladder(IGNORED.format(first="").replace(" arrives +0.005", "")))
    assert [n.why for n in segment(found, 1).notes] == []
