"""Silence has a reason: a sleep, a busy program, a timer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import OPEN, SLOW, founding, of_ladder, of_run, only, trap
from whywire.connections.model import Certainty
from whywire.connections.why import Why

ANSWER = """
       a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
+0.005 b>a A 1:1(0) ack 14 win 510<<7 arrives +0.005
{between}
       b: send(13 bytes) = 13
+0.000 b>a PA 1:14(13) ack 14 win 510<<7 arrives +0.005
"""


@pytest.mark.parametrize(("between", "why"), [
    ("       b: sleep(0.5) takes 0.5 at server.py:9\n+0.5 b: recv(1024) = 13 bytes", Why.PAUSE_SLEEP),
    ("       b: recv(1024) = 13 bytes\n+0.5 b: getsockopt() = 1", Why.PAUSE_PROGRAM),
    ("       b: recv(1024) = 13 bytes\n       b: select() takes 0.5\n+0.5 b: getsockopt() = 1", Why.PAUSE_BLOCKED),
])
def test_with_a_trace(between: str, why: Why, tmp_path: Path) -> None:
    found = only(of_run(OPEN + ANSWER.format(between=between), tmp_path))
    (pause,) = found.pauses
    assert (pause.cause.reason.why, pause.cause.certainty) == (why, Certainty.KNOWN)
    assert (pause.after, pause.before) == (5, 6)
    assert pause.cause.reason.params["side"] == "server"


def test_a_short_sleep_is_told_when_it_fills_the_silence(tmp_path: Path) -> None:
    between = "       b: sleep(0.05) takes 0.05\n+0.05 b: recv(1024) = 13 bytes"
    (pause,) = only(of_run(OPEN + ANSWER.format(between=between), tmp_path)).pauses
    assert pause.cause.reason.why is Why.PAUSE_SLEEP


def test_without_a_trace_the_side_that_acts_next_was_waited_for() -> None:
    first, second = only(founding("a-v4.pcapng")).pauses
    assert (first.after, first.before, first.cause.reason.why) == (11, 12, Why.PAUSE_AFTER_DATA)
    assert (second.after, second.before, second.cause.reason.params["what"]) == (15, 16, "fin")
    assert {p.cause.reason.params["side"] for p in (first, second)} == {"server"}
    assert (round(first.length_ns / 1e9, 4), round(second.length_ns / 1e9, 2)) == (5.0128, 4.96)


def test_an_idle_connection_that_a_server_closes() -> None:
    (_, idle) = only(founding("d-http-keep-alive.pcapng")).pauses
    assert (idle.cause.reason.why, idle.cause.reason.params["side"]) == (Why.PAUSE_IDLE, "server")


def test_a_retransmission_timer() -> None:
    assert [p.cause.reason.why for p in only(trap("29_syn_retx_then_ok")).pauses] == [Why.PAUSE_TIMER] * 2


def test_a_packet_on_its_way_fills_the_silence(tmp_path: Path) -> None:
    found = only(of_run(SLOW, tmp_path))
    assert [(pause.before, pause.cause.reason.why, pause.cause.reason.params["packet"]) for pause in found.pauses] == [
        (3, Why.PAUSE_TIMER, 3), (4, Why.PAUSE_ON_THE_WAY, 2), (5, Why.PAUSE_ON_THE_WAY, 3)]


FAR = """
+0.000 a>b S  0:0(0)        win 64240
+0.200 b>a SA 0:0(0)  ack 1 win 64240
+0.0001 a>b A  1:1(0)  ack 1
+0.001 a>b PA 1:14(13) ack 1
+{after} b>a PA 1:6(5)  ack 14
+0.0001 a>b A  14:14(0) ack 6
"""


def test_far_away_an_answer_takes_a_round_trip() -> None:
    """Captured at the client: neither the server's program nor its kernel took the time of the way."""
    found = only(of_ladder(FAR.format(after="0.205")))
    assert [(pause.cause.reason.why, pause.cause.reason.params["packet"], pause.cause.reason.params["way_ns"])
            for pause in found.pauses] == [(Why.PAUSE_TRIP, 1, None), (Why.PAUSE_TRIP, 4, 200_000_000)]


def test_what_took_longer_than_the_way_was_the_programs() -> None:
    found = only(of_ladder(FAR.format(after="0.900")))
    assert [pause.cause.reason.why for pause in found.pauses] == [Why.PAUSE_TRIP, Why.PAUSE_AFTER_DATA]
