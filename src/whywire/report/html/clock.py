"""The column of times beside a picture: its unit, and as many digits as tell its packets apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

SECONDS_FROM = 10_000_000_000
"""From this length on (ns) the column counts seconds, below it milliseconds."""
DIGITS = {"ms": (1, 3), "s": (3, 6)}
"""Unit -> least and most digits behind the point: down to a microsecond."""
SAME = 0.1
"""So many of the neighbours with different times may look the same."""


def clock(times_ns: Sequence[int]) -> tuple[str, int]:
    """Return the unit and the digits for these times, in the order of their rows."""
    unit = "s" if times_ns and max(times_ns) >= SECONDS_FROM else "ms"
    size = 1_000_000_000 if unit == "s" else 1_000_000
    steps = [pair for pair in pairwise(times_ns) if pair[0] != pair[1]]
    least, most = DIGITS[unit]
    for digits in range(least, most):
        same = sum(f"{one / size:.{digits}f}" == f"{other / size:.{digits}f}" for one, other in steps)
        if same <= SAME * len(steps):
            return unit, digits
    return unit, most
