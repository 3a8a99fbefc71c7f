"""Asks a server with raw bytes, and reads the answer as RFC 9112 frames it."""

from __future__ import annotations

import re
import socket
from typing import NamedTuple

SECONDS = 10.0


class Answer(NamedTuple):
    """An answer; names of fields in lower case, several of one name joined. ``rest``: bytes behind it. 0: no answer."""

    status: int
    fields: dict[str, str]
    body: bytes
    closed: bool
    rest: bytes = b""


def answers_of(data: bytes, closed: bool, *, head: bool) -> Answer | None:
    """Return the first final answer in ``data``, None while it is not complete. ``head``: it has no content."""
    top, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        return Answer(0, {}, data, closed) if closed else None
    first, *lines = top.decode("latin-1").split("\r\n")
    found = re.fullmatch(r"HTTP/1\.[01] (\d{3}) [\t\x20-\x7e\x80-\xff]*", first)
    assert found is not None, first
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon and re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name), line
        fields[name.lower()] = ", ".join(filter(None, [fields.get(name.lower()), value.strip(" \t")]))
    status = int(found[1])
    if 100 <= status < 200:
        return answers_of(rest, closed, head=head)
    if head or status in (204, 304):
        return Answer(status, fields, b"", closed, rest)
    if "content-length" in fields:
        size = int(fields["content-length"])
        return Answer(status, fields, rest[:size], closed, rest[size:]) if len(rest) >= size or closed else None
    assert fields.get("transfer-encoding", "").lower() != "chunked", "no chunks where the length is known"
    return Answer(status, fields, rest, closed) if closed else None


def ask(address: tuple[str, int], request: bytes, seconds: float = SECONDS) -> Answer:
    """Send ``request`` on a connection of its own; return the answer, and whether the server closed behind it."""
    head = request.startswith(b"HEAD ")
    data, closed = b"", False
    with socket.create_connection(address, seconds) as connection:
        connection.settimeout(seconds)
        connection.sendall(request)
        while True:
            answer = answers_of(data, closed, head=head)
            closing = answer is not None and answer.fields.get("connection", "").lower() == "close"
            if answer is not None and (closed or not closing):
                return answer
            try:
                piece = connection.recv(1 << 20)
            except ConnectionResetError:
                piece = b""
            closed = not piece
            data += piece
