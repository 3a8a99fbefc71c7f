"""`Arrivals`: what reached one side of a connection, by time, for the calls that waited for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from whywire.connections import kinds as k

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.scene import Line

_MOST = 1000
"""What a recv() waited for is among so many segments that arrived last before it returned."""


class Arrivals:
    """The packets of the peer that were not lost, by arrival. Times are inclusive."""

    def __init__(self, lines: Iterable[Line]) -> None:
        came = sorted((line for line in lines if not line.lost), key=lambda line: line.arrived_ns)
        acks = [line for line in came if line.ack is not None]
        self._acks = _times(acks)
        self._acked = list(accumulate((line.ack or 0 for line in acks), max))
        self._resets = [line for line in came if line.kinds & k.RST]
        self._steps = [line for line in came if line.step is not None]
        self._data = [line for line in came if line.length]
        self._data_times, self._step_times, self._reset_times = map(_times, (self._data, self._steps, self._resets))

    def reset(self, start_ns: int, end_ns: int) -> Line | None:
        """Return the first reset that came within ``[start_ns, end_ns]``."""
        at = bisect_left(self._reset_times, start_ns)
        return self._resets[at] if at < len(self._resets) and self._reset_times[at] <= end_ns else None

    def freed(self, start_ns: int, end_ns: int) -> Line | None:
        """Return the last packet within the time that acknowledged something new."""
        at = bisect_right(self._step_times, end_ns) - 1
        return self._steps[at] if at >= 0 and self._step_times[at] >= start_ns else None

    def brought(self, position: int, start_ns: int, end_ns: int) -> Line | None:
        """Return the first packet within the time that carried the byte at ``position``."""
        high = bisect_right(self._data_times, end_ns)
        low = max(bisect_left(self._data_times, start_ns), high - _MOST)
        return next((line for line in self._data[low:high] if line.data_start <= position < line.data_end), None)

    def acked_by(self, time_ns: int) -> int:
        """Return the highest acknowledgment that had come by ``time_ns``; 1 when there was none."""
        at = bisect_right(self._acks, time_ns) - 1
        return self._acked[at] if at >= 0 else 1


def _times(lines: Sequence[Line]) -> list[int]:
    return [line.arrived_ns for line in lines]
