from __future__ import annotations

from typing import Any

import pytest

from tests.story.factories import MS, account, because, call, connection, conversation, end, reset
from whywire.connections.model import Connection, Opening, OpenKind, Side, Wait
from whywire.connections.why import Why
from whywire.story.connection import connection_nodes, facts
from whywire.story.document import Facts, Paragraph, Timeline
from whywire.story.teller import Teller


def fact(one: Connection, label: str) -> str | None:
    """Return what the facts of a connection say under a label."""
    return next((item.text for item in facts(Teller(account(one)), one) if item.label == label), None)


@pytest.mark.parametrize(("changes", "label", "text"), [
    ({}, "First numbers",
     "client 1000, server 2000. Each kernel chose its own; shown are positions counted from there, so 0 is a view, "
     "not a value."),
    ({"server": end("10.0.0.2:80", isn=None)}, "First numbers",
     "client 1000, server not seen. Each kernel chose its own; shown are positions counted from there, so 0 is a view, "
     "not a value."),
    ({}, "Handshake", "1.00 ms from SYN to SYN ACK, 1.00 ms from there to the ACK."),
    ({}, "Data", "client 13 bytes in 1 segment, server 13 bytes in 1 segment."),
    ({}, "Segment size", "at most 1,448 bytes: the smaller MSS is 1,460, less 12 bytes for options in every header."),
    ({"segment_size": 1460}, "Segment size", "at most 1,460 bytes: the smaller MSS, 1,460."),
    ({}, "In use", "window scaling (client x128, server x128), selective ACKs, timestamps."),
    ({"client": end("10.0.0.1:1", timestamps=False, sack_permitted=False), "scaling": False}, "In use",
     "none of window scaling, selective ACKs and timestamps: both SYNs must offer them."),
    ({"scaling": None, "opening": Opening(OpenKind.UNSEEN), "segment_size": None}, "In use",
     "The SYNs were not both seen, so the windows are shown as they stand in the header, not scaled."),
    ({}, "At the end", "client CLOSED, server CLOSED."),
    ({"client": end("10.0.0.1:1", state="unknown")}, "At the end", None),
    ({"client": end("10.0.0.1:1", bytes=0), "server": end("10.0.0.2:2", bytes=0)}, "Data", None),
])
def test_a_fact_in_numbers(changes: dict[str, Any], label: str, text: str | None) -> None:
    assert fact(connection(**changes), label) == text


def test_an_ending_by_a_program_is_not_explained_twice() -> None:
    one = connection()
    paragraphs = [node.text for node in connection_nodes(Teller(account(one)), one, short=False, all_packets=False)
                  if isinstance(node, Paragraph)]
    assert len(paragraphs) == 1


def test_a_call_that_failed_is_told_with_the_packet_that_made_it_fail() -> None:
    last, closing = reset(Why.RST_UNREAD, call=7, bytes=10_952, how="call")
    wait = Wait(9, Side.SERVER, MS, because(Why.WAIT_RESET, packet=8))
    failed = call(9, "recv", host="server", local="10.0.0.2:80", file="server.py", line=7, source="conn.recv(1024)",
                  error="ConnectionResetError: [Errno 104] Connection reset by peer")
    one = connection(segments=(*conversation()[:7], last), closing=closing, waits=(wait,),
                     calls=(call(7, "close", source="s.close()"), failed))
    nodes = connection_nodes(Teller(account(one)), one, short=False, all_packets=False)
    (block,) = (node for node in nodes if isinstance(node, Facts) and node.items[0].label == "Call")
    assert [item.text for item in block.items] == [
        "server.py:7 conn.recv(1024)  ->  ConnectionResetError: [Errno 104] Connection reset by peer",
        "packet 8: client.py:7 close() with 10,952 bytes unread: then the rule is a reset, not a FIN (RFC 9293 3.6.1)."]
    assert len([node for node in nodes if isinstance(node, Paragraph)]) == 1  # the reason is in the block


def test_a_connection_in_short_has_no_picture_but_its_oddities() -> None:
    from dataclasses import replace

    odd = replace(conversation()[5], kinds=("data", "retransmission"),
                  cause=because(Why.RETRANSMISSION_TIMEOUT, packet=4, after_ns=200 * MS))
    one = connection(segments=(*conversation()[:5], odd, *conversation()[6:]))
    nodes = connection_nodes(Teller(account(one)), one, short=True, all_packets=False)
    assert not any(isinstance(node, Timeline) for node in nodes)
    (told,) = (node for node in nodes if isinstance(node, Facts))
    assert [item.text for item in told.items if item.label == "Unusual"] == [
        "packet 6: Sent again (first in packet 4): the timer of the server's kernel ran out after 200 ms before an "
        "ACK reached it."]
