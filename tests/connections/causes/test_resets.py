"""Why a reset is there: known from the trace, and both readings where packets can't decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import CAPTURES, OPEN, note, of_file, of_ladder, of_run, only, segment
from whywire.connections.model import CauseKind, Certainty, CloseKind, Connection
from whywire.connections.why import Why

DATA = OPEN + """
       b: send(3000 bytes) = 3000
+0.000 b>a A  1:1461(1460)    ack 1    win 510<<7 arrives +0.005
       b>a PA 1461:3001(1540) ack 1    win 510<<7 arrives +0.005
+0.005 a>b A  1:1(0)          ack 3001 win 479<<7 arrives +0.005
"""


def cause_of(found: Connection) -> tuple[str, Why, Certainty]:
    cause = found.closing.cause
    assert cause is not None
    return found.closing.cause_kind, cause.reason.why, cause.certainty


def test_closed_with_unread_bytes_counts_them(tmp_path: Path) -> None:
    found = only(of_run(DATA + """
       a: recv(1024) = 1024 bytes
+0.001 a: close() at client.py:6
+0.000 a>b RA 1:1(0) ack 3001 win 502<<7 arrives +0.005
""", tmp_path))
    assert cause_of(found) == ("unread-data", Why.RST_UNREAD, Certainty.KNOWN)
    assert found.closing.cause is not None
    assert found.closing.cause.reason.params["bytes"] == 3000 - 1024
    assert (found.closing.kind, found.closing.time_wait) == (CloseKind.RESET, "none")


def test_a_peek_reads_nothing(tmp_path: Path) -> None:
    found = only(of_run(DATA + """
       a: recv("1024, MSG_PEEK") = 1024 bytes
+0.001 a: close()
+0.000 a>b RA 1:1(0) ack 3001 win 502<<7 arrives +0.005
""", tmp_path))
    assert found.closing.cause is not None
    assert found.closing.cause.reason.params["bytes"] == 3000


@pytest.mark.parametrize(("end", "certainty"), [("a: exit() ...", Certainty.KNOWN), ("", Certainty.LIKELY)])
def test_the_process_ended_with_unread_bytes(end: str, certainty: Certainty, tmp_path: Path) -> None:
    found = only(of_run(DATA + f"""
       {end}
+0.001 a: close() how exit
+0.000 a>b RA 1:1(0) ack 3001 win 502<<7 arrives +0.005
""", tmp_path))
    assert cause_of(found) == ("unread-data", Why.RST_KILLED, certainty)
    assert found.closing.cause is not None
    assert [other.why for other in found.closing.cause.others] == ([] if end else [Why.CLOSED_UNSEEN])


@pytest.mark.parametrize(("option", "kind", "why", "code"), [
    ("kind 30 70000102030405060708", "mptcp-fast-close", Why.RST_MPTCP_FAST_CLOSE, None),
    ("kind 30 8006", "mptcp-subflow-reset", Why.RST_MPTCP_SUBFLOW, 6),
])
def test_a_reset_of_multipath_tcp_says_itself_why(option: str, kind: str, why: Why, code: int | None) -> None:
    found = only(of_ladder(f"""
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+0.001 a>b A  1:1(0) ack 1 win 64240
+0.001 b>a PA 1:21(20) ack 1
+0.001 a>b RA 1:1(0) ack 21 <{option}>
"""))
    assert cause_of(found) == (kind, why, Certainty.INFERRED)
    assert found.closing.cause is not None
    assert found.closing.cause.reason.params.get("code") == code


def test_a_reset_that_answers_a_fast_close_says_so() -> None:
    found = only(of_file(CAPTURES / "wild" / "tcpdump__mptcp-fclose.pcap"))
    assert cause_of(found) == ("mptcp-fast-close", Why.RST_MPTCP_ANSWER, Certainty.INFERRED)
    assert found.closing.cause is not None
    assert (found.closing.cause.reason.params["packet"], found.closing.packet) == (10, 11)
    asks = next(segment.cause for segment in found.segments if segment.packet == 10)
    assert (asks.kind, asks.certainty) == (CauseKind.CALL, Certainty.INFERRED)
    assert (asks.reason.why, asks.reason.params["side"]) == (Why.ACK_MPTCP_FAST_CLOSE, "client")


def test_a_fin_is_no_unread_byte() -> None:
    found = only(of_file(CAPTURES / "wild" / "pcpp__one_http_stream_rst.pcap"))
    assert found.closing.cause is not None
    assert found.closing.cause.reason.params["received"] == found.server.bytes == 600


def test_linger_zero(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: setsockopt("SO_LINGER = on 1, 0 s") how SO_LINGER
+0.001 a: close()
+0.000 a>b RA 1:1(0) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    assert cause_of(found) == ("linger-zero", Why.RST_LINGER, Certainty.KNOWN)


LATE = OPEN + """
       a: close()
+0.000 a>b FA 1:1(0)   ack 1 win 502<<7 arrives +0.005
       b: send(15 bytes) = 15
+0.001 b>a PA 1:16(15) ack 1 win 510<<7 arrives +0.005
+0.005 a>b R  1:1(0)         win 0      arrives +0.005
"""


def test_late_data_is_answered_by_a_reset_with_the_number_it_acknowledged(tmp_path: Path) -> None:
    found = only(of_run(LATE, tmp_path))
    late = segment(found, 6)
    assert late.cause.reason.why is Why.RST_LATE_DATA
    assert (late.cause.kind, str(late.cause.ref), late.cause.certainty) == (CauseKind.ANSWERS, "p5", Certainty.KNOWN)
    assert late.cause.reason.params["bytes"] == 15


CROSSED = OPEN + """
       a: send(10 bytes) = 10
+0.000 a>b PA 1:11(10)  ack 1  win 502<<7 arrives +0.005
       a: close()
+0.000 a>b FA 11:11(0)  ack 1  win 502<<7 arrives +0.005
       b: send(15 bytes) = 15
+0.001 b>a PA 1:16(15)  ack {seen} win 510<<7 arrives +0.005
       b: close()
+0.004 b>a FA 16:16(0)  ack 12 win 510<<7 arrives +0.005
+0.001 a>b R  {seen}:{seen}(0) win 0      arrives +0.005
+0.004 a>b R  12:12(0)         win 0      arrives +0.005
"""


def test_a_reset_below_what_has_arrived_is_ignored_and_the_next_one_is_not(tmp_path: Path) -> None:
    found = only(of_run(CROSSED.format(seen=1), tmp_path))
    ignored, second = segment(found, 8), segment(found, 9)
    assert "not-acceptable" in ignored.kinds
    assert ignored.cause.reason.why is Why.RST_LATE_DATA
    assert note(ignored, Why.RST_IGNORED).params["low"] == 12
    assert second.cause.reason.why is Why.RST_CONNECTION_GONE
    assert cause_of(found) == ("late-data", Why.RST_LATE_DATA, Certainty.KNOWN)
    assert [mark.packet for mark in found.closing.rsts] == [9]


def test_a_reset_with_the_number_of_the_fin_is_taken(tmp_path: Path) -> None:
    """Linux tcp_reset_check(): one below the next number is accepted when the FIN was that number."""
    found = only(of_run(CROSSED.format(seen=11), tmp_path))
    assert segment(found, 8).kinds == ("rst",)
    assert [mark.packet for mark in found.closing.rsts] == [8, 9]


def test_refused_in_the_lab_is_known(tmp_path: Path) -> None:
    found = only(of_run("""
host a 10.0.0.1
host b 10.0.0.2
       a: connect(b:80) ...
+0.000 a>b S  0:0(0) win 64240 arrives +0.005
+0.005 b>a RA 0:0(0) ack 1 win 0 arrives +0.005
+0.005 a: ... connect ! "ConnectionRefusedError: [Errno 111] Connection refused"
""", tmp_path))
    assert cause_of(found) == ("nobody-listens", Why.RST_REFUSED, Certainty.KNOWN)
    assert [w.cause.reason.why for w in found.waits] == [Why.WAIT_REFUSED]


SHAKE = """
+0.000 a>b S  0:0(0)       win 64240 <mss 1460>
+0.001 b>a SA 0:0(0) ack 1 win 64240 <mss 1460>
+0.001 a>b A  1:1(0) ack 1 win 64240
"""


@pytest.mark.parametrize(("rest", "word", "why"), [
    ("+1 a>b R 1:1(0) win 0", "peer-gone", Why.RST_PEER_GONE),
    ("+1 a>b RA 1:1(0) ack 1 win 0", "linger-zero", Why.RST_LINGER_POSSIBLE),
    ("+1 b>a PA 1:9(8) ack 1\n+0.1 a>b A 1:1(0) ack 9\n+0.1 a>b RA 1:1(0) ack 9 win 0",
     "unread-data", Why.RST_UNREAD_LIKELY),
    ("+1 a>b FA 1:1(0) ack 1\n+0.1 b>a PA 1:9(8) ack 2\n+0.1 a>b RA 2:2(0) ack 9 win 0",
     "late-data", Why.RST_LATE_DATA),
])
def test_packets_alone_leave_readings_and_say_what_would_decide(rest: str, word: str, why: Why) -> None:
    found = only(of_ladder(SHAKE + rest))
    assert cause_of(found) == (word, why, Certainty.LIKELY)
    assert found.closing.others
    assert found.closing.cause is not None
    assert found.closing.cause.others
    assert found.closing.cause.decides is not None


@pytest.mark.parametrize("packets", [
    "+0 a>b RA 1:1(0) ack 1 win 0",  # what had come before the capture began may lie unread
    SHAKE + "+1 b>a PA 1:9(8) ack 1\n+0.1 a>b RA 1:59(58) ack 9 win 0",  # no reading explains bytes in a reset
])
def test_a_reset_whose_past_was_not_seen_or_that_carries_bytes_is_not_guessed_at(packets: str) -> None:
    found = only(of_ladder(packets))
    assert cause_of(found) == ("unknown", Why.RST_UNKNOWN, Certainty.LIKELY)
    cause = found.closing.cause
    assert cause is not None
    assert [other.why for other in cause.others] == [
        Why.RST_UNREAD_LIKELY, Why.RST_LINGER_POSSIBLE, Why.RST_ABORTED_OTHERWISE]
    assert (Why.RST_WITH_BYTES in {note.why for note in found.segments[-1].notes}) == (found.segments[-1].length > 0)


def test_a_bare_reset_after_the_fin_of_its_side_leaves_one_reading() -> None:
    found = only(of_ladder(SHAKE + """
+1   a>b FA 1:1(0) ack 1
+0.1 b>a PA 1:9(8) ack 2
+0.1 a>b R  2:2(0) win 0
"""))
    assert cause_of(found) == ("late-data", Why.RST_LATE_DATA, Certainty.INFERRED)


def test_keep_alive_gave_up() -> None:
    probes = "".join(f"+75 a>b A 8:8(0) ack 1 # {number}\n" for number in range(9))
    found = only(of_ladder(SHAKE + "+1 a>b PA 1:9(8) ack 1\n+0.1 b>a A 1:1(0) ack 9\n" + probes
                           + "+75 a>b RA 9:9(0) ack 1 win 0\n"))
    assert cause_of(found) == ("keep-alive-gave-up", Why.RST_KEEP_ALIVE_GAVE_UP, Certainty.INFERRED)
    assert found.closing.cause is not None
    assert found.closing.cause.reason.params["probes"] == 9


PROBE = "+75 a>b A 8:8(0) ack 1\n"


@pytest.mark.parametrize("probes", [PROBE, 2 * PROBE + "+7 a>b RA 9:9(0) ack 1\n"])
def test_a_reset_out_of_step_with_the_probes_may_be_the_programs(probes: str) -> None:
    found = only(of_ladder(SHAKE + "+1 a>b PA 1:9(8) ack 1\n+0.1 b>a A 1:1(0) ack 9\n" + probes
                           + "+75 a>b RA 9:9(0) ack 1 win 0\n"))
    assert cause_of(found) == ("keep-alive-gave-up", Why.RST_KEEP_ALIVE_GAVE_UP, Certainty.LIKELY)
    assert found.closing.others == ("linger-zero", "unknown")


def test_each_of_two_resets_answers_its_own_segment_also_from_the_other_end(tmp_path: Path) -> None:
    text = OPEN + """
       a: close()
+0.000 a>b FA 1:1(0)   ack 1 win 502<<7 arrives +0.005
       b: send(15 bytes) = 15
+0.001 b>a PA 1:16(15) ack 1 win 510<<7 arrives +0.005
       b: close()
+0.000 b>a FA 16:16(0) ack 1 win 510<<7 arrives +0.005
+0.005 a>b R  1:1(0)         win 0      arrives +0.005
+0.000 a>b R  1:1(0)         win 0      arrives +0.005
"""
    for view in (None, "a", "b"):
        found = only(of_run(text, tmp_path / str(view), at=view))
        data, fin = (next(s.packet for s in found.segments if kind in s.kinds and s.sender == "server")
                     for kind in ("data", "fin"))
        resets = [s.cause for s in found.segments if "rst" in s.kinds]
        assert [(c.reason.why, c.reason.params["packet"]) for c in resets] == [
            (Why.RST_LATE_DATA, data), (Why.RST_CONNECTION_GONE, fin)], view
        assert found.closing.cause_kind == "late-data"


def test_in_the_window_is_not_enough() -> None:
    found = only(of_ladder(SHAKE + "+1 a>b PA 1:9(8) ack 1\n+0.1 b>a A 1:1(0) ack 9\n+0.1 a>b R 500:500(0) win 0\n"
                           "+0.1 a>b PA 9:19(10) ack 1\n"))
    assert "not-acceptable" in segment(found, 6).kinds
    assert found.closing.kind is CloseKind.OPEN
    assert note(segment(found, 6), Why.RST_IGNORED).params["low"] == 9
