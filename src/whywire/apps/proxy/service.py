"""The proxy with what stands beside it while it runs: its administrator's address, and somebody who sweeps."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.proxy.core import Proxy
from whywire.apps.proxy.managed import ManagedHttp
from whywire.apps.proxy.side import SideDoor
from whywire.base.errors import WhywireError

SWEEP = 5.0
PATIENCE_OF_GC = 10_000, 20, 100
"""What is stored stays for long, and no cycle holds it: with its usual thresholds (700, 10, 10) the collector walks
over all of that again and again, which is a third of the time of a first hit."""


class Service:
    """The app that the door serves. It may be opened more than once, as a reload does, and closes with the last."""

    def __init__(self, proxy: Proxy, admin: str = "") -> None:
        self.proxy = proxy
        self._side = SideDoor(ManagedHttp(proxy), admin)
        self._opened = 0
        self._sweeper: asyncio.Task[None] | None = None
        self._hot = proxy.hot.answer
        self._thresholds = gc.get_threshold()

    @property
    def quick(self) -> Callable[[bytes, bytes, HeadFacts], bytes | None]:
        """The proxy's quick path itself, without a step in between."""
        return self._hot

    @property
    def prompt(self) -> Callable[[Request, HeadFacts, Reply], bool] | None:
        """The proxy's way to answer without a task, where it has one."""
        return self.proxy.prompt

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer a request."""
        await self.proxy.answer(request, reply)

    async def open(self) -> None:
        """Open the store and the administrator's address. Raises WhywireError."""
        self._opened += 1
        if self._opened > 1:
            return
        await self.proxy.open()
        try:
            await self._side.open()
        except WhywireError:
            await self.proxy.close()
            raise
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())
        self._thresholds = gc.get_threshold()
        gc.set_threshold(*PATIENCE_OF_GC)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            self.proxy.origins.sweep()

    async def close(self) -> None:
        """Close everything, with the last of those who opened it."""
        self._opened -= 1
        if self._opened:
            return
        if self._sweeper is not None:
            gc.set_threshold(*self._thresholds)
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await self._side.close()
        await self.proxy.close()
