"""The HTTP proxy for its administrator: keys as it stores them, ages, and what is removed everywhere."""

from __future__ import annotations

import asyncio

from whywire.apps.proxy.core import Proxy
from whywire.apps.proxy.managed import ManagedHttp
from whywire.apps.proxy.settings import ProxySettings
from whywire.apps.stores.memory import MemoryStore
from whywire.apps.stores.model import Entry


def test_what_it_says_of_a_proxy() -> None:
    async def work() -> None:
        proxy = Proxy(ProxySettings(origin="http://127.0.0.1:1"), MemoryStore())
        managed = ManagedHttp(proxy)
        assert managed.key_of("HTTP://A:80/X") == "http://a/X"
        assert managed.described(Entry("http://a/X", "", b"not ours", 0)) == {}
        assert set(managed.links()) == {"open", "kept", "opened", "reused", "retried", "failed"}
        changed: list[str] = []
        proxy.keeper.changed = changed.append
        writer = await managed.store.put("http://a/X", "", b"", 0)
        await writer.commit()
        assert await managed.delete("http://a/X") == 1
        assert changed == ["http://a/X"]
        assert await managed.clear() == 0
        await proxy.close()

    asyncio.run(work())
