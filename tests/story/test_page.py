from __future__ import annotations

from dataclasses import replace

import pytest

from tests.story.factories import account, connection
from whywire.base.errors import WhywireError
from whywire.packets.fields import Field, Layer
from whywire.packets.table import ACK
from whywire.story import packet_page
from whywire.story.document import Facts, Heading, Node, Note, Paragraph, Table

LAYER = Layer("Transmission Control Protocol", 34, 54, (
    Field("Sequence Number (raw)", "tcp.seq_raw", 1014, "1014", 38, 42, None, "the first byte's number"),), "cut")


def page(number: int) -> tuple[Node, ...]:
    """Return the page of a packet of the conversation."""
    return packet_page(account(connection(), packets=12), number, (LAYER,)).nodes


def test_the_numbers_of_both_sides_before_and_after() -> None:
    (book,) = (node for node in page(4) if isinstance(node, Table) and node.head[0] == "side")
    assert book.rows == (("client", "1", "1", "0", "14", "1", "13"), ("server", "1", "1", "0", "1", "1", "0"))


def test_before_the_first_packet_nothing_is_known() -> None:
    (book,) = (node for node in page(1) if isinstance(node, Table) and node.head[0] == "side")
    assert book.rows[0] == ("client", "-", "-", "-", "1", "-", "-")


def test_the_reason_comes_at_length_and_with_its_certainty() -> None:
    (why,) = (node for node in page(8) if isinstance(node, Facts))
    assert why.items[0].label == "Why"
    assert "close(), shutdown(), or its end" in why.items[0].text
    assert why.items[1].text == "inferred: the packets and the rules of TCP leave no other reading."


def test_every_field_has_its_place_its_value_and_its_meaning() -> None:
    nodes = page(4)
    (fields,) = (node for node in nodes if isinstance(node, Table) and node.head[0] == "bytes")
    assert fields.rows == (("38-41", "Sequence Number (raw)", "1014", "the first byte's number"),)
    assert Heading("Transmission Control Protocol, bytes 34 to 53", 3) in nodes
    assert Note("cut", "warning") in nodes


def test_raw_numbers_stand_beside_the_relative_ones() -> None:
    said = [node.text for node in page(4) if isinstance(node, Paragraph)]
    assert "In the packet itself: seq 1001 (first number 1000), ack 5000 (first number 2000)." in said


@pytest.mark.parametrize(("number", "changes", "text"), [
    (4, {}, "Window 64,240 bytes: 501 in the field, times 128, the scale from the handshake."),
    (4, {"scaling": False}, "Window 64,240 bytes, as it stands in the field: no scale was agreed on."),
])
def test_a_window_shows_how_it_comes_about(number: int, changes: dict[str, bool], text: str) -> None:
    nodes = packet_page(account(connection(**changes)), number, ()).nodes
    assert text in [node.text for node in nodes if isinstance(node, Paragraph)]


def test_a_packet_that_is_not_tcp_still_has_its_headers() -> None:
    nodes = page(12)
    assert isinstance(nodes[1], Paragraph)
    assert nodes[1].text.startswith("Packet 12 is not part of a TCP connection")
    assert any(isinstance(node, Table) for node in nodes)


@pytest.mark.parametrize("number", [0, -1, 13])
def test_a_packet_that_is_not_there(number: int) -> None:
    with pytest.raises(WhywireError, match=f"There is no packet {number} in some.pcapng: it has 12 packets"):
        page(number)


def test_the_bookkeeping_of_a_first_ack() -> None:
    """It repeats none that was seen."""
    one = connection()
    first = replace(one.segments[4], sender=one.segments[0].sender, flags=ACK, length=0, ack=14, ack_step=None)
    told = packet_page(account(replace(one, segments=(first,)), packets=12), first.packet, ())
    assert "ack 14, the first one seen from this side." in [node.text for node in told.nodes
                                                            if isinstance(node, Paragraph)]
