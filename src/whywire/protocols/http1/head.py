"""Heads: start lines and header fields, from bytes to names and values, with everything that is wrong with them."""

from __future__ import annotations

from typing import NamedTuple

from whywire.protocols.http1 import grammar
from whywire.protocols.http1.events import Headers
from whywire.protocols.http1.flaws import Flaw, shown


class StartLine(NamedTuple):
    """The first line of a message: the parts of a request's, or those of a status line."""

    version: str
    method: str = ""
    target: str = ""
    status: int = 0
    reason: str = ""
    flaws: tuple[Flaw, ...] = ()


def request_line(line: bytes, at: int) -> StartLine | Flaw:
    """Return the parts of a request line (without its line end), or the flaw that hides them."""
    match, flaws = grammar.REQUEST_LINE.fullmatch(line), []
    if match is None:
        match = grammar.REQUEST_LINE_LOOSE.fullmatch(line)
        if match is None:
            return Flaw("bad-request-line", at, shown(line))
        raw = grammar.RAW_TARGET.fullmatch(match["target"]) and line == b" ".join(match.groups())
        flaws.append(Flaw("raw-target" if raw else "loose-start-line", at, shown(match["target"] if raw else line)))
    version = match["version"][5:].decode("ascii")
    if version[0] != "1":
        return Flaw("unsupported-version", at, shown(match["version"]))
    method, target = match["method"].decode("ascii"), match["target"]
    if not _is_target(method, target):
        flaws.append(Flaw("bad-target", at, shown(target)))
    return StartLine(version, method, target.decode("latin-1"), flaws=tuple(flaws))


def status_line(line: bytes, at: int) -> StartLine | Flaw:
    """Return the parts of a status line (without its line end), or the flaw that hides them."""
    match, flaws = grammar.STATUS_LINE.fullmatch(line), []
    if match is None:
        match = grammar.STATUS_LINE_LOOSE.fullmatch(line)
        if match is None:
            return Flaw("bad-status-line", at, shown(line))
        flaws.append(Flaw("loose-start-line", at, shown(line)))
    version, status = match["version"][5:].decode("ascii"), int(match["status"])
    if version[0] != "1":
        return Flaw("unsupported-version", at, shown(match["version"]))
    if status < 100:
        return Flaw("bad-status-line", at, shown(line))
    return StartLine(version, status=status, reason=(match["reason"] or b"").decode("latin-1"), flaws=tuple(flaws))


def _is_target(method: str, target: bytes) -> bool:
    """RFC 9112 3.2: authority-form belongs to CONNECT and the asterisk to OPTIONS, each to nothing else."""
    if method == "CONNECT":
        return grammar.AUTHORITY_FORM.fullmatch(target) is not None
    if target == b"*":
        return method == "OPTIONS"
    if target[:1] == b"/":
        return grammar.ORIGIN_FORM.fullmatch(target) is not None
    absolute = grammar.ABSOLUTE_FORM.fullmatch(target)
    return absolute is not None and good_host(absolute["authority"])


def split_lines(block: bytes, at: int) -> tuple[list[tuple[int, bytes]], list[Flaw]]:
    """Return the lines of ``block`` (each ends with LF; what is behind the last LF is left out), and bad line ends.

    ``at`` is the offset of the block; so every line has its own.
    """
    lines, flaws = [], []
    position = 0
    while (end := block.find(b"\n", position)) >= 0:
        line = block[position:end]
        if line.endswith(b"\r"):
            line = line[:-1]
        else:
            flaws.append(Flaw("bare-lf", at + end))
        if b"\r" in line:
            flaws.append(Flaw("bare-cr", at + position + line.index(b"\r")))
        lines.append((at + position, line))
        position = end + 1
    return lines, flaws


def fields(lines: list[tuple[int, bytes]]) -> tuple[Headers, list[Flaw]]:
    """Return header fields in order, names in lower case, and what is wrong with them.

    A line that is no field is left out; a folded one is joined with a space (RFC 9112 5.2).
    """
    found: list[tuple[bytes, bytes]] = []
    flaws: list[Flaw] = []
    for index, (at, line) in enumerate(lines):
        if line[:1] in (b" ", b"\t"):
            if index == 0:
                flaws.append(Flaw("space-before-fields", at, shown(line)))
            elif found:
                name, value = found[-1]
                found[-1] = name, (value + b" " + line.strip(b" \t")).strip(b" \t")
                flaws.append(Flaw("obs-fold", at, shown(line)))
            continue
        name, colon, value = line.partition(b":")
        if not colon:
            flaws.append(Flaw("no-colon", at, shown(line)))
            continue
        if name.endswith((b" ", b"\t")):
            flaws.append(Flaw("space-before-colon", at, shown(name)))
            name = name.rstrip(b" \t")
        value = value.strip(b" \t")
        if grammar.FIELD_NAME.fullmatch(name) is None:
            flaws.append(Flaw("bad-field-name", at, shown(name)))
        if grammar.FIELD_VALUE.fullmatch(value) is None:
            flaws.append(Flaw("bad-field-value", at, shown(name)))
        found.append((name.lower(), value))
    return tuple(found), flaws


def plain_fields(block: bytes) -> Headers:
    """Return the fields of a block of `grammar.PLAIN_FIELDS`, given without its last line end and its empty line."""
    if not block:
        return ()
    parts = [line.partition(b":") for line in block.split(b"\r\n")]
    return tuple([(name.lower(), value.strip(b" \t")) for name, _, value in parts])


def good_host(value: bytes) -> bool:
    """Tell whether ``value`` is a host with an optional port, which fits 16 bits (RFC 9110 4.2, 7.2)."""
    match = grammar.HOST.fullmatch(value)
    return match is not None and (len(match["port"] or b"") <= 5 and int(match["port"] or b"0") <= 65535)


def host_flaws(version: str, headers: Headers, at: int) -> list[Flaw]:
    """Return what is wrong with a request's Host (RFC 9112 3.2; HTTP/1.0 may leave it away)."""
    hosts = [value for name, value in headers if name == b"host"]
    if not hosts:
        return [Flaw("no-host", at)] if version != "1.0" else []
    flaws = [Flaw("many-hosts", at)] if len(hosts) > 1 else []
    if not all(good_host(host) for host in hosts):
        flaws.append(Flaw("bad-host", at, shown(b", ".join(hosts))))
    return flaws
