"""HTTP dates, written and read (RFC 9110 5.6.7). Seconds since 1970, UTC."""

from __future__ import annotations

import calendar
import re
import time
from functools import lru_cache

from whywire.apps.http import clock

_MONTH = "(?P<month>" + "|".join(clock.MONTHS) + ")"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_DAY = "(?:" + "|".join(clock.DAYS) + ")"
_LONG_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"

# RFC 9110 5.6.7  IMF-fixdate  = day-name "," SP date1 SP time-of-day SP GMT
#                 rfc850-date  = day-name-l "," SP date2 SP time-of-day SP GMT   ; two digits of the year
#                 asctime-date = day-name SP date3 SP time-of-day SP year
#                 A recipient MUST accept all three; all are case-sensitive.
_FORMS = (
    re.compile(rf"{_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT"),
    re.compile(rf"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"),
    re.compile(rf"{_DAY} {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_TIME} (?P<year>[0-9]{{4}})"),
)
LAST = 253402300799
"""The last second of the year 9999: later dates can't be written."""


@lru_cache(maxsize=256)
def http_date(seconds: int) -> str:
    """Return a date as a sender must write it (IMF-fixdate). Dates outside of 1970..9999 become the nearest one."""
    return clock.http_date(min(max(seconds, 0), LAST))


def read_http_date(text: str, now: int) -> int | None:
    """Return the seconds a date names, None when it is none. ``now`` decides the century of a year of two digits."""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return _seconds(found, now)
    return None


def _seconds(found: re.Match[str], now: int) -> int | None:
    year, month = int(found["year"]), clock.MONTHS.index(found["month"]) + 1
    day, hour, minute, second = (int(found[name]) for name in ("day", "hour", "minute", "second"))
    if len(found["year"]) == 2:
        # more than 50 years in the future is the most recent year in the past with these two digits
        present = time.gmtime(now).tm_year
        year += present - present % 100
        year -= 100 if year > present + 50 else 0
    if not (1 <= day <= (calendar.monthrange(year, month)[1] if year else 0) and hour < 24 and minute < 60
            and second <= 60):
        return None
    return calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))
