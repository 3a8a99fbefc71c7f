"""The calculator's answers in any of the stores: its small interface, on that of `whywire.apps.stores`."""

from __future__ import annotations

from whywire.apps.stores.model import Body, Store, TornError

_READ = 1 << 17
"""More than an answer has."""


class Kept:
    """A store of `whywire.apps.stores` as `whywire.apps.calc.proxy.Store`. An answer is an entry's body."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def open(self) -> None:
        """Begin. Raises WhywireError when the store can't be used at all."""
        await self.store.open()

    async def close(self) -> None:
        """End."""
        await self.store.close()

    async def get(self, key: str) -> bytes | None:
        """Return what was put last under ``key``; None: nothing (any more), or the store can't be reached."""
        for entry in await self.store.find(key):
            try:
                body = await self.store.body(entry)
            except TornError:
                continue
            try:
                return await _whole(body, entry.length)
            except TornError:
                continue
            finally:
                await body.close()
        return None

    async def put(self, key: str, value: bytes) -> None:
        """Keep ``value`` under ``key``, where the store can."""
        writer = await self.store.put(key, "", b"", len(value))
        if await writer.write(value):
            await writer.commit()
        else:
            await writer.abort()

    async def delete(self, key: str) -> None:
        """Forget what is under ``key``, if anything is."""
        await self.store.delete(key)


async def _whole(body: Body, length: int) -> bytes:
    found = b""
    while len(found) < length:
        found += await body.read(len(found), _READ)
    return found
