"""The HTTP proxy as its administrator sees it."""

from __future__ import annotations

from typing import Any

from whywire.apps import cache
from whywire.apps.proxy.core import Proxy
from whywire.apps.stores.model import Entry


class ManagedHttp:
    """An HTTP proxy as a `whywire.apps.proxy.admin.Managed`."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.store = proxy.keeper.store
        self.counts = proxy.counts

    def links(self) -> dict[str, int]:
        """Return what there is to count about connections to origins."""
        origins = self._proxy.origins
        return {"open": origins.open_links, "kept": origins.kept, "opened": origins.opened, "reused": origins.reused,
                "retried": origins.retried, "failed": origins.failed}

    def key_of(self, url: str) -> str:
        """Return the key of a URL."""
        return cache.key(url)

    def described(self, entry: Entry) -> dict[str, Any]:
        """Return status, age and freshness of a stored response."""
        stored = entry.scratch or cache.unpack(entry.meta)
        if stored is None:
            return {}
        now = self._proxy.keeper.now()
        return {"status": stored.status, "age": int(stored.age(now)), "fresh_for": int(stored.fresh_until - now)}

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove what is stored below a key, and what is prepared of it."""
        return await self._proxy.keeper.delete(key, variant)

    async def clear(self) -> int:
        """Remove all."""
        removed = await self._proxy.keeper.store.clear()
        self._proxy.hot.clear()
        return removed
