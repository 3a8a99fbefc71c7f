"""Concurrent requests for the same thing: one asks the origin, the others wait for the head of its answer.

With the head they know: the answer may be stored, then they follow its flight; it only confirmed what is stored, then
they look there again; or it is nobody else's business, and they ask for themselves, all at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from whywire.apps.cache import Stored
from whywire.apps.proxy.fields import Fields
from whywire.apps.proxy.flight import Flight
from whywire.apps.proxy.trouble import UpstreamError


@dataclass(frozen=True, slots=True)
class Landed:
    """What the head said. ``flight`` with what is being stored; ``again``: look into the store once more."""

    flight: Flight | None = None
    stored: Stored | None = None
    again: bool = False
    error: UpstreamError | None = None


class Group:
    """Those who wait for one answer. The leader says how it went, exactly once; `Groups.leave` says it for him else."""

    def __init__(self) -> None:
        self.landed: asyncio.Future[Landed] = asyncio.get_running_loop().create_future()
        self.followers = 0
        self.answered = False
        """The leader's client has its answer, which is being stored: who comes now waits for the store alone."""

    def say(self, landed: Landed) -> None:
        """Release the followers."""
        if not self.landed.done():
            self.landed.set_result(landed)

    async def wait(self) -> Landed:
        """Wait for the leader's word."""
        self.followers += 1
        return await asyncio.shield(self.landed)


class Groups:
    """All groups, by key; below one, by the request fields that the answer was seen to vary on."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, Fields], Group] = {}

    def find(self, name: tuple[str, Fields]) -> Group | None:
        """Return the group of that name."""
        return self._groups.get(name)

    def lead(self, name: tuple[str, Fields]) -> Group:
        """Begin a group."""
        group = self._groups[name] = Group()
        return group

    def leave(self, name: tuple[str, Fields], group: Group) -> None:
        """End a group: later requests look into the store."""
        group.say(Landed())
        if self._groups.get(name) is group:
            del self._groups[name]

    def __len__(self) -> int:
        return len(self._groups)
