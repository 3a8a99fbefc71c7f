"""Conditional requests: may this request go on, is the client's copy still good (RFC 9110 13)."""

from __future__ import annotations

import re
from typing import NamedTuple

from whywire.apps.site.dates import read_http_date

# RFC 9110 8.8.3  entity-tag = [ weak ] opaque-tag;  weak = %s"W/"
#                 opaque-tag = DQUOTE *etagc DQUOTE;  etagc = "!" / %x23-7E / obs-text
_TAG = re.compile(r'[ \t]*(W/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)')
_EMPTY = re.compile(r"[ \t]*,")


class Conditions(NamedTuple):
    """The fields that decide, None where the request has none."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None
    if_range: str | None = None


class Validators(NamedTuple):
    """What is known of the representation: a strong tag, the second of the last change or None, both of it now."""

    etag: str
    modified: int | None


def outcome(asked: Conditions, have: Validators, now: int) -> int:
    """Return 200 (go on), 304 or 412, for GET and HEAD, in the order of RFC 9110 13.2.2."""
    if asked.if_match is not None:
        if not _matches(asked.if_match, have.etag, weak=False):
            return 412
    elif asked.if_unmodified_since is not None and have.modified is not None:
        limit = read_http_date(asked.if_unmodified_since, now)
        if limit is not None and have.modified > limit:
            return 412
    if asked.if_none_match is not None:
        return 304 if _matches(asked.if_none_match, have.etag, weak=True) else 200
    if asked.if_modified_since is not None and have.modified is not None:
        since = read_http_date(asked.if_modified_since, now)
        if since is not None and have.modified <= since:
            return 304
    return 200


def range_applies(if_range: str | None, have: Validators, now: int) -> bool:
    """Tell whether a Range may be used: no If-Range, or one that names exactly what is there (RFC 9110 13.1.5).

    A tag has to be strong and the same. A date has to be the same, and a strong validator: the second it names
    is over (8.8.2.2), so that no change of it is hidden in that second.
    """
    if if_range is None:
        return True
    if '"' in if_range:
        return if_range == have.etag
    return (have.modified is not None and read_http_date(if_range, now) == have.modified and now > have.modified)


def _matches(field: str, etag: str, *, weak: bool) -> bool:
    """Compare a list of tags with ours, which is strong. A list that can't be read matches nothing from there on."""
    if field.strip(" \t") == "*":
        return True
    at = 0
    while at < len(field):
        empty = _EMPTY.match(field, at)
        if empty is not None:
            at = empty.end()
            continue
        found = _TAG.match(field, at)
        if found is None:
            return False
        if found[2] == etag and (weak or found[1] is None):
            return True
        at = found.end()
    return False
