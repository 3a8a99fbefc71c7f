"""Nanoseconds as people read them: three digits that matter, and the unit."""

from __future__ import annotations

_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"))


def duration(ns: int) -> str:
    """Return ``ns`` as text: ``5.01 s``, ``10.5 ms``, ``172 us``, ``29 ns``, ``52,201,667 s``."""
    sign = "-" if ns < 0 else ""
    ns = abs(ns)
    for index, (size, unit) in enumerate(_UNITS):
        if ns >= size:
            digits = 2 if ns < 10 * size else 1 if ns < 100 * size else 0
            text = f"{ns / size:,.{digits}f}"
            if text == "1,000" and index > 0:  # 999.6 us rounds up into the next unit
                return f"{sign}1.00 {_UNITS[index - 1][1]}"
            return f"{sign}{text} {unit}"
    return f"{sign}{ns} ns"


def milliseconds(ns: int) -> str:
    """Return ``ns`` as milliseconds with one digit, for a column of times: ``10.6``."""
    return f"{ns / 1_000_000:,.1f}"
