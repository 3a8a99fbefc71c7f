"""A connection, indexed for the rules."""

from __future__ import annotations

from tests.findings.cases import case
from whywire.connections.model import Side
from whywire.connections.why import Why
from whywire.findings.seen import RECEIVES, SENDS, Seen, arrival, asked, stream


def seen(name: str) -> Seen:
    """Return the first connection of a capture."""
    found = case(name).account
    return Seen(found.connections[0], found)


def test_second_copies_are_in_their_own_list_only() -> None:
    of = seen("traps/04_any_duplicates.pcap")
    copies = {segment.packet for segment in of.of_kind("captured-twice")}
    assert len(copies) == 10
    assert copies & {segment.packet for kind in ("syn", "ack", "data", "fin") for segment in of.of_kind(kind)} == set()


def test_segments_by_kind_note_cause_and_number() -> None:
    of = seen("traps/22_zero_window.pcap")
    assert [segment.packet for segment in of.of_kind("zero-window-probe")] == [6]
    assert [segment.packet for segment, _ in of.noted(Why.WINDOW_CLOSED)] == [5]
    assert [segment.packet for segment in of.caused(Why.ZERO_WINDOW_PROBE)] == [6]
    assert of.of_kind("nothing") == []
    six = of.packet(6)
    assert six is not None
    assert six.packet == 6
    assert of.packet(None) is of.packet(99) is None


def test_calls_belong_to_their_side_and_carry_the_stream() -> None:
    of = seen("CALL003/fires.ladder")
    assert [call.name for call in of.calls[Side.CLIENT]] == ["connect", "send", "send", "recv", "close"]
    assert [(start, end) for _, start, end in stream(of.calls[Side.CLIENT], SENDS)] == [(0, 5), (5, 13)]
    assert [(start, end) for _, start, end in stream(of.calls[Side.SERVER], RECEIVES)] == [(0, 13), (13, 13)]
    second = of.calls[Side.CLIENT][2]
    carrier = of.carrier(second)
    assert asked(second) == 8
    assert carrier is not None
    assert carrier.packet == 6


def test_a_stream_with_a_call_of_unknown_count_is_not_known() -> None:
    of = seen("CALL017/fires.ladder")
    [call] = [each for each in of.calls[Side.CLIENT] if each.name == "send"]
    assert stream([call], SENDS) == [(call, 0, 60000)]
    from dataclasses import replace

    assert stream([replace(call, byte_count=None), call], SENDS) == []


def test_what_arrived_at_a_side_leaves_out_what_was_lost() -> None:
    of = seen("TCP119/fires.ladder")
    assert 4 not in {segment.packet for segment in of.arrived(Side.SERVER)}
    first = next(of.arrived(Side.SERVER))
    assert arrival(first) - first.time_ns == 5_000_000
    assert of.is_local(Side.CLIENT)
    assert of.is_local(Side.SERVER)
