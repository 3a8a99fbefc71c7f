"""Entity tags and dates: what a condition asks, which stored response a 304 means (RFC 9110 13, RFC 9111 4.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whywire.apps.cache import dates
from whywire.apps.cache.freshness import date_of, year_of
from whywire.apps.cache.model import Request, Response, Stored

# RFC 9110 8.8.3  entity-tag = [ weak ] opaque-tag;  weak = %s"W/";  opaque-tag = DQUOTE *etagc DQUOTE
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_LISTED = re.compile(r'[ \t,]*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)')

ORIGIN_ONLY = ("if-match", "if-unmodified-since")
"""Conditions that only an origin may evaluate (RFC 9111 section 4.3.2)."""
CONDITIONS = frozenset({"if-none-match", "if-modified-since", *ORIGIN_ONLY})


def opaque(tag: str) -> str:
    """Return a tag without its weakness, for the weak comparison (RFC 9110 section 8.8.3.2)."""
    return tag.removeprefix("W/")


def is_strong(tag: str | None) -> bool:
    """Tell whether this is a well-formed tag without ``W/``."""
    return tag is not None and not tag.startswith("W/") and _TAG.fullmatch(tag) is not None


def tags(field: str) -> list[str]:
    """Return the tags of an If-None-Match list, up to the first piece that is none."""
    found: list[str] = []
    at = 0
    while (one := _LISTED.match(field, at)) is not None:
        found.append(one[1])
        at = one.end()
    return found


def not_modified(request: Request, stored: Stored) -> bool:
    """Tell whether the client's own condition holds for a stored 200: the answer is 304 (RFC 9111 section 4.3.2)."""
    listed = request.get("if-none-match")
    if listed is not None:
        if listed.strip(" \t") == "*":
            return True
        etag = stored.freshness.etag
        if etag is None:
            return False
        # a tag without quotation marks breaks the grammar; that both are the same text is plain all the same
        return opaque(etag) in {opaque(tag) for tag in tags(listed)} or listed.strip(" \t") == etag
    since = date_of(request.headers, "if-modified-since", stored.response_time)
    if since is None or sum(name == "if-modified-since" for name, _ in request.headers) > 1:
        return False
    modified = date_of(stored.headers, "last-modified", stored.response_time)
    if modified is None:
        modified = date_of(stored.headers, "date", stored.response_time)
    return (int(stored.response_time) if modified is None else modified) <= since


def range_applies(request: Request, stored: Stored) -> bool:
    """Tell whether If-Range lets the Range count: none, or exactly what is stored, strongly (RFC 9110 13.1.5)."""
    condition = request.get("if-range")
    if condition is None:
        return True
    condition = condition.strip(" \t")
    if '"' in condition:
        return is_strong(condition) and condition == stored.freshness.etag
    modified = date_of(stored.headers, "last-modified", stored.response_time)
    date = date_of(stored.headers, "date", stored.response_time)
    asked = dates.read(condition, year_of(stored.response_time))
    # strong as a validator only when the second it names was over when the response was made (RFC 9110 8.8.2.2)
    return asked is not None and asked == modified and date is not None and date > modified


def identified(entries: Sequence[Stored], response: Response, *, ours: Stored | None) -> list[Stored]:
    """Return which of the stored responses a 304 updates (RFC 9111 section 4.3.4), the most recent first.

    ``entries`` are those that could have been chosen, the most recent first; ``ours`` is the one whose validators were
    the only ones in the request: a 304 that carries no validator at all can then mean nothing else.
    """
    etag = response.get("etag")
    if is_strong(etag):
        return [one for one in entries if one.freshness.etag == etag]
    if etag is not None:
        return [one for one in entries
                if one.freshness.etag is not None and opaque(one.freshness.etag) == opaque(etag)][:1]
    modified = date_of(response.headers, "last-modified", 0)
    if modified is not None:
        return [one for one in entries if date_of(one.headers, "last-modified", 0) == modified][:1]
    if len(entries) == 1 and entries[0].freshness.etag is None and entries[0].freshness.modified is None:
        return [entries[0]]
    return [ours] if ours is not None else []
