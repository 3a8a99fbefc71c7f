"""From the parts of a head to its event: what the fields say about body, connection and what may follow."""

from __future__ import annotations

from whywire.protocols.http1 import framing, grammar, head
from whywire.protocols.http1.events import Headers, InformationalResponse, Request, Response, find
from whywire.protocols.http1.flaws import Flaw
from whywire.protocols.http1.framing import Framing
from whywire.protocols.http1.head import StartLine
from whywire.protocols.http1.limits import Limits

UNKNOWN = Framing("none", None)
"""Of a head that is not complete."""


def request(line: StartLine, headers: Headers, start: int, end: int | None, flaws: tuple[Flaw, ...]) -> Request:
    """Return a request's event; without ``end`` the head is not complete and says nothing about a body."""
    found = UNKNOWN if end is None else framing.of_request(line.version, headers, start)
    if end is not None:
        flaws = (*flaws, *head.host_flaws(line.version, headers, start), *found.flaws)
    modern = line.version != "1.0"
    return Request(
        version=line.version, headers=headers, start=start, end=end, framing=found.kind, length=found.length,
        keeps_alive=framing.keeps_alive(line.version, headers, found.kind), flaws=flaws, method=line.method,
        target=line.target,
        expects_continue=modern and b"100-continue" in grammar.elements(find(headers, b"expect") or b""),
        may_switch=line.method == "CONNECT" or (modern and find(headers, b"upgrade") is not None),
    )


def response(line: StartLine, headers: Headers, start: int, end: int | None, flaws: tuple[Flaw, ...],
             method: str | None) -> Response | InformationalResponse:
    """Return the event of a response to a request with ``method`` (None: not known)."""
    found = UNKNOWN if end is None else framing.of_response(line.status, method, line.version, headers, start)
    interim = 100 <= line.status < 200 and line.status != 101
    return (InformationalResponse if interim else Response)(
        version=line.version, headers=headers, start=start, end=end, framing=found.kind, length=found.length,
        keeps_alive=framing.keeps_alive(line.version, headers, found.kind), flaws=(*flaws, *found.flaws),
        status=line.status, reason=line.reason,
    )


def read_fields(line: StartLine, block: bytes, start: int, limits: Limits) -> tuple[Headers, tuple[Flaw, ...]]:
    """Return the fields of a head and the flaws of all its lines. ``block`` begins with the first line."""
    begin = block.find(b"\n") + 1
    if not line.flaws and block[begin - 2:begin] == b"\r\n" and grammar.PLAIN_FIELDS.fullmatch(block, begin):
        plain = head.plain_fields(block[begin:-4])
        return plain, () if len(plain) <= limits.fields else (Flaw("too-many-fields", start, str(len(plain))),)
    lines, flaws = head.split_lines(block, start)
    if lines and not lines[-1][1]:
        lines.pop()
    headers, more = head.fields(lines[1:])
    flaws = [*line.flaws, *flaws, *more]
    if len(headers) > limits.fields:
        flaws.append(Flaw("too-many-fields", start, str(len(headers))))
    return headers, tuple(flaws)
