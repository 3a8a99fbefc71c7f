"""Time as height. Rows that carry a label are kept apart, empty time is compressed and marked.

Height grows with time, never against it, so that a slanted arrow ends below what happened before it arrived.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

ROW = 24
"""Pixels from one labelled row to the next."""
STEP = 4
"""Pixels between events that carry no label."""
FLIGHT = 58
"""Pixels that a packet's flight takes, where nothing else happens meanwhile."""
LONGEST = 88
"""Pixels that the longest uncompressed time takes."""
GAP = 62
"""Pixels of compressed time."""


class Event(NamedTuple):
    """Something that needs a height."""

    time_ns: int
    order: int
    """Of events at one time, the lower comes first."""
    column: str
    """Events with a label in the same column are kept apart; empty: no label."""


class Break(NamedTuple):
    """Compressed time: empty, or with packets in it that are left out."""

    top: float
    bottom: float
    start_ns: int
    end_ns: int
    left_out: int = 0


class Axis(NamedTuple):
    """The heights of some events, in their order as given; the compressed times; the height of all."""

    heights: tuple[float, ...]
    breaks: tuple[Break, ...]
    bottom: float


def scale(flights: Sequence[int], sends: Sequence[int]) -> float:
    """Return pixels a nanosecond: by the usual flight, or where none is known by the usual time between packets."""
    if flights and median(flights) > 0:
        return FLIGHT / median(flights)
    steps = [later - earlier for earlier, later in pairwise(sends) if later > earlier]
    return ROW / median(steps) if steps else 0.0


def axis(events: Sequence[Event], pixels: float, hidden: Sequence[int] = (), top: float = ROW) -> Axis:
    """Return the height of each event. ``pixels``: of a nanosecond, where time is not compressed.

    ``hidden``: when packets were sent that are left out, in order; time with one of them in it counts as compressed.
    """
    heights = [0.0] * len(events)
    breaks: list[Break] = []
    last: dict[str, float] = {}
    y, now = top, None
    for at in sorted(range(len(events)), key=lambda at: (events[at].time_ns, events[at].order, at)):
        event = events[at]
        if now is not None and event.time_ns > now:
            wanted = (event.time_ns - now) * pixels
            left_out = bisect_right(hidden, event.time_ns) - bisect_right(hidden, now)
            if wanted > LONGEST or left_out:
                breaks.append(Break(y, y + GAP, now, event.time_ns, left_out))
                y += GAP
            else:
                y += max(wanted, STEP)
        if event.column:
            y = max(y, last.get(event.column, -ROW) + ROW)
            last[event.column] = y
        heights[at], now = round(y, 1), event.time_ns
    return Axis(tuple(heights), tuple(breaks), round(y + ROW, 1))
