"""`Cover`: which segment brought a position of a stream first, or last, found without a walk over all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Cover(Generic[Item]):
    """Ranges ``[start, end)`` that don't overlap, ascending, each with its item."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._items: list[Item] = []

    def at(self, position: int) -> Item | None:
        """Return the item whose range holds ``position``."""
        index = bisect_right(self._starts, position) - 1
        return self._items[index] if index >= 0 and position < self._ends[index] else None

    def overwrite(self, start: int, end: int, item: Item) -> None:
        """Give ``[start, end)`` to ``item``, whoever had it."""
        low, high = self._touched(start, end)
        pieces = [(start, end, item)]
        if low < high and self._starts[low] < start:
            pieces.insert(0, (self._starts[low], start, self._items[low]))
        if low < high and self._ends[high - 1] > end:
            pieces.append((end, self._ends[high - 1], self._items[high - 1]))
        self._replace(low, high, pieces)

    def fill(self, start: int, end: int, item: Item) -> None:
        """Give to ``item`` what nobody has of ``[start, end)``."""
        low, high = self._touched(start, end)
        pieces: list[tuple[int, int, Item]] = []
        at = start
        for index in range(low, high):
            if at < self._starts[index]:
                pieces.append((at, self._starts[index], item))
            pieces.append((self._starts[index], self._ends[index], self._items[index]))
            at = self._ends[index]
        if at < end:
            pieces.append((at, end, item))
        if len(pieces) > high - low:
            self._replace(low, high, pieces)

    def _touched(self, start: int, end: int) -> tuple[int, int]:
        return bisect_right(self._ends, start), bisect_left(self._starts, end)

    def _replace(self, low: int, high: int, pieces: list[tuple[int, int, Item]]) -> None:
        self._starts[low:high] = [piece[0] for piece in pieces]
        self._ends[low:high] = [piece[1] for piece in pieces]
        self._items[low:high] = [piece[2] for piece in pieces]
