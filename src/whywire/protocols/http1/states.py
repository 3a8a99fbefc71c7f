"""The state machines of HTTP/1.x as tables that can be printed (h11 showed how). No transition outside of them.

`READING` is one direction of bytes: what the reader is in the middle of. `SIDES` is one end's part in a
request/response cycle; `JOINT` is what both ends' states change together.
"""

from __future__ import annotations

from collections.abc import Mapping

# ---- one direction of bytes ----
START = "start"
"""Between two messages, or in a head."""
IN_LENGTH = "in length body"
CHUNK_LINE = "chunk line"
IN_CHUNK = "in chunk"
CHUNK_END = "chunk end"
TRAILERS = "trailers"
UNTIL_CLOSE = "body until close"
WAITING = "waiting for the answer"
"""A request that may switch protocols is complete."""
SWITCHED = "not HTTP"
LOST = "lost"
ENDED = "ended"

READING: dict[tuple[str, str], str] = {
    (START, "interim head"): START,
    (START, "head, no body"): START,
    (START, "head, length"): IN_LENGTH,
    (START, "head, chunked"): CHUNK_LINE,
    (START, "head, until close"): UNTIL_CLOSE,
    (START, "head, switches"): SWITCHED,
    (IN_LENGTH, "body complete"): START,
    (CHUNK_LINE, "size"): IN_CHUNK,
    (CHUNK_LINE, "size 0"): TRAILERS,
    (IN_CHUNK, "chunk complete"): CHUNK_END,
    (CHUNK_END, "line end"): CHUNK_LINE,
    (TRAILERS, "empty line"): START,
    (START, "may switch"): WAITING,
    (WAITING, "refused"): START,
    (WAITING, "accepted"): SWITCHED,
    (LOST, "resume"): START,
    **{(state, "no sense"): LOST for state in (START, IN_LENGTH, CHUNK_LINE, IN_CHUNK, CHUNK_END, TRAILERS)},
    **{(state, "end"): ENDED for state in (START, UNTIL_CLOSE, WAITING, SWITCHED, LOST)},
}

# ---- one end in a cycle of request and response ----
IDLE = "idle"
SEND_RESPONSE = "send response"
SEND_BODY = "send body"
DONE = "done"
MUST_CLOSE = "must close"
MIGHT_SWITCH = "might switch"
CLOSED = "closed"
ERROR = "error"

CLIENT, SERVER = "client", "server"

SIDES: dict[tuple[str, str, str], str] = {
    (CLIENT, IDLE, "Request"): SEND_BODY,
    (CLIENT, IDLE, "ConnectionClosed"): CLOSED,
    (CLIENT, SEND_BODY, "Data"): SEND_BODY,
    (CLIENT, SEND_BODY, "EndOfMessage"): DONE,
    (CLIENT, DONE, "ConnectionClosed"): CLOSED,
    (CLIENT, MUST_CLOSE, "ConnectionClosed"): CLOSED,
    (CLIENT, CLOSED, "ConnectionClosed"): CLOSED,
    (SERVER, IDLE, "Response"): SEND_BODY,  # an answer without a request: 408, or to what could not be read
    (SERVER, IDLE, "ConnectionClosed"): CLOSED,
    (SERVER, SEND_RESPONSE, "InformationalResponse"): SEND_RESPONSE,
    (SERVER, SEND_RESPONSE, "Response"): SEND_BODY,
    (SERVER, SEND_BODY, "Data"): SEND_BODY,
    (SERVER, SEND_BODY, "EndOfMessage"): DONE,
    (SERVER, DONE, "ConnectionClosed"): CLOSED,
    (SERVER, MUST_CLOSE, "ConnectionClosed"): CLOSED,
    (SERVER, CLOSED, "ConnectionClosed"): CLOSED,
}

JOINT: tuple[tuple[str, str, str, str, str], ...] = (
    # when, client is, server is -> client becomes, server becomes ("" leaves it)
    ("request seen", SEND_BODY, IDLE, "", SEND_RESPONSE),
    ("may switch", DONE, SEND_RESPONSE, MIGHT_SWITCH, ""),
    ("switch refused", MIGHT_SWITCH, SEND_BODY, DONE, ""),
    ("switch accepted", MIGHT_SWITCH, SEND_BODY, SWITCHED, SWITCHED),
    ("no keep-alive", DONE, "", MUST_CLOSE, ""),
    ("no keep-alive", "", DONE, "", MUST_CLOSE),
    ("client closed", CLOSED, IDLE, "", MUST_CLOSE),
    ("client closed", CLOSED, DONE, "", MUST_CLOSE),
    ("server closed", IDLE, CLOSED, MUST_CLOSE, ""),
    ("server closed", DONE, CLOSED, MUST_CLOSE, ""),
    ("next cycle", DONE, DONE, IDLE, IDLE),
)


def printed(table: Mapping[tuple[str, ...], str]) -> str:
    """Return a table as aligned text, a line a transition."""
    rows = [(*key, "->", value) for key, value in table.items()]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
