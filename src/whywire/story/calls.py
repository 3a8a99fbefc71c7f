"""One call on the time line: what it was, where it stands, what it gave back, and what it waited for."""

from __future__ import annotations

from whywire.base.records import Call
from whywire.base.times import duration
from whywire.connections.model import Connection, Side, Wait
from whywire.story.document import CallRow
from whywire.story.teller import Teller
from whywire.story.values import byte_count, place
from whywire.story.words import chapter
from whywire.story.words.language import fill

AT_RETURN = frozenset(("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "read", "accept", "select",
                       "poll", "epoll"))
"""Calls whose effect is what they hand over: they stand where they returned. The others stand where they began."""
SENDING = frozenset(("send", "sendall", "sendto", "sendmsg", "sendfile", "write"))


def call_rows(teller: Teller, connection: Connection, start_ns: int, told: frozenset[int]) -> list[CallRow]:
    """Return the rows of a connection's calls; ``told`` are calls that a gap tells already."""
    waits = {wait.call: wait for wait in connection.waits}
    rows: list[CallRow] = []
    for call in connection.calls:
        side = side_of(connection, call)
        if call.number in told or side is None:
            continue
        wait = waits.get(call.number)
        rows.append(_row(teller, call, side, wait, start_ns))
        if call.error and call.name not in AT_RETURN and call.end_ns is not None and wait is not None:
            rows.append(_row(teller, call, side, wait, start_ns, failed=True))
    return rows


def _row(teller: Teller, call: Call, side: Side, wait: Wait | None, start_ns: int, failed: bool = False) -> CallRow:
    late = failed or (call.name in AT_RETURN and call.end_ns is not None)
    time_ns = call.end_ns if late and call.end_ns is not None else call.start_ns
    early_half = bool(call.error and wait is not None and call.end_ns is not None and not late)
    text, certainty = ("", None) if early_half or wait is None else _waited(teller, wait)
    if call.name == "close" and call.how in chapter.CLOSED_BY:
        text = fill(chapter.CLOSED_BY[call.how], {})
    shown = call_text(call, with_result=not early_half)
    return CallRow(call, side, time_ns - start_ns, shown, place(call), call.source or "", wait, text, certainty)


def _waited(teller: Teller, wait: Wait) -> tuple[str, str]:
    context = teller.context(wait.side, wait.cause)
    if wait.blocked_ns is not None:
        context["blocked_ns"] = duration(wait.blocked_ns)
    return teller.sentence(wait.cause.reason, context), wait.cause.certainty.value


def call_text(call: Call, *, with_result: bool = True) -> str:
    """Return a call as a lane shows it: ``recv(1024) = 13 bytes``."""
    text = f"{call.name}({_arguments(call)})" if call.name != "exit" else "exit"
    result = result_text(call) if with_result else ""
    return fill(chapter.CALL_RETURNS, {"call": text, "result": result}) if result else text


def _arguments(call: Call) -> str:
    if call.name == "shutdown" and not call.args:
        return call.how or ""
    count = call.args.removesuffix(" bytes")
    return byte_count(int(count)) if count.isascii() and count.isdigit() and count != call.args else call.args


def result_text(call: Call) -> str:
    """Return what a call gave back, in short; empty when it says nothing new."""
    if call.error:
        return call.error.split(":", 1)[0]
    if call.name in AT_RETURN and call.end_ns is None:
        return fill(chapter.CALL_WAITING, {})
    if call.name == "accept":
        return call.peer or ""
    if call.byte_count is None:
        return ""
    shown = byte_count(call.byte_count)
    if call.name in SENDING:
        return "" if shown == _arguments(call) else shown
    return shown if call.byte_count else 'b""'


def side_of(connection: Connection, call: Call) -> Side | None:
    """Return the side whose program made a call, or None when that is not known."""
    for side in Side:
        end = connection.end(side)
        if call.local is not None and call.local == end.endpoint:
            return side
    for side in Side:
        if connection.end(side).host == call.host:
            return side
    return None
