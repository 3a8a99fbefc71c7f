"""What is said of how a connection began and ended, in the summary and in the table of many."""

from __future__ import annotations

from whywire.connections.model import CloseKind, Closing, Connection, OpenKind, Side
from whywire.story.document import Statement
from whywire.story.teller import Teller
from whywire.story.values import byte_count
from whywire.story.words import chapter
from whywire.story.words.language import fill

_BEGAN = {
    OpenKind.HANDSHAKE: chapter.OPENED_HANDSHAKE,
    OpenKind.SIMULTANEOUS: chapter.OPENED_SIMULTANEOUS,
    OpenKind.REFUSED: chapter.OPENED_REFUSED,
    OpenKind.UNANSWERED: chapter.OPENED_UNANSWERED,
    OpenKind.UNSEEN: chapter.OPENED_UNSEEN,
}
_ENDED = {
    CloseKind.ORDERLY: chapter.CLOSED_ORDERLY,
    CloseKind.SIMULTANEOUS: chapter.CLOSED_SIMULTANEOUS,
    CloseKind.RESET: chapter.CLOSED_RESET,
    CloseKind.FIN_THEN_RESET: chapter.CLOSED_FIN_RESET,
    CloseKind.UNFINISHED: chapter.CLOSED_UNFINISHED,
    CloseKind.OPEN: chapter.CLOSED_OPEN,
}
_IN_TABLE = {
    CloseKind.ORDERLY: chapter.END_ORDERLY,
    CloseKind.SIMULTANEOUS: chapter.END_SIMULTANEOUS,
    CloseKind.RESET: chapter.END_RESET,
    CloseKind.FIN_THEN_RESET: chapter.END_FIN_RESET,
    CloseKind.REFUSED: chapter.END_REFUSED,
    CloseKind.UNFINISHED: chapter.END_UNFINISHED,
    CloseKind.OPEN: chapter.END_OPEN,
}


def summary(connection: Connection) -> str:
    """Return in two or three sentences what happened: who opened, what was carried, how it ended."""
    kind = connection.opening.kind
    packet = connection.closing.packet
    began = fill(_BEGAN[kind], {"packet": None if packet is None else str(packet)})
    if kind in (OpenKind.REFUSED, OpenKind.UNANSWERED):
        return began
    holes = any({"lost-segment", "acked-unseen"} & set(segment.kinds) for segment in connection.segments)
    missing = f" {fill(chapter.NOT_CAPTURED, {})}" if holes else ""
    text = f"{began}{_carried(connection)}{missing} {ended(connection)}"
    senders = {segment.sender for segment in connection.segments}
    if len(senders) == 1:
        text = f"{text} {fill(chapter.ONE_WAY, {'side': senders.pop().value})}"
    return text


def _carried(connection: Connection) -> str:
    up, down = connection.client.bytes, connection.server.bytes
    if up is None or down is None:
        side = "server" if up is None else "client"
        return fill(chapter.BYTES_ONE_WAY, {"bytes": byte_count(down if up is None else up), "side": side})
    message = {(True, True): chapter.BYTES_BOTH, (True, False): chapter.BYTES_UP,
               (False, True): chapter.BYTES_DOWN, (False, False): chapter.BYTES_NONE}[bool(up), bool(down)]
    return fill(message, {"up": byte_count(up), "down": byte_count(down)})


def ended(connection: Connection) -> str:
    """Return how it ended, in one or two sentences."""
    closing = connection.closing
    message = _ENDED.get(closing.kind)
    if message is None:
        return ""
    if closing.kind is CloseKind.OPEN and None in (connection.client.bytes, connection.server.bytes):
        message = chapter.CLOSED_NOT_SEEN
    values = _marks(closing)
    if closing.kind is CloseKind.FIN_THEN_RESET and values.get("rst_side") == values.get("first"):
        message = chapter.CLOSED_FIN_RESET_SAME
    text = fill(message, values)
    if closing.kind is CloseKind.FIN_THEN_RESET and len(closing.fins) > 1:
        text = f"{text} {fill(chapter.CLOSED_OTHER_FIN, values)}"
    if closing.half_close and closing.first in ("client", "server"):
        late = closing.kind is CloseKind.FIN_THEN_RESET and closing.cause_kind == "late-data"
        text = f"{text} {fill(chapter.WENT_ON if late else chapter.HALF_CLOSE, values)}"
    return text


def ended_in_table(connection: Connection) -> str:
    """Return how it ended, in a few words."""
    if connection.opening.kind is OpenKind.UNANSWERED:
        return fill(chapter.END_UNANSWERED, {})
    return fill(_IN_TABLE[connection.closing.kind], _marks(connection.closing))


def _marks(closing: Closing) -> dict[str, str | None]:
    first = closing.first
    if first not in ("client", "server"):
        first = closing.fins[0].sender.value if closing.fins else Side.CLIENT.value
    own = [mark.packet for mark in closing.fins if mark.sender.value == first]
    others = [mark.packet for mark in closing.fins if mark.sender.value != first]
    return {
        "first": first, "other": Side(first).other.value,
        "fin": str(own[0]) if own else "?", "other_fin": str(others[0]) if others else "?",
        "rst": str(closing.rsts[0].packet) if closing.rsts else "?",
        "rst_side": closing.rsts[0].sender.value if closing.rsts else first,
    }


def reason(teller: Teller, connection: Connection) -> Statement | None:
    """Return why it ended so, or None where it had not ended."""
    closing = connection.closing
    if closing.cause is None:
        return None
    sender = next((segment.sender for segment in connection.segments if segment.packet == closing.packet), Side.CLIENT)
    return teller.cause(closing.cause, sender)


def time_wait(connection: Connection, *, short: bool = False) -> str | None:
    """Return who keeps TIME-WAIT; None where nothing had ended."""
    closing = connection.closing
    if closing.time_wait in ("client", "server"):
        side = Side(closing.time_wait)
        message = chapter.TIME_WAIT_SHORT if short else chapter.TIME_WAIT_ONE
        if closing.kind is CloseKind.UNFINISHED:
            message = chapter.TIME_WAIT_LATER
        return fill(message, {"side": side.value, "endpoint": connection.end(side).endpoint})
    if closing.time_wait == "both":
        return fill(chapter.TIME_WAIT_BOTH, {})
    if closing.time_wait == "none":
        refused = closing.kind is CloseKind.REFUSED
        return fill(chapter.TIME_WAIT_REFUSED if refused else chapter.TIME_WAIT_NONE, {})
    if closing.kind is CloseKind.OPEN or not closing.fins:
        return None
    return fill(chapter.TIME_WAIT_OPEN, {})
