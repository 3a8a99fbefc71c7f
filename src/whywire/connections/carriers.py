"""`Carriers`: which segments of one side carried a stretch of its stream for the first time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.scene import Line


class Carriers:
    """The segments with data of one side, copies left out, by position."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = sorted((line for line in lines if line.length and line.first_copy is None),
                             key=lambda line: (line.data_start, line.index))
        self._reach = list(accumulate((line.data_end for line in self._lines), max))
        self._parts: dict[tuple[int, int], dict[int, int]] = {}

    def parts(self, start: int, end: int) -> dict[int, int]:
        """Return packet -> which part of ``[start, end)`` it carried, counted from 1 in the order of the stream."""
        if (start, end) not in self._parts:
            high = bisect_left(self._lines, end, key=lambda line: line.data_start)
            low = bisect_left(self._reach, start + 1, hi=high)
            found = [line for line in self._lines[low:high] if line.data_end > start]
            self._parts[start, end] = {line.packet: part for part, line in enumerate(found, 1)}
        return self._parts[start, end]
