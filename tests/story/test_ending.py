from __future__ import annotations

from typing import Any

import pytest

from tests.story.factories import C, S, account, because, connection, conversation, end
from whywire.connections.model import CloseKind, Closing, Mark, Opening, OpenKind
from whywire.connections.why import Why
from whywire.story.ending import ended, ended_in_table, reason, summary, time_wait
from whywire.story.teller import Teller


def closing(kind: CloseKind, first: str | None = None, fins: tuple[Mark, ...] = (), rsts: tuple[Mark, ...] = (),
            **changes: Any) -> Closing:
    """Return an ending."""
    return Closing(kind, changes.get("half_close", False), first, fins, rsts, changes.get("time_wait"), "program", (),
                   changes.get("cause"), changes.get("packet"))


@pytest.mark.parametrize(("one", "text", "cell"), [
    (closing(CloseKind.ORDERLY, "server", (Mark(6, S), Mark(8, C))),
     "The server closed first (FIN, packet 6), then the client (FIN, packet 8).", "server closed first"),
    (closing(CloseKind.SIMULTANEOUS, "both", (Mark(13, C), Mark(14, S))),
     "Both sides closed at once: their FINs (packets 13 and 14) crossed.", "both closed at once"),
    (closing(CloseKind.RESET, "client", (), (Mark(8, C),)), "A reset by the client ended it (packet 8).",
     "reset by client"),
    (closing(CloseKind.FIN_THEN_RESET, "client", (Mark(8, C),), (Mark(9, S),)),
     "The client closed first (FIN, packet 8); later a reset by the server (packet 9) ended it.",
     "client closed, then reset"),
    (closing(CloseKind.FIN_THEN_RESET, "server", (Mark(6, S),), (Mark(10, S),)),
     "The server closed first (FIN, packet 6), and a reset by the same side (packet 10) followed.",
     "server closed, then reset"),
    (closing(CloseKind.FIN_THEN_RESET, "client", (Mark(8, C), Mark(10, S)), (Mark(11, C),)),
     "The client closed first (FIN, packet 8), and a reset by the same side (packet 11) followed. The server sent a "
     "FIN too (packet 10).", "client closed, then reset"),
    (closing(CloseKind.UNFINISHED, "client", (Mark(8, C),)),
     "The client closed (FIN, packet 8); the other side had not closed when the capture ended.",
     "client closed; not finished"),
    (closing(CloseKind.OPEN), "Neither side had closed when the capture ended.", "still open"),
    (closing(CloseKind.ORDERLY, "client", (Mark(6, C), Mark(8, S)), half_close=True),
     "The client closed first (FIN, packet 6), then the server (FIN, packet 8). "
     "After the client's FIN the server went on sending, as TCP allows (half-close).", "client closed first"),
])
def test_how_it_ended(one: Closing, text: str, cell: str) -> None:
    told = connection(closing=one)
    assert (ended(told), ended_in_table(told)) == (text, cell)


@pytest.mark.parametrize(("up", "down", "text"), [
    (13, 13, "it carried 13 bytes from client to server and 13 bytes back."),
    (13, 0, "it carried 13 bytes from client to server and nothing back."),
    (0, 1, "it carried 1 byte from server to client and nothing the other way."),
    (0, 0, "it carried no data."),
])
def test_what_it_carried(up: int, down: int, text: str) -> None:
    told = connection(client=end("10.0.0.1:50001", bytes=up), server=end("10.0.0.2:80", bytes=down))
    assert summary(told).startswith(f"The client opened the connection; {text} The client closed first")


@pytest.mark.parametrize(("kind", "text"), [
    (OpenKind.REFUSED, "The client asked for a connection and was refused (packet 2)."),
    (OpenKind.UNANSWERED, "The client asked for a connection, and no answer was captured."),
])
def test_a_connection_that_never_was(kind: OpenKind, text: str) -> None:
    told = connection(opening=Opening(kind), closing=closing(CloseKind.REFUSED, packet=2))
    assert summary(told) == text


def test_a_capture_of_one_direction_says_so() -> None:
    one_way = tuple(made for made in conversation() if made.sender is S)
    told = summary(connection(segments=one_way, opening=Opening(OpenKind.UNSEEN)))
    assert "Only packets of the server were captured" in told


def test_an_opening_that_was_not_seen_is_said_to_be_assumed() -> None:
    assert "are assumed; it carried" in summary(connection(opening=Opening(OpenKind.UNSEEN), roles="assumed"))


@pytest.mark.parametrize(("keeper", "kind", "text"), [
    ("client", CloseKind.ORDERLY, "the client (10.0.0.1:50001): it sent the first FIN"),
    ("both", CloseKind.SIMULTANEOUS, "both sides: neither FIN acknowledged the other."),
    ("none", CloseKind.RESET, "nobody: after a reset nothing is kept."),
    ("none", CloseKind.REFUSED, "nobody: there was no connection."),
])
def test_who_keeps_time_wait(keeper: str, kind: CloseKind, text: str) -> None:
    told = time_wait(connection(closing=closing(kind, "client", (Mark(8, C),), time_wait=keeper)))
    assert told is not None
    assert told.startswith(text)


def test_time_wait_that_hangs_on_what_is_missing_is_not_decided() -> None:
    half = closing(CloseKind.UNFINISHED, "client", (Mark(8, C),))
    assert time_wait(connection(closing=half)) == "not decided in this capture."
    assert time_wait(connection(closing=closing(CloseKind.OPEN))) is None


def test_an_ending_has_its_reason_or_none() -> None:
    told = connection(closing=closing(CloseKind.RESET, "client", cause=because(Why.RST_UNREAD, bytes=5), packet=8))
    why = reason(Teller(account(told)), told)
    assert why is not None
    assert "5 bytes unread" in why.text
    still = connection(closing=closing(CloseKind.OPEN))
    assert reason(Teller(account(still)), still) is None
