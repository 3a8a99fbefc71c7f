"""`Timeline`: calls by time, so that a question about a moment does not look at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from whywire.base.records import Call

FOREVER = 1 << 62


class Timeline:
    """Calls by start; over them a tree of the latest end, so that what lasts can be found among what is over."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.calls = sorted(calls, key=lambda call: call.start_ns)
        self._starts = [call.start_ns for call in self.calls]
        self._size = 1 << max(0, len(self.calls) - 1).bit_length()
        tree = [-FOREVER] * (2 * self._size)
        for at, call in enumerate(self.calls):
            tree[self._size + at] = FOREVER if call.end_ns is None else call.end_ns
        for at in range(self._size - 1, 0, -1):
            tree[at] = max(tree[2 * at], tree[2 * at + 1])
        self._latest = tree

    def lasting(self, start_ns: int, end_ns: int) -> Iterator[Call]:
        """Yield, by start, the calls that began by ``start_ns`` and had not ended before ``end_ns``."""
        below = bisect_right(self._starts, start_ns)
        return self._found(below, end_ns, last_first=False)

    def last(self, start_ns: int, end_ns: int) -> Call | None:
        """Return the last of the calls that began by ``start_ns`` and had not ended before ``end_ns``."""
        below = bisect_right(self._starts, start_ns)
        return next(self._found(below, end_ns, last_first=True), None)

    def next(self, time_ns: int) -> Call | None:
        """Return the first call that begins at ``time_ns`` or later."""
        at = bisect_left(self._starts, time_ns)
        return self.calls[at] if at < len(self.calls) else None

    def begun_after(self, time_ns: int) -> int:
        """Return how many calls began after ``time_ns``."""
        return len(self._starts) - bisect_right(self._starts, time_ns)

    def _found(self, below: int, end_ns: int, *, last_first: bool) -> Iterator[Call]:
        waiting = [(1, 0, self._size)]
        while waiting:
            node, low, high = waiting.pop()
            if low >= below or self._latest[node] < end_ns:
                continue
            if node >= self._size:
                yield self.calls[low]
                continue
            middle = (low + high) // 2
            halves = [(2 * node, low, middle), (2 * node + 1, middle, high)]
            waiting += halves if last_first else reversed(halves)
