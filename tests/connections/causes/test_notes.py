"""What else a packet shows: windows, piggy-backed ACKs, artefacts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.connections.accounts import OPEN, founding, note, of_ladder, of_run, only, segment, trap
from tests.ladders import run_of
from whywire.capture.run import open_run
from whywire.capture.run_meta import to_toml
from whywire.connections import account
from whywire.connections.model import Certainty, OpenKind
from whywire.connections.why import Why
from whywire.packets.merge import open_view


def whys(name: str, packet: int) -> set[Why]:
    return {n.why for n in segment(only(founding(name)), packet).notes}


def test_a_window_that_shrank_says_what_is_unread_only_where_the_trace_shows_it(tmp_path: Path) -> None:
    shrank = note(segment(only(founding("a-v3.pcapng")), 7), Why.WINDOW_SHRANK)
    assert (shrank.params["before"], shrank.params["after"], shrank.params["unread"]) == (65536, 58496, None)
    found = only(of_run(OPEN + """
       b: send(3000 bytes) = 3000
+0.000 b>a A  1:1461(1460)    ack 1    win 510<<7 arrives +0.005
       b>a PA 1461:3001(1540) ack 1    win 510<<7 arrives +0.005
+0.005 a: recv(1000) = 1000 bytes
+0.0001 a>b A 1:1(0)          ack 3001 win 487<<7 arrives +0.005
""", tmp_path))
    assert note(segment(found, 6), Why.WINDOW_SHRANK).params["unread"] == 2000


def test_rounding_to_the_unit_of_the_scale_is_no_change() -> None:
    assert Why.WINDOW_SHRANK not in whys("a-v4.pcapng", 5)
    assert Why.WINDOW_SHRANK in whys("a-v4.pcapng", 7)


def test_an_ack_that_rides_on_data() -> None:
    assert Why.ACK_PIGGYBACK in whys("b-names.pcapng", 5)
    assert Why.ACK_PIGGYBACK not in whys("a-v1.pcapng", 6)  # its ACK repeats the one before


def test_a_super_segment_is_an_artefact() -> None:
    found = note(segment(only(trap("03_gro_superseg")), 4), Why.SUPER_SEGMENT)
    assert (found.certainty, found.params["segment_size"]) == (Certainty.ARTEFACT, 1460)


def test_bytes_that_were_never_captured_are_counted() -> None:
    found = only(of_ladder("""
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+0.001 a>b A  1:1(0) ack 1 win 64240
+0.001 b>a A  1:1(0) ack 501
+0.001 a>b PA 501:601(100) ack 1
"""))
    assert note(segment(found, 4), Why.ACKED_UNSEEN).params["bytes"] == 500
    assert note(segment(found, 5), Why.LOST_BEFORE).params["bytes"] == 500


def test_a_closed_window_and_its_opening() -> None:
    found = only(trap("22_zero_window"))
    assert note(segment(found, 5), Why.WINDOW_CLOSED).params["unread"] is None
    assert note(segment(found, 8), Why.WINDOW_REOPENED).params["after"] == 128_000


def test_a_packet_that_never_arrived(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
+0.1 a>b PA 1:14(13) ack 1 win 502<<7 lost
+1.0 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
""", tmp_path))
    assert [n.why for n in segment(found, 4).notes] == [Why.NOT_ARRIVED]


def test_what_had_not_arrived_when_the_recording_stopped_was_still_travelling(tmp_path: Path) -> None:
    """A wire of two seconds, a run of 1.5: nothing arrives, nothing is lost, and nobody heard of anything."""
    made = run_of("""
program a client.py
program b server.py
       a: connect(b:80) ... at client.py:3
+0.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> lost
+1.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> lost
""", tmp_path / "run")
    (made / "wire.jsonl").write_text("")
    meta = open_run(made).meta
    (made / "run.toml").write_text(to_toml(replace(meta, delay_ns=2_000_000_000)))
    with open_view(open_run(made)) as view:
        found = only(account(view, open_run(made)))
    assert [s.lost for s in found.segments] == [False, False]
    assert all([n.why for n in s.notes] == [Why.STILL_TRAVELLING] for s in found.segments)
    assert found.opening.kind is OpenKind.UNANSWERED
