"""Waiting on behalf of clients: it ends with the last of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType

from whywire.apps.http.app import ClientGone, Reply


class Patience:
    """What a task awaits inside is broken off when the last client has left: `ClientGone` is raised there.

    One for each thing that is waited for. Whoever waits joins, and leaves when the answer is no longer wanted.
    """

    __slots__ = ("_cancelling", "_task", "ended", "over", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        """Clients."""
        self.over = False
        self.ended: Callable[[], object] | None = None
        """Called when it is over, where no task waits."""
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0

    def join(self, reply: Reply | None) -> None:
        """Wait for the client of ``reply``; None: for nobody in particular, but to the end."""
        self.waiting += 1
        if reply is not None:
            reply.watch(self.leave)

    def leave(self) -> None:
        """One client less."""
        self.waiting -= 1
        if not self.waiting:
            self.over = True
            if self._task is not None:
                self._task.cancel()
            elif self.ended is not None:
                self.ended()

    def __enter__(self) -> Patience:
        if self.over:
            raise ClientGone
        self._task = asyncio.current_task()
        self._cancelling = 0 if self._task is None else self._task.cancelling()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        task, self._task = self._task, None
        if self.over and task is not None and task.uncancel() <= self._cancelling:
            raise ClientGone from error
