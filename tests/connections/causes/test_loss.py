"""Why segments were sent again, and what probes ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import OPEN, note, of_ladder, of_run, only, segment, trap
from tests.ladders import run_of
from whywire.base.records import WireEvent
from whywire.capture.calls import encode
from whywire.capture.run import open_run
from whywire.connections import account
from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why
from whywire.packets.merge import open_view


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


LOSS = OPEN + """
       a: send(4380 bytes) = 4380
+0.000 a>b A  1:1461(1460)    ack 1 win 502<<7 lost
       a>b A  1461:2921(1460) ack 1 win 502<<7 lost
       a>b PA 2921:4381(1460) ack 1 win 502<<7 lost
+0.300 a>b A  1:1461(1460)    ack 1 win 502<<7 arrives +0.005
+0.005 b>a A  1:1(0)     ack 1461 win 510<<7 arrives +0.005
"""


def test_after_a_time_out_the_acks_let_the_rest_go(tmp_path: Path) -> None:
    found = only(of_run(LOSS + """
+0.00501 a>b A  1461:2921(1460) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    assert segment(found, 7).cause.reason.why is Why.RETRANSMISSION_TIMEOUT
    onward = segment(found, 9).cause
    assert (onward.reason.why, onward.kind, onward.reason.params["released"]) == (
        Why.RETRANSMISSION_GOES_ON, CauseKind.ANSWERS, 8)
    assert onward.reason.params["packet"] == 5


def test_sent_again_before_a_timer_can_have_run_out(tmp_path: Path) -> None:
    """One ACK asked for it: too few for RFC 5681, enough for RACK; the timer is the other reading."""
    found = only(of_run(OPEN + """
       a: send(4380 bytes) = 4380
+0.000 a>b A  1:1461(1460)    ack 1 win 502<<7 arrives +0.005
       a>b A  1461:2921(1460) ack 1 win 502<<7 lost
       a>b PA 2921:4381(1460) ack 1 win 502<<7 arrives +0.005
+0.005 b>a A  1:1(0)       ack 1461 win 510<<7 arrives +0.005
       b>a A  1:1(0)       ack 1461 win 510<<7 arrives +0.005
+0.030 a>b A  1461:2921(1460) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    again = segment(found, 9).cause
    assert (again.reason.why, again.certainty, again.reason.params["asked"]) == (
        Why.RETRANSMISSION_EARLY, Certainty.LIKELY, 8)
    assert [other.why for other in again.others] == [Why.RETRANSMISSION_TIMEOUT]


@pytest.mark.parametrize(("again", "after", "why"), [
    ("1461:2921", "+0.030", Why.TAIL_LOSS_PROBE),
    ("1:1461", "+0.030", Why.RETRANSMISSION_TIMEOUT),  # not the last segment
    ("1461:2921", "+0.250", Why.RETRANSMISSION_TIMEOUT),  # the retransmission timer can have run out, too
])
def test_the_last_segment_again_within_two_round_trips_is_a_probe(again: str, after: str, why: Why) -> None:
    found = only(of_ladder(f"""
+0.000 a>b S  0:0(0)       win 64240 <mss 1460>
+0.012 b>a SA 0:0(0) ack 1 win 64240 <mss 1460>
+0.001 a>b A  1:1(0) ack 1 win 64240
+0.001 a>b A  1:1461(1460)    ack 1
+0.001 a>b PA 1461:2921(1460) ack 1
{after} a>b PA {again}(1460) ack 1
+0.001 b>a A  1:1(0) ack 2921
"""))
    cause = segment(found, 6).cause
    assert (cause.reason.why, cause.kind) == (why, CauseKind.TIMER)
    if why is Why.TAIL_LOSS_PROBE:
        assert [other.why for other in cause.others] == [Why.RETRANSMISSION_TIMEOUT]


def test_no_timer_runs_for_less_than_a_tick() -> None:
    found = only(of_ladder("""
+0.000000 b>a PA 1:32(31)  ack 1
+0.000390 b>a FA 32:32(0)  ack 1
+0.000090 b>a FA 32:32(0)  ack 1
"""))
    again = segment(found, 3).cause
    assert (again.kind, again.reason.why, again.others) == (CauseKind.UNKNOWN, Why.UNKNOWN, ())


def test_a_copy_that_the_wire_made_was_not_sent_again(tmp_path: Path) -> None:
    folder = run_of(OPEN + """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1  win 502<<7 arrives +0.005 frame 40
+0.005 b>a A  1:1(0)   ack 14 win 510<<7 arrives +0.005
+0.001 a>b PA 1:14(13) ack 1  win 502<<7 arrives +0.005
+0.005 b>a A  1:1(0)   ack 14 win 510<<7 arrives +0.005
""", tmp_path / "run")
    run = open_run(folder)
    with open_view(run) as view:
        rows = [row for row in range(len(view.table)) if view.table.payload_length[row]]
        view.table.packet_id[rows[1]] = view.table.packet_id[rows[0]]
        (folder / "wire.jsonl").write_text(encode(WireEvent(
            1, "duplicated", 1, view.table.packet_id[rows[0]], "a", "b", "duplicate data 1 from a")))
        found = only(account(view, run))
    copy = segment(found, 6)
    assert (copy.cause.reason.why, copy.cause.kind, copy.cause.certainty, str(copy.cause.ref)) == (
        Why.COPIED_BY_WIRE, CauseKind.WIRE, Certainty.KNOWN, "p4")
    assert [note.why for note in segment(found, 4).notes if note.why is Why.WIRE_DUPLICATED]
    assert segment(found, 7).cause.reason.why is Why.ACK_AGAIN
