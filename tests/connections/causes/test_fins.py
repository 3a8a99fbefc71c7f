"""Why a FIN is there: which call, and what else it tells."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.connections.accounts import OPEN, founding, note, of_run, only, segment, trap
from whywire.base.records import Call
from whywire.connections.causes.fins import ending_call
from whywire.connections.model import Certainty, CloseKind
from whywire.connections.trace import CLOCK_SLACK_NS, REAPED_NS, Bank
from whywire.connections.why import Why


@pytest.mark.parametrize(("how", "shown"), [("", "call"), ("how garbage", "garbage")])
def test_a_close_by_whatever_means(how: str, shown: str, tmp_path: Path) -> None:
    found = only(of_run(OPEN + f"""
       a: close() {how} at client.py:9
+0.000 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    cause = segment(found, 4).cause
    assert (cause.reason.why, cause.certainty, cause.reason.params["how"]) == (Why.FIN_CLOSE, Certainty.KNOWN, shown)


def test_a_close_by_the_end_of_a_process_is_known_where_the_trace_saw_the_end_begin(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: exit() ...
       a: close() how exit at client.py:9
+0.001 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    cause = segment(found, 4).cause
    assert (cause.reason.why, cause.certainty, cause.others) == (Why.FIN_CLOSE, Certainty.KNOWN, ())


def test_a_process_that_was_killed_may_have_closed_the_descriptor_before(tmp_path: Path) -> None:
    """Its end is known from who waited for it alone; os.close() just before would look the same."""
    found = only(of_run(OPEN + """
+0.000 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
+0.004 a: close() how exit
""", tmp_path))
    cause = segment(found, 4).cause
    assert (cause.reason.why, cause.certainty) == (Why.FIN_CLOSE, Certainty.LIKELY)
    assert [other.why for other in cause.others] == [Why.CLOSED_UNSEEN]


@pytest.mark.parametrize("end", ["+2.000 a: exit() ...", ""])
def test_a_fin_long_before_the_end_of_its_process_was_closed_by_a_call_nobody_saw(end: str, tmp_path: Path) -> None:
    """os.close(s.fileno()), s.detach() and os.close(): the socket object knows nothing of it."""
    found = only(of_run(OPEN + f"""
       a: recv(10) ...
+0.001 a: ... recv = 0 bytes
+0.000 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
{end}
+2.000 a: close() how exit
""", tmp_path))
    cause = segment(found, 4).cause
    assert (cause.reason.why, cause.certainty, cause.ref) == (Why.FIN_UNSEEN, Certainty.INFERRED, None)
    assert "close" not in [call.name for call in found.calls]


def test_a_shutdown_is_no_proof_that_everything_was_read(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       b: send(9 bytes) = 9
+0.000 b>a PA 1:10(9) ack 1 win 510<<7 arrives +0.005
+0.005 a>b A 1:1(0) ack 10 win 502<<7 arrives +0.005
       a: shutdown(1) how write
+0.001 a>b FA 1:1(0) ack 10 win 502<<7 arrives +0.005
""", tmp_path))
    fin = segment(found, 6)
    assert fin.cause.reason.why is Why.FIN_SHUTDOWN
    assert Why.FIN_QUEUE_EMPTY not in {n.why for n in fin.notes}


def test_a_fin_after_the_peers_names_the_recv_that_returned_nothing(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       b: recv(1024) ...
       a: close()
+0.000 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
+0.005 b: ... recv = 0 bytes
       b: close()
+0.001 b>a FA 1:1(0) ack 2 win 510<<7 arrives +0.005
+0.005 a>b A  2:2(0) ack 2 win 502<<7 arrives +0.005
""", tmp_path))
    fin = segment(found, 5)
    after = note(fin, Why.FIN_AFTER_END)
    assert (after.params["packet"], after.params["call"], after.certainty) == (4, 5, Certainty.KNOWN)
    assert note(fin, Why.FIN_WITH_ACK).params["packet"] == 4
    assert found.closing.time_wait == "client"
    assert segment(found, 6).cause.reason.why is Why.ACK_LAST


def test_fins_that_cross(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: close()
+0.000 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
       b: close()
+0.001 b>a FA 1:1(0) ack 1 win 510<<7 arrives +0.005
+0.004 b>a A  2:2(0) ack 2 win 510<<7 arrives +0.005
+0.001 a>b A  2:2(0) ack 2 win 502<<7 arrives +0.005
""", tmp_path))
    assert note(segment(found, 4), Why.FIN_CROSSED).params["packet"] == 5
    assert note(segment(found, 5), Why.FIN_CROSSED).params["packet"] == 4
    closing = found.closing
    assert (closing.kind, closing.first, closing.time_wait) == (CloseKind.SIMULTANEOUS, "both", "both")
    assert (found.client.state, found.server.state) == ("TIME-WAIT", "TIME-WAIT")


def test_data_and_fin_in_one_segment_keep_both_causes() -> None:
    fin = segment(founding("c-names-twice.pcap").connections[0], 5)
    assert fin.cause.reason.why is Why.DATA_WRITTEN
    assert {Why.FIN_PROGRAM, Why.FIN_WITH_DATA} <= {n.why for n in fin.notes}


def test_without_a_trace_a_program_did_it() -> None:
    cause = segment(only(founding("a-v1.pcapng")), 8).cause
    assert (cause.reason.why, cause.certainty, cause.ref) == (Why.FIN_PROGRAM, Certainty.INFERRED, None)


def test_bytes_acknowledged_after_the_fin_show_that_only_sending_had_ended() -> None:
    assert segment(only(trap("11_half_close")), 5).cause.reason.why is Why.FIN_HALF


def test_a_fin_that_came_three_times_is_named_by_its_last_copy() -> None:
    assert note(segment(only(trap("27_fin_retx")), 10), Why.FIN_AFTER_END).params["packet"] == 8


def test_a_shutdown_sends_the_fin_and_the_close_right_after_it_does_not(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: shutdown(1) how write
       a: close()
+0.0001 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    assert segment(found, 4).cause.reason.why is Why.FIN_SHUTDOWN


def test_of_several_closes_the_last_one_sends_it(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       a: close()
+0.1   a: close() at child.py:9
+0.0001 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    assert segment(found, 4).cause.reason.params["call"] == 6


def test_a_fin_captured_twice_is_named_once() -> None:
    assert note(segment(only(trap("04_any_duplicates")), 17), Why.FIN_AFTER_END).params["packet"] == 15


def ended(bank: Bank, time_ns: int) -> Call | None:
    """The rule as it reads: the first shutdown, or else the last close, of the calls up to the first one to come."""
    found = None
    for each in bank.calls:
        if not bank.had_begun(each, time_ns):
            break
        if each.name == "shutdown" and each.how in ("write", "both") and each.error is None:
            return each
        if each.name == "close":
            found = each
    return found


@pytest.mark.parametrize("seed", range(40))
def test_the_call_that_ended_it_is_the_one_that_a_look_at_all_finds(seed: int) -> None:
    random = Random(seed)
    starts = sorted(random.randrange(400_000_000) for _ in range(1 + seed // 3))
    hows = {"close": ("call", "exit", "exit"), "shutdown": ("read", "write", "both")}
    calls = []
    for number, start in enumerate(starts, 1):
        name = random.choice(("send", "close", "close", "shutdown"))
        calls.append(Call(number, "a", "p", random.choice((1, 2)), 1, name, start, start + 5,
                          how=random.choice(hows.get(name, (None,))), error=random.choice((None, "EBADF"))))
    bank = Bank("a", "p", calls, exits={1: Call(99, "a", "p", 1, 1, "exit", 0, None)} if seed % 2 else {})
    edges = (-REAPED_NS - 1, -REAPED_NS, -CLOCK_SLACK_NS - 1, -CLOCK_SLACK_NS, 0)
    for time_ns in [*range(0, 450_000_000, 9_000_000), *(start + edge for start in starts for edge in edges)]:
        assert ending_call(bank, time_ns) is ended(bank, time_ns)
