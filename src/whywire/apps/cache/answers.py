"""Responses made from stored ones: 200, 206, 304, 416, with Age and Cache-Status (RFC 9111 sections 4, 4.3.2, 5.1)."""

from __future__ import annotations

from whywire.apps.cache import status as cache_status
from whywire.apps.cache.aging import GREATEST
from whywire.apps.cache.hygiene import Fields
from whywire.apps.cache.model import Answer, Request, Span, Stored
from whywire.apps.cache.ranges import Unsatisfiable, asked, content_range, within
from whywire.apps.cache.validators import not_modified, range_applies

_REPRESENTATION = frozenset({"content-type", "content-encoding", "content-language", "content-range", "content-length"})
"""Left out of a 304, whose receiver has them (RFC 9110 section 15.4.5)."""

_NOT_OF_AN_ERROR = _REPRESENTATION | {"cache-control", "cdn-cache-control", "expires", "etag", "last-modified",
                                      "content-location", "set-cookie"}
"""Left out of a 416: said of the representation, it would let a cache behind us keep the error for everybody."""


def wanted(request: Request, stored: Stored) -> Span | Unsatisfiable | None:
    """Return which bytes of the representation are asked for; None: all of them."""
    if request.method != "GET" or stored.status != 200 or not range_applies(request, stored):
        return None
    total = stored.length if stored.part is None else stored.part.total
    return asked(request.get("range"), total)


def can_answer(request: Request, stored: Stored) -> bool:
    """Tell whether what is stored is enough: it is complete, or holds the whole range (RFC 9111 section 3.3)."""
    if stored.part is None:
        return True
    span = wanted(request, stored)
    return isinstance(span, tuple) and within(stored.part, span)


def answer(request: Request, stored: Stored, ours: str, *, age: float | None, extra: Fields = ()) -> Answer:
    """Return the response to a request that ``stored`` may answer.

    ``age`` None: it was validated by the origin just now, so no Age (section 5.1). ``extra``: fields of a 304 that are
    for this client but are not kept.
    """
    headers = (*stored.headers, *extra)
    if age is not None:
        headers = (*headers, ("age", str(min(int(age), GREATEST))))
    headers = cache_status.appended(headers, ours)
    whole = stored.length if stored.part is None else stored.part.total
    if stored.status == 200 and not_modified(request, stored):
        gone = _REPRESENTATION | ({"last-modified"} if stored.freshness.etag is not None else frozenset())
        return Answer(stored, 304, tuple(pair for pair in headers if pair[0] not in gone), None, None)
    span = wanted(request, stored)
    if isinstance(span, Unsatisfiable):
        kept = tuple(pair for pair in headers if pair[0] not in _NOT_OF_AN_ERROR)
        return Answer(stored, 416, (*kept, ("content-range", f"bytes */{whole}")), None, 0)
    if span is not None:
        first = 0 if stored.part is None else stored.part.first
        return Answer(stored, 206, (*headers, ("content-range", content_range(span, whole))),
                      (span[0] - first, span[1] - first), span[1] - span[0])
    body = None if request.method == "HEAD" or whole is None else (0, whole)
    return Answer(stored, stored.status, headers, body, whole)
