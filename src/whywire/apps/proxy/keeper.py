"""Between the cache engine, which decides, and the store, which keeps: entries with their metadata, and the clock."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from whywire.apps.cache import Outcome, Stored, pack, unpack
from whywire.apps.stores.model import Body, Entry, Store, TornError, Writer

UNSTORABLE_FOR = 120.0
UNSTORABLE_AT_MOST = 10_000
INVALIDATED_AT_MOST = 10_000


@dataclass(slots=True)
class Found:
    """What is stored for a key: the engine's records, and the store's beside them."""

    stored: list[Stored]
    entries: list[Entry]

    def entry(self, stored: Stored) -> Entry | None:
        """Return the store's record of ``stored``."""
        for mine, entry in zip(self.stored, self.entries, strict=True):
            if mine is stored:
                return entry
        for mine, entry in zip(self.stored, self.entries, strict=True):
            if mine.variant == stored.variant:
                return entry
        return None


class Keeper:
    """The store as the engine sees it. ``now`` never goes backwards."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._start = time.time() - time.monotonic()
        self.changed: Callable[[str], object] = str
        """Called with the key below which something changed."""
        self._unstorable: OrderedDict[str, float] = OrderedDict()
        self._invalidated: OrderedDict[str, float] = OrderedDict()

    def now(self) -> float:
        """Return seconds since 1970, by a clock that nobody sets back."""
        return self._start + time.monotonic()

    async def find(self, key: str) -> Found:
        """Return what is stored for ``key``; records of another version are left out."""
        found = Found([], [])
        for entry in await self.store.find(key):
            if entry.scratch is None:
                entry.scratch = unpack(entry.meta)
            if entry.scratch is not None:
                found.stored.append(entry.scratch)
                found.entries.append(entry)
        return found

    async def body(self, found: Found, stored: Stored) -> Body | None:
        """Open the body of ``stored``; None when it is gone, and then the entry is too."""
        entry = found.entry(stored)
        if entry is None:
            return None
        try:
            return await self.store.body(entry)
        except TornError:
            await self.lose(found, stored)
            return None

    async def lose(self, found: Found, stored: Stored) -> None:
        """Remove ``stored``: a part of its body is gone."""
        entry = found.entry(stored)
        if entry is not None:
            await self.delete(entry.key, entry.variant)

    async def settle(self, key: str, found: Found, outcome: Outcome) -> None:
        """Do what an answer of the origin asks for, but for storing its own body."""
        if outcome.updates or outcome.remove:
            self.changed(key)
        for old, new in outcome.updates:
            entry = found.entry(old)
            fresh = None if entry is None else await self.store.update(entry, pack(new))
            if entry is not None and fresh is not None:
                fresh.scratch = new
                at = found.entries.index(entry)
                found.stored[at], found.entries[at] = new, fresh
        for gone in outcome.remove:
            entry = found.entry(gone)
            await self.delete(key, gone.variant if entry is None else entry.variant)
        for mine, entry in zip(found.stored, found.entries, strict=True):
            # a 304 that changed Vary left it below the name that it had before
            if outcome.store is not None and mine.variant == outcome.store.variant != entry.variant:
                await self.delete(key, entry.variant)
        for other in outcome.invalidate:
            await self.invalidate(other)

    async def invalidate(self, key: str) -> None:
        """Remove what is stored below ``key``, and what was asked for before this moment (RFC 9111 section 4.4)."""
        self._invalidated[key] = self.now()
        self._invalidated.move_to_end(key)
        if len(self._invalidated) > INVALIDATED_AT_MOST:
            self._invalidated.popitem(last=False)
        await self.delete(key)

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove one variant, or all of a key."""
        count = await self.store.delete(key, variant)
        self.changed(key)
        return count

    async def begin(self, key: str, stored: Stored, length: int | None) -> Writer | None:
        """Begin to store a body; None when the store will not have it."""
        writer = await self.store.put(key, stored.variant, b"", length)  # its meta comes with the commit
        if writer.failed:
            return None
        writer.key = key
        return writer

    async def commit(self, writer: Writer, stored: Stored) -> Entry | None:
        """Make a body visible; ``stored`` has its length by now. None: not stored, and the caller aborts.

        What was asked for before its key became invalid may show the state before that (RFC 9111 section 4.4).
        """
        if self._invalidated.get(writer.key, -1.0) >= stored.request_time:
            return None
        entry = await writer.commit(b"" if self.store.keeps_scratch else pack(stored))
        if entry is not None:
            entry.scratch = stored
            self.changed(entry.key)
        return entry

    def keep(self, key: str, stored: Stored, content: bytes) -> None:
        """Store a whole body at once, where `Store.has` can tell so."""
        if self._invalidated.get(key, -1.0) >= stored.request_time:
            return
        entry = self.store.keep(key, stored.variant, content)
        if entry is not None:
            entry.scratch = stored
            self.changed(key)

    # ---- what was not stored last time ----

    def note(self, key: str, *, storable: bool) -> None:
        """Remember whether the last answer for ``key`` might be stored: nobody should wait for one that may not."""
        if storable:
            self._unstorable.pop(key, None)
            return
        self._unstorable[key] = self.now() + UNSTORABLE_FOR
        self._unstorable.move_to_end(key)
        if len(self._unstorable) > UNSTORABLE_AT_MOST:
            self._unstorable.popitem(last=False)

    def is_unstorable(self, key: str) -> bool:
        """Tell whether the last answer for ``key``, not long ago, might not be stored."""
        until = self._unstorable.get(key)
        return until is not None and until > self.now()


def sized(stored: Stored, length: int | None) -> Stored:
    """Return ``stored`` with the length that its body will have, for a look at it before it is there."""
    return stored if length is None else replace(stored, length=length)
