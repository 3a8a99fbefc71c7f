"""`Index`: the calls on one socket, so that what is asked of them for each packet does not walk over all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from whywire.base.records import Call
from whywire.connections.timeline import Timeline


class Index:
    """Calls in the order of the trace, by name, by time and by end; ``receiving`` are the names of those that read."""

    def __init__(self, calls: list[Call], receiving: frozenset[str]) -> None:
        self._calls = calls
        self._receiving = receiving
        self._chosen: dict[tuple[str, ...], list[Call]] = {}

    def named(self, names: tuple[str, ...]) -> list[Call]:
        """Return the calls of these names."""
        if names not in self._chosen:
            self._chosen[names] = [call for call in self._calls if call.name in names]
        return self._chosen[names]

    def received_before(self, time_ns: int) -> int:
        """Return how many bytes the receiving calls that ended by ``time_ns`` had taken."""
        ends, sums = self._taken
        return sums[bisect_right(ends, time_ns)]

    def ended_by(self, time_ns: int) -> Call | None:
        """Return the call that ended last by ``time_ns``; of several at once the first."""
        at = bisect_right(self._by_end, time_ns, key=lambda one: one[0]) - 1
        return self._calls[-self._by_end[at][1]] if at >= 0 else None

    @cached_property
    def by_time(self) -> Timeline:
        """All calls."""
        return Timeline(self._calls)

    @cached_property
    def receives(self) -> Timeline:
        """The receiving calls."""
        return Timeline(call for call in self._calls if call.name in self._receiving)

    @cached_property
    def stream_ends(self) -> list[Call]:
        """The receiving calls that returned the end of the stream."""
        return [call for call in self._calls if call.name in self._receiving and call.byte_count == 0
                and call.error is None and call.end_ns is not None]

    @cached_property
    def no_delay_ns(self) -> int | None:
        """When TCP_NODELAY was set first; None: it was not."""
        return min((call.start_ns for call in self.named(("setsockopt",)) if call.how == "TCP_NODELAY"
                    and not call.args.rstrip(") ").endswith(" 0")), default=None)

    @cached_property
    def _taken(self) -> tuple[list[int], list[int]]:
        took = sorted(_ends(call for call in self._calls
                            if call.name in self._receiving and "MSG_PEEK" not in call.args))
        return [end for end, _ in took], [0, *accumulate(count for _, count in took)]

    @cached_property
    def _by_end(self) -> list[tuple[int, int]]:
        return sorted((call.end_ns, -at) for at, call in enumerate(self._calls) if call.end_ns is not None)


def _ends(calls: Iterable[Call]) -> Iterable[tuple[int, int]]:
    """Yield when each call ended, and how many bytes it moved."""
    return ((call.end_ns, call.byte_count or 0) for call in calls if call.end_ns is not None)
