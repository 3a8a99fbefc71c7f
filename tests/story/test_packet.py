from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.story.factories import C, S, account, because, connection, conversation, segment
from whywire.connections.model import AckStep, Segment
from whywire.connections.why import Why
from whywire.packets.table import ACK, FIN, PSH, RST, SYN
from whywire.story.packet import ack_sum, numbers, packet_row, row_text, what
from whywire.story.teller import Teller


def teller() -> Teller:
    """Return a teller that has said nothing yet."""
    return Teller(account(connection()))


@pytest.mark.parametrize(("flags", "changes", "name"), [
    (SYN, {}, "SYN"),
    (SYN | ACK, {}, "SYN ACK"),
    (ACK, {}, "ACK"),
    (ACK | PSH, {"seq": 1, "length": 13}, "13 bytes 1..13"),
    (ACK, {"seq": 1, "length": 1}, "1 byte 1..1"),
    (SYN, {"length": 10}, "SYN, 10 bytes 1..10"),
    (FIN | ACK | PSH, {"seq": 1, "length": 29}, "FIN ACK, 29 bytes 1..29"),
    (RST, {}, "RST"),
    (RST | ACK, {}, "RST ACK"),
    (ACK, {"seq": 1, "length": 13, "kinds": ("data", "retransmission")}, "13 bytes 1..13, again"),
    (ACK, {"kinds": ("keep-alive",)}, "keep-alive"),
    (ACK, {"length": 1, "kinds": ("zero-window-probe",)}, "window probe"),
    (0, {}, "no flags"),
])
def test_a_packet_has_a_name(flags: int, changes: dict[str, Any], name: str) -> None:
    assert what(segment(1, C, flags, **changes)) == name


@pytest.mark.parametrize(("step", "text"), [
    (AckStep(0, 1, 1, 0, 0, ()), "ack 1 = 0 + 1 (SYN)."),
    (AckStep(1, 14, 0, 13, 0, ()), "ack 14 = 1 + 13."),
    (AckStep(14, 15, 0, 0, 1, ()), "ack 15 = 14 + 1 (FIN)."),
    (AckStep(1, 31, 0, 29, 1, ()), "ack 31 = 1 + 29 + 1 (FIN)."),
    (AckStep(1, 13_001, 0, 13_000, 0, ()), "ack 13001 = 1 + 13,000."),
])
def test_an_ack_shows_how_its_number_comes_about(step: AckStep, text: str) -> None:
    assert ack_sum(step) == text


@pytest.mark.parametrize(("made", "text"), [
    (segment(1, C, SYN, kinds=("syn",)), "seq 0. A SYN takes one number, so the next is 1."),
    (segment(4, C, ACK, seq=1, length=13, kinds=("data",)), "Next 14."),
    (segment(5, S, ACK, seq=1, ack=14), "ack 14 as before."),
    (segment(8, C, FIN | ACK, seq=14, ack=14, kinds=("fin",)), "A FIN takes one number: seq 14, next 15."),
    (segment(8, C, FIN | ACK, seq=1, length=29, kinds=("data", "fin")), "seq 1, next 31: 29 bytes and 1 for the FIN."),
    (segment(8, C, RST, seq=14, kinds=("rst",)), "seq 14."),
])
def test_what_a_packet_consumes(made: Segment, text: str) -> None:
    assert numbers(teller(), made) == text


def test_that_a_syn_takes_a_number_is_explained_once() -> None:
    one = teller()
    syn, answer = conversation()[:2]
    assert "A SYN takes one number" in numbers(one, syn)
    assert numbers(one, answer) == "seq 0, next 1. ack 1 = 0 + 1 (SYN)."


def test_a_brief_row_leaves_out_what_was_said() -> None:
    from whywire.connections.model import Reason

    one = teller()
    made = segment(8, C, RST, notes=(Reason(Why.RST_NO_NUMBER),), cause=because(Why.RST_UNKNOWN))
    rows = [packet_row(one, made, 0, brief=True) for _ in range(2)]
    assert [len(row.notes) for row in rows] == [1, 0]
    assert len(packet_row(one, made, 0).notes) == 1


def test_a_window_that_opens_is_told_once() -> None:
    from whywire.connections.model import Reason

    notes = (Reason(Why.WINDOW_REOPENED, {"before": 0, "after": 128_000}),)
    update = segment(8, S, ACK, notes=notes, cause=because(Why.WINDOW_UPDATE, before=0, after=128_000))
    assert packet_row(teller(), update, 0, brief=True).notes == ()
    assert len(packet_row(teller(), segment(8, S, ACK, notes=notes), 0, brief=True).notes) == 1


def test_the_text_of_a_row_holds_all_of_it() -> None:
    made = segment(4, C, ACK, seq=1, length=13, lost=True, kinds=("data",), cause=because(Why.DATA_WRITTEN, bytes=13))
    assert row_text(packet_row(teller(), made, 0)) == "Next 14. The client's program wrote 13 bytes. Never arrived."


@pytest.mark.parametrize("why", [Why.WIRE_DROPPED, Why.NOT_ARRIVED])
def test_that_a_packet_was_lost_is_said_once(why: Why) -> None:
    from whywire.connections.model import Reason

    made = segment(4, C, ACK, seq=1, length=13, lost=True, kinds=("data",), notes=(Reason(why, {}),),
                   cause=because(Why.DATA_WRITTEN, bytes=13))
    text = row_text(packet_row(teller(), made, 0))
    assert "Never arrived" not in text
    assert "dropped it" in text or "never seen" in text


def test_the_first_ack_of_a_side_follows_none() -> None:
    """A capture of one direction: what was acknowledged before its first ACK is not known."""
    found = replace(connection(), segments=tuple(replace(made, ack=14, ack_step=None) for made in conversation()[4:6]))
    first, later = (replace(each, sender=C, flags=ACK, length=0) for each in found.segments)
    told = Teller(account(replace(found, segments=(first, later))))
    assert [numbers(told, each) for each in (first, later)] == [
        "ack 14, the first one seen from this side.", "ack 14 as before."]
