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
_READ = frozenset(("date", "last-modified", "expires", "etag"))


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
    names = [key for key, _ in headers]
    for name in rules.targeted:
        if name not in names:
            continue
        lines = [value for key, value in headers if key == name]
        try:
            members = dictionary(", ".join(lines))
        except StructuredError:
            continue
        if members:
            return directives.from_structured(members), True
    return directives.read([value for key, value in headers if key == "cache-control"]), False


def read_age(headers: Sequence[tuple[str, str]]) -> int:
    """Return age_value: the first member of Age, 0 where it is absent or no number (section 5.1)."""
    said = [value for key, value in headers if key == "age"]
    if not said:
        return 0
    first = said[0].split(",")[0].strip(" \t")
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
    reuse, year = directed.reuse, year_of(response_time)
    first: dict[str, str] = {}
    expires: list[str] = []
    for key, value in headers:
        if key in _READ:
            first.setdefault(key, value)
            if key == "expires":
                expires.append(value)
    date = dates.read(first["date"], year) if "date" in first else None
    date = int(response_time) if date is None else date
    modified = dates.read(first["last-modified"], year) if "last-modified" in first else None
    lifetime = _explicit(reuse.lifetime, () if targeted else expires, date, year)
    explicit = lifetime is not None
    if lifetime is None:
        allowed = heuristic and (status in HEURISTIC or reuse.public)
        lifetime = _estimate(date, modified, rules) if allowed else 0.0
    return Freshness(
        0.0 if reuse.no_cache else lifetime,
        initial_age(response_time, date, age_value, response_time - request_time),
        explicit,
        reuse.no_cache,
        reuse.no_stale,
        reuse.while_revalidate,
        reuse.if_error,
        first.get("etag", "").strip(" \t") or None,
        None if modified is None else first["last-modified"],
    )


def _explicit(seconds: int | None, expires: Sequence[str], date: int, year: int) -> float | None:
    """Return the lifetime that the response states (section 4.2.1), None when it states none."""
    if seconds is not None:
        return float(seconds)
    if not expires:
        return None
    # section 5.3: what is no date, "0" above all, lies in the past; of several the earliest counts
    moments = [dates.read(value, year) for value in expires]
    return float(max(0, min(date if moment is None else moment for moment in moments) - date))


def _estimate(date: int, modified: int | None, rules: Rules) -> float:
    """Return a heuristic lifetime (section 4.2.2): a part of the time since the last change, none without one."""
    if modified is None or modified >= date:
        return 0.0
    return min((date - modified) * rules.heuristic_fraction, rules.heuristic_most)
