"""`RangeSet`: which bytes of a stream were seen, as sorted half-open ranges (the idea is aioquic's)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator


class RangeSet:
    """A set of integers kept as disjoint, ascending, non-touching ranges ``[start, end)``."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self._starts, self._ends, strict=True))

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, start: int, end: int) -> int:
        """Add ``[start, end)``; return how many of its integers were new."""
        if end <= start:
            return 0
        first = bisect_left(self._ends, start)  # the first range that touches or follows start
        last = first
        new = end - start
        low, high = start, end
        while last < len(self._starts) and self._starts[last] <= end:
            new -= max(0, min(end, self._ends[last]) - max(start, self._starts[last]))
            low = min(low, self._starts[last])
            high = max(high, self._ends[last])
            last += 1
        self._starts[first:last] = [low]
        self._ends[first:last] = [high]
        return new

    def covers(self, start: int, end: int) -> bool:
        """Tell whether every integer of ``[start, end)`` is in the set."""
        index = bisect_left(self._ends, end)
        return start >= end or (index < len(self._starts) and self._starts[index] <= start)

    def total(self) -> int:
        """Return how many integers are in the set."""
        return sum(self._ends) - sum(self._starts)
