"""Why segments were sent again, and what probes ask."""

from __future__ import annotations

from pathlib import Path

from tests.connections.accounts import OPEN, note, of_run, only, segment, trap
from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why


def test_a_timer_names_the_copy_and_the_time() -> None:
    cause = segment(only(trap("01_one_byte_retx")), 5).cause
    assert (cause.kind, cause.reason.why, str(cause.ref)) == (CauseKind.TIMER, Why.RETRANSMISSION_TIMEOUT, "p4")
    assert cause.reason.params["after_ns"] == 200_000_000


def test_duplicate_acks_made_it_fast() -> None:
    cause = segment(only(trap("07_fast_retx_long_rtt")), 15).cause
    assert (cause.kind, cause.reason.why, str(cause.ref)) == (CauseKind.ANSWERS, Why.RETRANSMISSION_FAST, "p14")
    assert (cause.reason.params["packet"], cause.reason.params["duplicates"]) == (6, 4)


def test_in_the_lab_it_is_known_that_the_first_copy_was_dropped(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 dropped
+0.200 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    dropped, again = segment(found, 4), segment(found, 5)
    assert note(dropped, Why.WIRE_DROPPED).certainty is Certainty.KNOWN
    assert dropped.lost
    assert note(again, Why.RETRANSMISSION_LOST).params["packet"] == 4


def test_a_probe_names_the_window_that_closed() -> None:
    cause = segment(only(trap("23_lin_zwp")), 6).cause
    assert (cause.reason.why, cause.reason.params["packet"], cause.kind) == (
        Why.ZERO_WINDOW_PROBE, 5, CauseKind.TIMER)


def test_probes_wait_longer_each_time_and_name_where_the_window_closed() -> None:
    found = only(trap("real_zerowin"))
    shown = [segment(found, n).cause.reason.params for n in (8, 10, 11, 13)]
    assert {p["packet"] for p in shown} == {7}
    assert [p["probe"] for p in shown] == [None, 8, 10, 11]
    times = [p["after_ns"] for p in shown]
    assert times == sorted(times)


def test_with_one_direction_the_timer_is_only_likely() -> None:
    cause = segment(only(trap("26_oneway")), 6).cause
    assert (cause.certainty, [other.why for other in cause.others]) == (Certainty.LIKELY, [Why.RETRANSMISSION_FAST])


def test_a_keep_alive_says_how_long_it_was_idle() -> None:
    cause = segment(only(trap("20_keepalive")), 8).cause
    assert (cause.reason.why, cause.reason.params["idle_ns"]) == (Why.KEEP_ALIVE, 60_000_000_000)
