"""Selecting fields: which stored responses fit a request (RFC 9111 section 4.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whywire.apps.cache.freshness import date_of
from whywire.apps.cache.model import Request, Stored, joined

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_UNORDERED = frozenset({"accept-encoding"})
"""Lists whose order and case say nothing (RFC 9110 section 12.5.3); in Accept-Language some read it as preference."""


def nominated(headers: Sequence[tuple[str, str]]) -> tuple[str, ...] | None:
    """Return the request fields that Vary names, sorted; None: ``*``, or a name that can't be read, matches nothing."""
    lines = [value.strip(" \t").lower() for key, value in headers if key == "vary"]
    if not lines:
        return ()
    names = {name for line in lines for name in _COMMA.split(line) if name}
    if "*" in names or not all(_NAME.fullmatch(name) for name in names):
        return None
    return tuple(sorted(names))


def normalised(name: str, value: str | None) -> str | None:
    """Return a field's value without what carries no meaning; None stays None: absent only matches absent."""
    if value is None:
        return None
    value = value.strip(" \t")
    if '"' in value:  # a comma inside quotation marks separates nothing
        return value
    members = [part for part in _COMMA.split(value) if part]
    if name in _UNORDERED:
        members = sorted(re.sub(r"[ \t]", "", part).lower() for part in members)
    return ", ".join(members)


def selecting(headers: Sequence[tuple[str, str]], request: Request) -> tuple[tuple[str, str | None], ...] | None:
    """Return the request's values of the fields that a response's Vary names; None: it can match no request."""
    names = nominated(headers)
    if names is None:
        return None
    return tuple((name, normalised(name, joined(request.headers, name))) for name in names)


def fits(stored: Stored, request: Request) -> bool:
    """Tell whether a stored response was selected by the same fields as this request has."""
    return all(normalised(name, joined(request.headers, name)) == value for name, value in stored.vary)


def recency(stored: Stored) -> tuple[float, float]:
    """Return what to order stored responses by: Date, then the time of receipt (section 4)."""
    date = date_of(stored.headers, "date", stored.response_time)
    return (stored.response_time if date is None else float(date), stored.response_time)


def matching(entries: Sequence[Stored], request: Request) -> list[Stored]:
    """Return the stored responses that could be chosen for a request, the one to choose first.

    One without Vary, among others that have it, is most likely a default that left it out: those with a Vary go first,
    and it is no choice at all when one of them is more recent (section 4.1).
    """
    varied = [one for one in entries if one.vary]
    if not varied:
        return sorted(entries, key=recency, reverse=True)
    newest = max(map(recency, varied))
    fitting = [one for one in varied if fits(one, request)]
    defaults = [one for one in entries if not one.vary and recency(one) >= newest]
    return sorted(fitting, key=recency, reverse=True) + sorted(defaults, key=recency, reverse=True)
