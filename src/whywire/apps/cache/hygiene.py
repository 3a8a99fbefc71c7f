"""Which fields of a response are passed on, kept, and updated (RFC 9111 3.1 and 3.2, RFC 9110 7.6.1)."""

from __future__ import annotations

from collections.abc import Iterable

from whywire.apps.cache import dates
from whywire.apps.cache.directives import Directives

Fields = tuple[tuple[str, str], ...]

HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"})
FRAMING = frozenset({"content-length"})
"""Known from the body; whoever sends writes it."""
UNPASSED = HOP_BY_HOP | FRAMING
NEEDED = frozenset({
    "cache-control", "date", "vary", "expires", "etag", "content-type", "content-encoding", "content-range", "age",
    "last-modified", "set-cookie", "cdn-cache-control", "pragma", "content-location",
})
"""What a message needs to be understood can't be taken out of it by naming it in Connection."""
UNSTORED = frozenset({"age", "proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "trailer"})
"""Of the proxy, not of the response (3.1), or made anew at each use."""
UNCHANGED = frozenset({"content-length", "content-encoding", "content-range"})
"""The stored bytes depend on them: a 304 or HEAD does not change them (3.2)."""


def passed(headers: Iterable[tuple[str, str]], response_time: float) -> Fields:
    """Return the fields to pass on: without those of the connection and of framing, with a Date (RFC 9110 6.6.1)."""
    headers = tuple(headers)
    names = [key for key, _ in headers]
    gone = UNPASSED
    if "connection" in names:
        gone |= {name.strip(" \t").lower() for key, value in headers if key == "connection"
                 for name in value.split(",")} - NEEDED
    kept = headers if gone.isdisjoint(names) else tuple([pair for pair in headers if pair[0] not in gone])
    if "date" not in names:
        kept = (("date", dates.write(int(response_time))), *kept)
    return kept


def kept(headers: Fields, said: Directives) -> Fields:
    """Return which of the passed-on fields are stored: not those in private= and no-cache= (5.2.2.4, 5.2.2.7)."""
    gone = UNSTORED | said.reuse.hidden if said.reuse.hidden else UNSTORED
    return tuple([pair for pair in headers if pair[0] not in gone])


def merged(stored: Fields, new: Fields, exempt: frozenset[str] = frozenset()) -> Fields:
    """Return stored fields updated by those of a 304, a HEAD or a 206 response (3.2): named anew means replaced."""
    unchanged = UNCHANGED | exempt
    fresh = tuple(pair for pair in new if pair[0] not in unchanged)
    names = {key for key, _ in fresh}
    return (*(pair for pair in stored if pair[0] not in names), *fresh)
