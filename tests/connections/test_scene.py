"""The bookkeeping of both sides: what an ACK adds, which segments it is for, what was heard before."""

from __future__ import annotations

from tests.connections.accounts import of_ladder, only, segment, trap
from whywire.connections.model import AckStep, OpenKind

SHAKE = """
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+0.001 a>b A  1:1(0) ack 1 win 64240
"""


def test_an_ack_is_split_into_syn_data_and_fin() -> None:
    found = only(of_ladder(SHAKE + """
+0.001 a>b PA 1:14(13) ack 1
+0.000 a>b FA 14:14(0) ack 1
+0.001 b>a A  1:1(0)   ack 15
"""))
    assert segment(found, 2).ack_step == AckStep(0, 1, 1, 0, 0, (1,))
    assert segment(found, 3).ack_step == AckStep(0, 1, 1, 0, 0, (2,))
    assert segment(found, 4).ack_step is None
    assert segment(found, 6).ack_step == AckStep(1, 15, 0, 13, 1, (4, 5))


def test_an_entry_in_the_middle_counts_from_the_first_position_seen() -> None:
    found = only(trap("05_no_handshake"))
    assert segment(found, 2).ack_step == AckStep(1, 101, 0, 100, 0, (1,))


def test_an_ack_of_copies_is_for_what_arrived_last() -> None:
    found = only(trap("01_one_byte_retx"))
    assert str(segment(found, 6).cause.ref) == "p5"


def test_a_handshake_with_a_syn_ack_sent_twice_is_timed_from_the_first_and_to_the_last() -> None:
    opening = only(of_ladder("""
+0.000 a>b S  0:0(0)       win 64240
+0.001 b>a SA 0:0(0) ack 1 win 64240
+1.000 b>a SA 0:0(0) ack 1 win 64240
+0.002 a>b A  1:1(0) ack 1 win 64240
""")).opening
    assert (opening.kind, opening.syn, opening.syn_ack, opening.third) == (OpenKind.HANDSHAKE, 1, 3, 4)
    assert (opening.syn_to_synack_ns, opening.synack_to_ack_ns) == (1_000_000, 2_000_000)


def test_a_syn_that_nobody_answers() -> None:
    opening = only(of_ladder("+0.000 a>b S 0:0(0) win 64240\n+1.000 a>b S 0:0(0) win 64240")).opening
    assert (opening.kind, opening.syn, opening.syn_ack) == (OpenKind.UNANSWERED, 2, None)


MISSED = """
+0.000 a>b S  0:0(0)       win 64240
+0.020 a>b A  1:1(0) ack 1 win 64240
+0.001 a>b PA 1:14(13) ack 1
"""


def test_a_client_that_acknowledges_had_an_answer_which_the_capture_misses() -> None:
    for rest in ("", "+0.020 b>a RA 1:1(0) ack 14\n"):
        opening = only(of_ladder(MISSED + rest)).opening
        assert (opening.kind, opening.syn, opening.syn_ack, opening.third) == (OpenKind.HANDSHAKE, 1, None, 2)
        assert (opening.syn_to_synack_ns, opening.synack_to_ack_ns) == (None, None)
