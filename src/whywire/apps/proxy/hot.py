"""The quick path: plain hits from prepared bytes, of which only Age and what follows from it change, once a second."""

from __future__ import annotations

from whywire.apps import cache
from whywire.apps.http.app import HeadFacts
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.counts import Counts
from whywire.apps.proxy.keeper import Found, Keeper
from whywire.apps.proxy.place import Place
from whywire.apps.proxy.settings import ProxySettings


class Hot:
    """Prepared answers by host and target."""

    def __init__(self, keeper: Keeper, counts: Counts, settings: ProxySettings, origin: Place | None) -> None:
        self._keeper, self._counts, self._settings, self._origin = keeper, counts, settings, origin

    def answer(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:
        """Return the whole answer, or None."""
        return None

    async def warm(self, asking: Asking, found: Found, answer: cache.Answer) -> None:
        """Prepare what was a hit just now for the next time."""
