"""The quick path: which requests and stored responses need none of the rules of `lookup`."""

from __future__ import annotations

from collections.abc import Sequence

from whywire.apps.cache.model import Stored

NOT_PLAIN = frozenset({"cache-control", "pragma", "range", "if-range", "if-match", "if-none-match", "if-modified-since",
                       "if-unmodified-since"})
"""Request fields that have a say in caching."""


def is_plain(headers: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a request (a GET or HEAD without content) leaves it all to the stored response."""
    return not any(name in NOT_PLAIN for name, _ in headers)


def plain_hit(stored: Stored, now: float) -> bool:
    """Tell whether a stored response answers, as it is, a plain request that it fits.

    True until ``stored.fresh_until``; after that ask `lookup`. That it fits (`matching` puts it first) depends on the
    request's header block and on the entries of the key alone, so the caller may remember it with these. From answer
    to answer only Age and the ttl in Cache-Status change, once a second; Date stays the one stored.
    """
    whole = stored.part is None and stored.length is not None
    return whole and now < stored.fresh_until and not stored.freshness.no_cache
