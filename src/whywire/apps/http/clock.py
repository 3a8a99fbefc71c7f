"""The Date field (RFC 9110 section 6.6.1), made once a second."""

from __future__ import annotations

from time import gmtime, time

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_second = 0
_line = b""


def http_date(seconds: float) -> str:
    """Return a time (seconds since 1970) as IMF-fixdate (RFC 9110 section 5.6.7)."""
    t = gmtime(seconds)
    return (f"{DAYS[t.tm_wday]}, {t.tm_mday:02} {MONTHS[t.tm_mon - 1]} {t.tm_year:04} "
            f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} GMT")


def date_line(now: float | None = None) -> bytes:
    """Return ``Date: ...`` with its line end, for the present second."""
    global _second, _line
    second = int(time() if now is None else now)
    if second != _second:
        _line = f"Date: {http_date(second)}\r\n".encode("ascii")
        _second = second
    return _line
