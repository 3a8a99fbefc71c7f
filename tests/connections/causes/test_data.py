"""Whose bytes a segment carries, and why they left when they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import OPEN, founding, note, of_ladder, of_run, only, segment, trap
from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why

CALLS_START = 5
"""Calls 1 to 4 are bind, listen, accept and connect."""


def test_one_call_one_segment(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
+0.000 a: send(13 bytes) = 13 at client.py:4 "s.send(x)"
+0.001 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    cause = segment(found, 4).cause
    assert (cause.kind, cause.certainty, cause.reason.why) == (CauseKind.CALL, Certainty.KNOWN, Why.DATA_CALL)
    assert str(cause.ref) == f"k{CALLS_START}"
    assert cause.reason.params["bytes"] == 13


def test_a_large_call_is_split_by_the_segment_size(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       b: send(3000 bytes) = 3000
+0.000 b>a A  1:1461(1460)    ack 1 win 510<<7 arrives +0.005
+0.000 b>a A  1461:2921(1460) ack 1 win 510<<7 arrives +0.005
+0.000 b>a PA 2921:3001(80)   ack 1 win 510<<7 arrives +0.005
""", tmp_path))
    params = [segment(found, number).cause.reason.params for number in (4, 5, 6)]
    assert [(p["part"], p["parts"], p["total"]) for p in params] == [(1, 3, 3000), (2, 3, 3000), (3, 3, 3000)]
    assert {segment(found, n).cause.reason.why for n in (4, 5, 6)} == {Why.DATA_SPLIT}
    assert found.segment_size == 1460


NAGLE = OPEN + """
       b: send(5 bytes) = 5
+0.000 b>a PA 1:6(5)  ack 1 win 510<<7 arrives +0.005
+0.001 b: send(5 bytes) = 5
       b: send(10 bytes) = 10
+0.004 a>b A  1:1(0)  ack 6 win 502<<7 arrives +0.005
+0.0051 b>a PA 6:21(15) ack 1 win 510<<7 arrives +0.005
"""


def test_writes_that_waited_for_an_ack_share_a_segment(tmp_path: Path) -> None:
    found = only(of_run(NAGLE, tmp_path))
    merged = segment(found, 6)
    assert merged.cause.reason.why is Why.DATA_MERGED
    assert merged.cause.reason.params["calls"] == (6, 7)
    assert [(s.start, s.end, s.first, s.last) for s in merged.shares] == [(6, 11, True, True), (11, 21, True, True)]
    held = note(merged, Why.HELD_NAGLE)
    assert (held.params["unacked"], held.params["released"]) == (4, 5)
    assert held.certainty is Certainty.INFERRED


def test_with_tcp_nodelay_it_was_not_nagle(tmp_path: Path) -> None:
    option = "       b: setsockopt(6, 1, 1) how TCP_NODELAY\n       b: send(5 bytes) = 5\n"
    found = only(of_run(NAGLE.replace("       b: send(5 bytes) = 5\n", option, 1), tmp_path))
    assert Why.HELD_NAGLE not in {n.why for n in segment(found, 6).notes}


def test_a_trace_that_misses_bytes_claims_nothing(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: send(5 bytes) = 5
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    unknown = segment(found, 4)
    assert unknown.shares == ()
    assert (unknown.cause.reason.why, unknown.cause.certainty) == (Why.DATA_WRITTEN, Certainty.INFERRED)
    assert unknown.cause.ref is None


LOOPBACK = """
host a 127.0.0.1
host b 127.0.0.2
+0.000000 a>b S  0:0(0)         win 65495 <mss 65495, ws 7>
+0.000020 b>a SA 0:0(0) ack 1   win 65483 <mss 65495, ws 7>
+0.000020 a>b A  1:1(0) ack 1   win 512<<7
"""


def later(gap: str, wait: str) -> Why:
    """Return why a second short segment is there that left ``gap`` after the first one's ACK."""
    found = only(of_ladder(LOOPBACK + f"""
+0.001000 a>b PA 1:6(5) ack 1 win 512<<7
+{wait} b>a A  1:1(0)   ack 6 win 512<<7
+{gap} a>b PA 6:21(15)  ack 1 win 512<<7
"""))
    cause = segment(found, 6).cause
    assert bool(cause.others) == (cause.certainty is Certainty.LIKELY)
    return cause.reason.why


def test_without_a_trace_nagle_is_likely_only_right_after_the_ack_of_a_write_that_had_time_to_wait() -> None:
    assert later("0.000004", "0.000172") is Why.MAYBE_NAGLE
    assert later("0.000065", "0.000172") is Why.DATA_WRITTEN  # microseconds would do for held bytes
    assert later("0.000004", "0.000005") is Why.DATA_WRITTEN  # nothing can have been written meanwhile


@pytest.mark.parametrize(("after", "why"), [
    ("0.011", Why.DATA_WRITTEN),  # the ACK had not even reached the server
    ("0.030", Why.MAYBE_NAGLE),
])
def test_seen_from_the_other_end_held_bytes_follow_their_ack_by_a_round_trip(after: str, why: Why) -> None:
    found = only(of_ladder(f"""
+0.000 a>b S  0:0(0)         win 64240 <mss 1460>
+0.031 b>a SA 0:0(0) ack 1   win 64240 <mss 1460>
+0.001 a>b A  1:1(0) ack 1   win 64240
+0.001 a>b PA 1:301(300) ack 1
+0.040 b>a PA 1:289(288) ack 301
+0.001 a>b A  301:301(0) ack 289
+{after} b>a PA 289:1096(807) ack 301
"""))
    assert segment(found, 7).cause.reason.why is why


def test_a_super_segment_is_not_called_a_full_one() -> None:
    joined = founding("c-http-until-close.pcap").connections[1].segments[5]
    assert (joined.length, joined.cause.reason.why) == (2321, Why.DATA_WRITTEN)


def test_without_a_trace_a_full_segment_is_a_piece() -> None:
    shown = [s.cause.reason.why for s in only(founding("b-v3.pcapng")).segments[4:13]]
    assert shown == [Why.DATA_PIECE] + [Why.DATA_TAIL] * 8
    whole = only(founding("a-v3.pcapng")).segments[5]
    assert whole.cause.reason.why is Why.DATA_WRITTEN


def test_half_of_the_largest_window_is_a_full_segment_too() -> None:
    shown = [s.cause.reason.why for s in founding("a-http-browser-snap640.pcapng").connections[0].segments
             if s.length == 32768]
    assert set(shown) == {Why.DATA_PIECE, Why.DATA_TAIL}


@pytest.mark.parametrize("name", ["22_zero_window", "23_lin_zwp"])
def test_bytes_that_were_probed_for_had_waited_for_the_window(name: str) -> None:
    held = note(segment(only(trap(name)), 9), Why.HELD_WINDOW)
    assert (held.params["released"], held.certainty) == (8, Certainty.INFERRED)


WINDOW = """
+0.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7>
+0.010 b>a SA 0:0(0) ack 1   win 1000  <mss 1460, ws 7>
+0.000 a>b A  1:1(0) ack 1   win 502<<7
       a>b PA 1:1001(1000) ack 1 win 502<<7
+0.010 b>a A  1:1(0) ack 1001 win 0<<7
+0.300 b>a A  1:1(0) ack 1001 win {room}<<7
+{then} a>b PA 1001:1101(100) ack 1 win 502<<7
"""


def test_bytes_that_leave_when_the_window_opens_had_waited_for_it() -> None:
    held = note(segment(only(of_ladder(WINDOW.format(room=8, then="0.0001"))), 7), Why.HELD_WINDOW)
    assert (held.params["released"], held.certainty) == (6, Certainty.LIKELY)


def test_bytes_that_leave_long_after_the_window_opened_had_not() -> None:
    late = segment(only(of_ladder(WINDOW.format(room=8, then="0.2"))), 7)
    assert Why.HELD_WINDOW not in {n.why for n in late.notes}
