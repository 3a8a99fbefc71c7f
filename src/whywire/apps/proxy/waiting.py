"""Concurrent questions for the same thing: one asks the origin, the others wait for its word. Knows no protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar

from whywire.apps.proxy.patience import Patience

Name = TypeVar("Name", bound=Hashable)
Word = TypeVar("Word")


class Waiting(Generic[Word]):
    """Those who wait for one answer. The leader says how it went, exactly once; `Crowd.leave` says it for him else."""

    def __init__(self) -> None:
        self.landed: asyncio.Future[Word] = asyncio.get_running_loop().create_future()
        self.followers = 0
        self.patience = Patience()
        """What the leader does for all of them: it ends when the last one has left."""
        self.answered = False
        """The leader's client has its answer, which is being stored: who comes now waits for the store alone."""

    def say(self, landed: Word) -> None:
        """Release the followers."""
        if not self.landed.done():
            self.landed.set_result(landed)

    async def wait(self) -> Word:
        """Wait for the leader's word."""
        self.followers += 1
        return await asyncio.shield(self.landed)


class Crowd(Generic[Name, Word]):
    """All who wait, by what they wait for. ``silence``: the word of a leader who leaves without one."""

    def __init__(self, silence: Word) -> None:
        self._silence = silence
        self._groups: dict[Name, Waiting[Word]] = {}

    def find(self, name: Name) -> Waiting[Word] | None:
        """Return the group of that name."""
        return self._groups.get(name)

    def lead(self, name: Name) -> Waiting[Word]:
        """Begin a group."""
        group: Waiting[Word] = Waiting()  # Waiting[Word]() would take three times as long
        self._groups[name] = group
        return group

    def leave(self, name: Name, group: Waiting[Word]) -> None:
        """End a group: later requests look into the store."""
        group.say(self._silence)
        if self._groups.get(name) is group:
            del self._groups[name]

    def all(self) -> list[Waiting[Word]]:
        """Return all groups."""
        return list(self._groups.values())

    def __len__(self) -> int:
        return len(self._groups)
