"""Text -> `Ladder`. The grammar is in ``docs/design/ladder.md``; a line is a comment, a declaration or an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

from whywire.ladder.parse_call import call_line
from whywire.ladder.parse_packet import packet_line, port
from whywire.ladder.records import AtLine, Comment, ConnectionLine, HostLine, Ladder, Line, ProgramLine, StartLine
from whywire.ladder.scanner import HOST, MOMENT, TAG, TIME, LadderError, Scanner

_DECLARATION = re.compile(r"(host|connection|program|start|at)(?=[ \t]+[^ \t>:])")
_PACKET = re.compile(r"(?:[ \t]*:[ \t]*[0-9]+)?[ \t]*>")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+")
_NAME = re.compile(r"[^\s\"`#]+")
_SEQ_MAX = 0xFFFFFFFF


def parse(text: str) -> Ladder:
    """Read a ladder. Raises LadderError, which names line, column and what was expected."""
    lines: list[Line] = []
    for number, line in enumerate(text.split("\n"), start=1):
        scanner = Scanner(line.rstrip("\r"), number)
        if scanner.rest():
            lines.append(_line(scanner))
    return Ladder(tuple(lines))


def _line(scanner: Scanner) -> Line:
    if scanner.sign("#"):
        return Comment(scanner.rest(), scanner.number)
    word = scanner.take(_DECLARATION)
    if word is not None:
        return _DECLARATIONS[word](scanner)
    delta_ns = scanner.time(TIME, "a time") if scanner.text[scanner.skip()] in "+-" else None
    tag = scanner.take(TAG)
    host = scanner.need(HOST, "a host" if tag or delta_ns is not None else
                        "a time (+0.010), a host, a declaration (host, connection, program, start, at) or '#'")
    if _PACKET.match(scanner.text, scanner.position):
        return packet_line(scanner, delta_ns, tag, host)
    if not scanner.sign(":"):
        raise scanner.expected("'>' and the receiver, or ':' and a call")
    return call_line(scanner, delta_ns, tag, host)


def _host(scanner: Scanner) -> HostLine:
    name = scanner.need(HOST, "the host's name")
    start = scanner.skip()
    written = scanner.need(_ADDRESS, "its address")
    try:
        address = str(ip_address(written))
    except ValueError:
        raise scanner.fail(f"{written!r} is neither an IPv4 nor an IPv6 address", start) from None
    return HostLine(name, address, scanner.comment(), scanner.number)


def _connection(scanner: Scanner) -> ConnectionLine:
    tag = scanner.need(TAG, "a tag: c1, c2, ...")
    client = scanner.need(HOST, "the client's host")
    client_port = port(scanner)
    scanner.need_sign(">")
    server = scanner.need(HOST, "the server's host")
    server_port = port(scanner)
    isns: list[int | None] = [None, None]
    if scanner.keyword("isn"):
        isns = [_isn(scanner, "the client's"), _isn(scanner, "the server's")]
    if client == server and client_port == server_port:
        raise LadderError(scanner.number, 0, "both ends of the connection are the same")
    return ConnectionLine(tag, client, client_port, server, server_port, isns[0], isns[1], scanner.comment(),
                          scanner.number)


def _isn(scanner: Scanner, whose: str) -> int | None:
    if scanner.sign("*"):
        return None
    return scanner.number_in(f"{whose} initial sequence number (or * for any)", 0, _SEQ_MAX)


def _program(scanner: Scanner) -> ProgramLine:
    host = scanner.need(HOST, "the host's name")
    name = scanner.string("the program's name") if scanner.quoted() else scanner.need(_NAME, "the program's name")
    pid = scanner.number_in("the process number", 0, 1 << 31) if scanner.keyword("pid") else None
    return ProgramLine(host, name, pid, scanner.comment(), scanner.number)


def _start(scanner: Scanner) -> StartLine:
    start = scanner.skip()
    time_ns = scanner.time(MOMENT, "seconds since 1970")
    if not 0 <= time_ns < 9_000_000_000_000_000_000:
        raise scanner.fail("the start lies outside of what 64 bits of nanoseconds hold", start)
    return StartLine(time_ns, scanner.comment(), scanner.number)


def _at(scanner: Scanner) -> AtLine:
    return AtLine(scanner.need(HOST, "the host's name"), scanner.comment(), scanner.number)


_DECLARATIONS: dict[str, Callable[[Scanner], Line]] = {
    "host": _host, "connection": _connection, "program": _program, "start": _start, "at": _at,
}
