"""The answer to a request for a representation: 200, 206, 304, 412 or 416, with its fields and what to send.

Everything here is RFC 9110 on values: no file is opened, nothing is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from whywire.apps.http.app import Request
from whywire.apps.site import conditions, ranges
from whywire.apps.site.conditions import Conditions
from whywire.apps.site.dates import http_date
from whywire.apps.site.found import Found
from whywire.apps.site.ranges import Span
from whywire.apps.site.refused import Refused
from whywire.apps.site.rules import Fields

ALLOWED = "GET, HEAD, OPTIONS"

# RFC 9110 9.3 and RFC 5789: methods that this server knows and that no resource here takes (405, 15.5.6). Every other
# is unrecognised (501, 9.1).
KNOWN = frozenset({"POST", "PUT", "DELETE", "PATCH", "CONNECT", "TRACE"})

NOSNIFF = ("X-Content-Type-Options", "nosniff")

CHANGED = "The file is not the one that the request expects: it was changed since."
NOT_THERE = "The file does not have the bytes that the request asks for."


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, fields (without those of framing) and what to send: bytes, or spans of the representation's content."""

    status: int
    fields: Fields
    length: int
    pieces: tuple[bytes | Span, ...] = ()


def refuse_method(method: str) -> Refused | None:
    """Return the answer to a method that nothing here takes; None for those of `ALLOWED`."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return None
    allow = (("Allow", ALLOWED),)
    if method in KNOWN:
        return Refused(405, f"Files are read here, with {ALLOWED}. {method} is not possible.", allow)
    return Refused(501, f"This server does not know the method. It takes {ALLOWED}.", allow)


def conditions_of(request: Request) -> Conditions:
    """Return the fields of a request that make it conditional."""
    return Conditions(request.get("if-match"), request.get("if-none-match"), request.get("if-modified-since"),
                      request.get("if-unmodified-since"), request.get("if-range"))


def fields_of(found: Found, now: int) -> Fields:
    """Return the fields of a 200 for ``found``. A date of change in the future becomes the present (8.8.2.1)."""
    fields = [("Content-Type", found.media)]
    if found.coding:
        fields.append(("Content-Encoding", found.coding))
    if found.modified is not None:
        fields.append(("Last-Modified", http_date(min(found.modified, now))))
    fields += [("ETag", found.etag), ("Accept-Ranges", "bytes")]
    if found.vary:
        fields.append(("Vary", "Accept-Encoding"))
    return (*fields, NOSNIFF, *found.extra)


def answer(request: Request, found: Found, now: int) -> Answer:
    """Return the answer to a GET or HEAD. Raises `Refused` with 412 or 416."""
    asked = conditions_of(request)
    fields = fields_of(found, now)
    status = conditions.outcome(asked, found.validators, now)
    if status == 412:
        raise Refused(412, CHANGED)
    if status == 304:
        # 15.4.5: nothing about the content beside what helps a cache; Last-Modified only where there is no tag
        return Answer(304, tuple(pair for pair in fields if pair[0] in ("ETag", "Vary")), 0)
    # 14.2: a Range counts with GET only; and 13.2.2: after everything else
    if request.method == "GET" and conditions.range_applies(asked.if_range, found.validators, now):
        spans = ranges.asked(request.get("range"), found.size)
        if spans is not None:
            return _partial(spans, found, fields)
    return Answer(200, fields, found.size, (Span(0, found.size),) if found.size else ())


def _partial(spans: Sequence[Span], found: Found, fields: Fields) -> Answer:
    if not spans:
        raise Refused(416, NOT_THERE, (("Content-Range", ranges.unsatisfied(found.size)), ("Accept-Ranges", "bytes")))
    if len(spans) == 1:
        span = spans[0]
        return Answer(206, (*fields, ("Content-Range", ranges.content_range(span, found.size))),
                      span.stop - span.start, (span,))
    boundary = secrets.token_hex(16)  # not to be guessed by who writes the file, so that no file can hold it
    pieces: list[bytes | Span] = []
    for span in spans:
        pieces += [ranges.part_head(boundary, found.media, span, found.size, first=not pieces), span]
    pieces.append(ranges.parts_end(boundary))
    length = sum(piece.stop - piece.start if isinstance(piece, Span) else len(piece) for piece in pieces)
    rest = tuple(pair for pair in fields if pair[0] != "Content-Type")
    return Answer(206, (("Content-Type", f"multipart/byteranges; boundary={boundary}"), *rest), length, tuple(pieces))
