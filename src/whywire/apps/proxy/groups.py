"""Concurrent requests for the same thing: one asks the origin, the others wait for the head of its answer.

With the head they know: the answer may be stored, then they follow its flight; it only confirmed what is stored, then
they look there again; or it is nobody else's business, and they ask for themselves, all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from whywire.apps.cache import Stored
from whywire.apps.proxy.fields import Fields
from whywire.apps.proxy.flight import Flight
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.waiting import Crowd, Waiting


@dataclass(frozen=True, slots=True)
class Landed:
    """What the head said. ``flight`` with what is being stored; ``again``: look into the store once more."""

    flight: Flight | None = None
    stored: Stored | None = None
    again: bool = False
    error: UpstreamError | None = None


Group: TypeAlias = Waiting[Landed]


class Groups(Crowd[tuple[str, Fields], Landed]):
    """All groups, by key; below one, by the request fields that the answer was seen to vary on."""

    def __init__(self) -> None:
        super().__init__(Landed())
