"""Where a message's body ends: RFC 9112 section 6.3, its eight rules in their order."""

from __future__ import annotations

from typing import NamedTuple

from whywire.protocols.http1 import grammar
from whywire.protocols.http1.events import CHUNKED, LENGTH, NO_BODY, TUNNEL, UNTIL_CLOSE, Headers, find
from whywire.protocols.http1.flaws import Flaw, shown

KNOWN_CODINGS = frozenset((b"chunked", b"gzip", b"x-gzip", b"deflate", b"compress", b"x-compress", b"identity"))


class Framing(NamedTuple):
    """How the body's end is found, and how long it is where the head says so."""

    kind: str
    length: int | None
    flaws: tuple[Flaw, ...] = ()


def of_response(status: int, method: str | None, version: str, headers: Headers, at: int) -> Framing:
    """Return the framing of a response to a request with ``method`` (None: not known, taken for one with a body)."""
    tunnel = method == "CONNECT" and 200 <= status < 300
    if status < 200 or status == 204 or tunnel:
        odd = find(headers, b"transfer-encoding") is not None
        flaws = (Flaw("framing-not-allowed", at),) if odd else ()
        return Framing(TUNNEL if tunnel or status == 101 else NO_BODY, None if tunnel else 0, flaws)
    if method == "HEAD" or status == 304:
        return Framing(NO_BODY, 0)
    return _by_fields(version, headers, at, request=False)


def of_request(version: str, headers: Headers, at: int) -> Framing:
    """Return the framing of a request."""
    return _by_fields(version, headers, at, request=True)


def _by_fields(version: str, headers: Headers, at: int, *, request: bool) -> Framing:
    coding = find(headers, b"transfer-encoding")
    length, flaws = content_length(headers, at)
    if coding is not None:
        if length is not None or flaws:
            flaws = [Flaw("length-and-chunked", at)]  # Transfer-Encoding overrides it, whatever it says
        return _by_coding(coding, version, flaws, at, request=request)
    if length is None:
        absent = Framing(NO_BODY, 0) if request else Framing(UNTIL_CLOSE, None)
        return absent._replace(flaws=tuple(flaws))
    return Framing(LENGTH if length else NO_BODY, length, tuple(flaws))


def _by_coding(coding: bytes, version: str, flaws: list[Flaw], at: int, *, request: bool) -> Framing:
    codings = [part if request else part.partition(b";")[0].strip() for part in grammar.elements(coding)]
    if version == "1.0":
        flaws.append(Flaw("chunked-in-1.0", at, shown(coding)))
    if codings.count(b"chunked") > 1:
        flaws.append(Flaw("chunked-twice", at, shown(coding)))
    last = codings[-1:] == [b"chunked"]
    if request and not last:  # named first: 400 is the MUST, 501 for a coding that is not known only a SHOULD
        flaws.append(Flaw("chunked-not-last", at, shown(coding)))
    if any(one != b"chunked" if request else one not in KNOWN_CODINGS for one in codings):
        flaws.append(Flaw("unknown-coding", at, shown(coding)))
    if last:
        return Framing(CHUNKED, None, tuple(flaws))
    if request:
        return Framing(NO_BODY, None, tuple(flaws))
    return Framing(UNTIL_CLOSE, None, tuple(flaws))


def content_length(headers: Headers, at: int) -> tuple[int | None, list[Flaw]]:
    """Return Content-Length, None without one or with one that can't be used (then with the flaw that says so)."""
    value = find(headers, b"content-length")
    if value is None:
        return None, []
    values = grammar.LIST_SEPARATOR.split(value)
    if any(grammar.DIGITS.fullmatch(one) is None or len(one) > 18 for one in values):
        return None, [Flaw("bad-length", at, shown(value))]
    if len({int(one) for one in values}) > 1:
        return None, [Flaw("conflicting-lengths", at, shown(value))]
    return int(values[0]), [Flaw("repeated-length", at, shown(value))] if len(values) > 1 else []


def keeps_alive(version: str, headers: Headers, kind: str) -> bool:
    """Tell whether another message may follow on the connection (RFC 9112 9.3)."""
    said = find(headers, b"connection")
    options = [] if said is None else grammar.elements(said)
    if b"close" in options or kind == UNTIL_CLOSE:
        return False
    return version != "1.0" or b"keep-alive" in options
