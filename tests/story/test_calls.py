from __future__ import annotations

from typing import Any

import pytest

from tests.story.factories import MS, account, because, call, connection
from whywire.connections.model import CauseKind, Certainty, Side, Wait
from whywire.connections.why import Why
from whywire.story.calls import call_rows, call_text, side_of
from whywire.story.teller import Teller


@pytest.mark.parametrize(("name", "changes", "text"), [
    ("recv", {"args": "1024", "byte_count": 13}, "recv(1024) = 13 bytes"),
    ("recv", {"args": "1024", "byte_count": 0}, 'recv(1024) = b""'),
    ("recv", {"args": "1024", "end_ns": None}, "recv(1024) = still waiting"),
    ("recv", {"args": "1024", "error": "ConnectionResetError: [Errno 104] Connection reset by peer"},
     "recv(1024) = ConnectionResetError"),
    ("send", {"args": "13000 bytes", "byte_count": 13_000}, "send(13,000 bytes)"),
    ("send", {"args": "13000 bytes", "byte_count": 4_000}, "send(13,000 bytes) = 4,000 bytes"),
    ("accept", {"peer": "10.0.0.1:50001"}, "accept() = 10.0.0.1:50001"),
    ("close", {}, "close()"),
    ("shutdown", {"how": "write"}, "shutdown(write)"),
    ("exit", {}, "exit"),
])
def test_a_call_as_its_lane_shows_it(name: str, changes: dict[str, Any], text: str) -> None:
    assert call_text(call(1, name, **changes)) == text


def rows(*calls: Any, waits: tuple[Wait, ...] = ()) -> list[tuple[str, int, str]]:
    """Return what, when and what it waited for, of the rows of a connection's calls."""
    one = connection(calls=calls, waits=waits)
    return [(row.what, row.time_ns // MS, row.text) for row in call_rows(Teller(account(one)), one, 0, frozenset())]


def test_a_recv_stands_where_it_returned_and_a_send_where_it_began() -> None:
    assert rows(call(2, "recv", end_ns=9 * MS, byte_count=5), call(3, "send", end_ns=8 * MS)) == \
        [("recv() = 5 bytes", 9, ""), ("send()", 3, "")]


def test_a_call_that_blocked_says_what_it_waited_for() -> None:
    wait = Wait(2, Side.CLIENT, 7 * MS, because(Why.WAIT_DATA, CauseKind.ANSWERS, Certainty.KNOWN, packet=6))
    assert rows(call(2, "recv", end_ns=9 * MS, byte_count=5), waits=(wait,)) == \
        [("recv() = 5 bytes", 9, "Waited 7.00 ms for data: packet 6.")]


def test_a_connect_that_failed_has_its_beginning_and_its_end() -> None:
    wait = Wait(1, Side.CLIENT, 10 * MS, because(Why.WAIT_REFUSED, CauseKind.ANSWERS, Certainty.KNOWN, packet=2))
    refused = call(1, "connect", args="('server', 81)", end_ns=11 * MS, error="ConnectionRefusedError: [Errno 111]")
    assert rows(refused, waits=(wait,)) == [
        ("connect(('server', 81))", 1, ""),
        ("connect(('server', 81)) = ConnectionRefusedError", 11,
         "Waited 10.0 ms, until packet 2 refused the connection."),
    ]


def test_a_close_that_no_line_asked_for_says_who_did() -> None:
    assert rows(call(2, "close", how="exit")) == [("close()", 2, "Closed by the end of the program.")]
    assert rows(call(2, "close", how="call")) == [("close()", 2, "")]


def test_a_call_belongs_to_the_end_it_was_made_at() -> None:
    one = connection()
    assert side_of(one, call(1, "send", local="10.0.0.2:80")) is Side.SERVER
    assert side_of(one, call(1, "send", local="10.0.0.1:50001")) is Side.CLIENT
    assert side_of(one, call(1, "sleep", local=None, host="elsewhere")) is None
