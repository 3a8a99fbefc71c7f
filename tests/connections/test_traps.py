"""Every line of tests/captures/traps/README.md: what known tools say wrong comes out as "right is" says."""

from __future__ import annotations

import pytest

from tests.connections.accounts import kinds, only, segments, trap
from whywire.connections.model import Certainty, CloseKind, OpenKind, Side
from whywire.connections.why import Why

EXPECTED: dict[str, dict[str, list[int]]] = {
    "01_one_byte_retx": {"retransmission": [5]},
    "02_seq_wrap_zero": {"retransmission": [5]},
    "03_gro_superseg": {"super-segment": [4]},
    "04_any_duplicates": {"captured-twice": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]},
    "05_no_handshake": {},
    "07_fast_retx_long_rtt": {"duplicate-ack": [11, 12, 13, 14], "fast-retransmission": [15], "retransmission": [15]},
    "10_simul_open": {},
    "11_half_close": {},
    "12_rst_closed_port": {"rst": [2]},
    "13_rst_unread_data": {"rst": [7]},
    "15_rst_out_of_window": {"not-acceptable": [6], "rst": [6]},
    "17_reuse_fast": {"port-reused": [9]},
    "19_dupack_idle": {},
    "20_keepalive": {"keep-alive": [6, 8, 10], "keep-alive-ack": [7, 9, 11]},
    "22_zero_window": {"zero-window": [5, 7], "zero-window-probe": [6], "zero-window-probe-ack": [7],
                       "window-update": [8]},
    "23_lin_zwp": {"zero-window": [5, 7], "zero-window-probe": [6], "zero-window-probe-ack": [7],
                   "window-update": [8]},
    "24_pipelining": {},
    "26_oneway": {"retransmission": [6]},
    "27_fin_retx": {"retransmission": [7, 8]},
    "29_syn_retx_then_ok": {"retransmission": [2, 3]},
    "real_any_lo": {},
    "real_rst_closed_port": {"rst": [2]},
    "real_rst_linger0": {"rst": [6]},
    "real_rst_unread": {"rst": [6]},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_kinds(name: str) -> None:
    assert kinds(trap(name)) == EXPECTED[name]


def test_zero_is_a_sequence_number() -> None:
    found = only(trap("02_seq_wrap_zero"))
    assert found.client.bytes == 150
    assert [(s.seq, s.next_seq) for s in found.segments if "data" in s.kinds] == [(1, 101), (1, 101), (101, 151)]
    assert found.segments[6].raw_seq == 0


def test_each_ack_of_a_super_segment_acknowledges_a_part_of_it() -> None:
    found = only(trap("03_gro_superseg"))
    steps = [s.ack_step for s in found.segments[4:7]]
    assert [(step.before, step.after, step.segments) for step in steps if step] == [
        (1, 2897, (4,)), (2897, 8689, (4,)), (8689, 14481, (4,))]


def test_copies_count_once() -> None:
    found = only(trap("04_any_duplicates"))
    assert (found.client.bytes, found.server.bytes, found.client.data_segments) == (27, 40, 1)
    assert all(s.cause.certainty is Certainty.ARTEFACT for s in found.segments if "captured-twice" in s.kinds)


def test_without_both_syns_nothing_is_scaled_and_roles_are_assumed() -> None:
    found = only(trap("05_no_handshake"))
    assert (found.roles, found.scaling, found.client.isn) == ("assumed", None, None)
    assert found.opening.kind is OpenKind.UNSEEN
    assert {s.window_scaled for s in found.segments} == {None}
    assert found.segments[1].window == 229


def test_a_simultaneous_open_is_one_connection() -> None:
    found = only(trap("10_simul_open"))
    assert found.opening.kind is OpenKind.SIMULTANEOUS
    assert [s.cause.reason.why for s in found.segments[:4]] == [
        Why.SYN_CONNECT, Why.SYN_CROSSING, Why.SYN_ACK_CROSSING, Why.SYN_ACK_CROSSING]


def test_half_close_the_server_goes_on_and_closes_last() -> None:
    closing = only(trap("11_half_close")).closing
    assert (closing.half_close, closing.first, closing.kind) == (True, "client", CloseKind.ORDERLY)


@pytest.mark.parametrize("name", ["12_rst_closed_port", "real_rst_closed_port"])
def test_refused_by_nobody_or_a_firewall(name: str) -> None:
    found = only(trap(name))
    assert found.opening.kind is OpenKind.REFUSED
    assert (found.closing.cause_kind, found.closing.others) == ("nobody-listens", ("firewall",))
    assert found.closing.time_wait == "none"


def test_an_abort_after_data_leaves_two_readings_and_counts_what_the_reset_acknowledges() -> None:
    closing = only(trap("13_rst_unread_data")).closing
    assert (closing.cause_kind, closing.others) == ("unread-data", ("linger-zero", "unknown"))
    assert closing.cause is not None
    assert closing.cause.certainty is Certainty.LIKELY
    assert len(closing.cause.others) == len(closing.others)
    assert closing.cause.reason.params["received"] == 200
    assert closing.cause.decides is not None


def test_a_reset_outside_the_window_changes_nothing() -> None:
    found = only(trap("15_rst_out_of_window"))
    assert (found.closing.kind, found.closing.rsts) == (CloseKind.ORDERLY, ())
    assert [note.why for note in found.segments[5].notes] == [Why.RST_IGNORED]
    assert found.segments[5].cause.reason.why is Why.RST_UNKNOWN


def test_the_same_ports_again_are_a_second_connection() -> None:
    found = trap("17_reuse_fast")
    assert [(c.first_packet, c.last_packet) for c in found.connections] == [(1, 8), (9, 16)]


def test_linux_probes_a_zero_window_with_no_byte() -> None:
    probe = only(trap("23_lin_zwp")).segments[5]
    assert probe.length == 0
    assert probe.cause.reason.why is Why.ZERO_WINDOW_PROBE


def test_one_direction_only() -> None:
    found = only(trap("26_oneway"))
    assert {s.sender for s in found.segments} == {Side.SERVER}
    assert found.client.state == "unknown"


def test_a_fin_sent_three_times_is_one_close() -> None:
    closing = only(trap("27_fin_retx")).closing
    assert [(mark.packet, mark.sender) for mark in closing.fins] == [(6, Side.CLIENT), (10, Side.SERVER)]
    assert closing.time_wait == "client"


def test_syns_sent_again_after_one_and_two_seconds() -> None:
    found = only(trap("29_syn_retx_then_ok"))
    again = [s.cause for s in found.segments[1:3]]
    assert [(c.reason.why, c.reason.params["after_ns"]) for c in again] == [
        (Why.SYN_AGAIN, 1_000_000_000), (Why.SYN_AGAIN, 2_000_000_000)]
    assert found.opening.syn == 3


def test_linger_zero_nothing_was_unread() -> None:
    closing = only(trap("real_rst_linger0")).closing
    assert (closing.first, closing.cause_kind) == ("client", "linger-zero")


def test_unread_bytes_thrown_away_by_the_server() -> None:
    closing = only(trap("real_rst_unread")).closing
    assert (closing.first, closing.cause_kind) == ("server", "unread-data")
    assert closing.cause is not None
    assert closing.cause.reason.params["received"] == 5


def test_a_reader_that_sleeps_closes_the_window() -> None:
    found = trap("real_zerowin")
    shown = kinds(found)
    assert shown["zero-window"][0] == 7
    assert shown["zero-window-probe"][:4] == [8, 10, 11, 13]
    assert 15 in shown["window-update"]
    assert "keep-alive" not in shown
    assert "retransmission" not in shown
    gaps = [s.time_ns for s in segments(found) if s.packet in (8, 10, 11, 13)]
    assert gaps[1] - gaps[0] < gaps[2] - gaps[1] < gaps[3] - gaps[2]
