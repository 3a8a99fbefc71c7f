"""HTTP dates, read as a cache has to (RFC 9111 section 4.2) and written as a sender must (RFC 9110 section 5.6.7)."""

from __future__ import annotations

import calendar
import re
import time
from functools import lru_cache

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LAST = 253402300799
"""The last second of the year 9999."""

_MONTH = "(?P<month>" + "|".join(MONTHS) + ")"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_DAY = "(?:" + "|".join(DAYS) + ")"
_LONG_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
# RFC 9110 5.6.7  IMF-fixdate, rfc850-date, asctime-date
# RFC 9111 4.2    "a cache recipient SHOULD match the field value case-insensitively"; a zone other than GMT is invalid
_FORMS = tuple(re.compile(form, re.IGNORECASE | re.ASCII) for form in (
    rf"{_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT",
    rf"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT",
    rf"{_DAY} {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_TIME} (?P<year>[0-9]{{4}})",
))


@lru_cache(maxsize=256)
def write(seconds: int) -> str:
    """Return a date as IMF-fixdate; what lies outside of 1970..9999 becomes the nearest one."""
    t = time.gmtime(min(max(seconds, 0), LAST))
    return (f"{DAYS[t.tm_wday]}, {t.tm_mday:02} {MONTHS[t.tm_mon - 1]} {t.tm_year:04} "
            f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} GMT")


@lru_cache(maxsize=1024)
def read(text: str, year_now: int = 2026) -> int | None:
    """Return the seconds since 1970 that a date names, None when it is none. ``year_now`` decides two-digit years."""
    for form in _FORMS:
        found = form.fullmatch(text.strip(" \t"))
        if found is not None:
            return _seconds(found, year_now)
    return None


def _seconds(found: re.Match[str], year_now: int) -> int | None:
    year, month = int(found["year"]), MONTHS.index(found["month"].capitalize()) + 1
    day, hour, minute, second = (int(found[name]) for name in ("day", "hour", "minute", "second"))
    if len(found["year"]) == 2:  # RFC 9110 5.6.7: more than 50 years ahead is the past century
        year += year_now - year_now % 100
        year -= 100 if year > year_now + 50 else 0
    if year == 0 or not 1 <= day <= calendar.monthrange(year, month)[1] or hour > 23 or minute > 59 or second > 60:
        return None
    return calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))
