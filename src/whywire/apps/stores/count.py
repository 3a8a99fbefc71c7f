"""A number that is dear to find out: found out in the background, for at most a hundredth of the time."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

REST = 100
"""After a count this many times as long as it took nobody counts again."""
PATIENCE = 0.25
"""Seconds that whoever asks waits for a count: enough for a small store, whose number is thus always a fresh one."""
FIRST = 5.0
"""The same while nothing was counted before: a late number is better than none."""


class Count:
    """The number that ``find_out`` returned last; None from it leaves the one before."""

    def __init__(self, find_out: Callable[[], Awaitable[int | None]],
                 clock: Callable[[], float] = time.monotonic, first: float = FIRST) -> None:
        self._find_out, self._clock, self._patience = find_out, clock, first
        self._last, self._next = 0, -math.inf
        self._task: asyncio.Task[None] | None = None

    async def now(self) -> int:
        """Return the number; the one before where a new one takes long."""
        if self._task is None and self._clock() >= self._next:
            self._task = asyncio.create_task(self._go())
        if self._task is not None:
            await asyncio.wait((self._task,), timeout=self._patience)
        return self._last

    async def _go(self) -> None:
        began = self._clock()
        try:
            found = await self._find_out()
            if found is not None:
                self._last, self._patience = found, PATIENCE
        finally:
            self._next = self._clock() + REST * (self._clock() - began)
            self._task = None

    async def stop(self) -> None:
        """Count no further."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
