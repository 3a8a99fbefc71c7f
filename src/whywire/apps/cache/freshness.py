"""Freshness lifetime and age of a stored response (RFC 9111 sections 4.2.1 to 4.2.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from whywire.apps.cache import dates, directives
from whywire.apps.cache.aging import GREATEST, initial_age
from whywire.apps.cache.directives import Directives
from whywire.apps.cache.rules import Rules
from whywire.apps.cache.structured import StructuredError, dictionary

HEURISTIC = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
"""Statuses that may be given an estimated lifetime (RFC 9110 section 15.1)."""

_DIGITS = re.compile(r"[0-9]+")
_NO_STALE = frozenset(("must-revalidate", "proxy-revalidate", "s-maxage"))


@dataclass(frozen=True, slots=True)
class Freshness:
    """What the fields of a response say about its reuse, computed once."""

    lifetime: float = 0.0
    """Seconds; 0 where nothing allows any."""
    initial_age: float = 0.0
    """corrected_initial_age, seconds."""
    explicit: bool = False
    """An expiration time is present, even a broken one."""
    no_cache: bool = False
    """Each use has to be validated."""
    no_stale: bool = False
    """Never to be served stale (section 4.2.4)."""
    while_revalidate: int = 0
    """Seconds of staleness during which it may be served while it is validated (RFC 5861 section 3)."""
    if_error: int | None = None
    """Seconds of staleness during which it may be served instead of an error (RFC 5861 section 4); None: not said."""
    etag: str | None = None
    modified: str | None = None
    """Last-Modified, where it can be read as a date."""


def policy(headers: Sequence[tuple[str, str]], rules: Rules) -> tuple[Directives, bool]:
    """Return the directives that count for this cache, and whether they come from a targeted field (RFC 9213 2.2)."""
    for name in rules.targeted:
        lines = [value for key, value in headers if key == name]
        if not lines:
            continue
        try:
            members = dictionary(", ".join(lines))
        except StructuredError:
            continue
        if members:
            return directives.from_structured(members), True
    return directives.read([value for key, value in headers if key == "cache-control"]), False


def read_age(headers: Sequence[tuple[str, str]]) -> int:
    """Return age_value: the first member of Age, 0 where it is absent or no number (section 5.1)."""
    first = next((value for key, value in headers if key == "age"), "").split(",")[0].strip(" \t")
    if not _DIGITS.fullmatch(first):
        return 0
    digits = first.lstrip("0")
    return min(int(digits or "0"), GREATEST) if len(digits) <= 10 else GREATEST


def year_of(seconds: float) -> int:
    """Return the year of a time, near enough to read two-digit years with."""
    return 1970 + int(seconds // 31556952)


def date_of(headers: Sequence[tuple[str, str]], name: str, now: float) -> int | None:
    """Return the date in the first field ``name``; None where there is none that can be read."""
    value = next((value for key, value in headers if key == name), None)
    return None if value is None else dates.read(value, year_of(now))


def read_freshness(status: int, headers: Sequence[tuple[str, str]], *, request_time: float, response_time: float,
                   age_value: int, heuristic: bool, rules: Rules,
                   said: tuple[Directives, bool] | None = None) -> Freshness:
    """Return what the fields of a response say about its reuse. ``said``: their `policy`, where it is known."""
    directed, targeted = policy(headers, rules) if said is None else said
    date = date_of(headers, "date", response_time)
    date = int(response_time) if date is None else date
    lifetime = _explicit(directed, headers, date, response_time, targeted=targeted)
    explicit = lifetime is not None
    modified = date_of(headers, "last-modified", response_time)
    if lifetime is None:
        allowed = heuristic and (status in HEURISTIC or directed.permits("public"))
        lifetime = _estimate(date, modified, rules) if allowed else 0.0
    no_cache = directed.whole("no-cache")
    return Freshness(
        lifetime=0.0 if no_cache else lifetime,
        initial_age=initial_age(response_time, date, age_value, response_time - request_time),
        explicit=explicit,
        no_cache=no_cache,
        no_stale=no_cache or directed.restricts_any(_NO_STALE),
        while_revalidate=directed.seconds("stale-while-revalidate") or 0,
        if_error=directed.seconds("stale-if-error"),
        etag=next((value.strip(" \t") for key, value in headers if key == "etag"), None) or None,
        modified=None if modified is None else next(value for key, value in headers if key == "last-modified"),
    )


def _explicit(said: Directives, headers: Sequence[tuple[str, str]], date: int, now: float, *,
              targeted: bool) -> float | None:
    """Return the lifetime that the response states (section 4.2.1), None when it states none."""
    for name in ("s-maxage", "max-age"):
        seconds = said.seconds(name)
        if seconds is not None:
            return float(seconds)
    expires = [value for key, value in headers if key == "expires"]
    if targeted or not expires:
        return None
    # section 5.3: what is no date, "0" above all, lies in the past; of several the earliest counts
    moments = [dates.read(value, year_of(now)) for value in expires]
    return float(max(0, min(date if moment is None else moment for moment in moments) - date))


def _estimate(date: int, modified: int | None, rules: Rules) -> float:
    """Return a heuristic lifetime (section 4.2.2): a part of the time since the last change, none without one."""
    if modified is None or modified >= date:
        return 0.0
    return min((date - modified) * rules.heuristic_fraction, rules.heuristic_most)
