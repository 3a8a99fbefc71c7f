"""The memory store is bounded, whatever is put into it."""

from __future__ import annotations

import asyncio

from tests.apps.stores.test_model import keep
from whywire.apps.stores.memory import OVERHEAD, MemoryStore


def test_the_least_recently_used_goes_first() -> None:
    async def test() -> None:
        store = MemoryStore(10 * (OVERHEAD + 1100), 5000)
        for number in range(10):
            await keep(store, f"k{number}", b"x" * 1000)
        await store.find("k0")
        kept = [entry.key for entry in await store.entries()]
        await keep(store, "more", b"x" * 1000)
        assert [bool(await store.find(f"k{number}")) for number in range(2)] == [True, False]
        assert len(kept) == 10
        stats = await store.stats()
        assert stats.evicted == 1
        assert stats.size <= stats.limit
    asyncio.run(test())


def test_empty_bodies_and_records_count_too() -> None:
    async def test() -> None:
        store = MemoryStore(100_000)
        for number in range(1000):
            await keep(store, f"k{number}", b"", meta=b"m" * 500)
        stats = await store.stats()
        assert stats.size <= 100_000
        assert 0 < stats.entries <= 100_000 // (OVERHEAD + 500)
    asyncio.run(test())


def test_bodies_that_are_being_written_push_others_out() -> None:
    async def test() -> None:
        store = MemoryStore(100_000, 90_000)
        await keep(store, "old", b"x" * 50_000)
        writer = await store.put("new", "", b"", None)
        await writer.write(b"x" * 80_000)
        assert await store.find("old") == []
        await writer.abort()
        assert (await store.stats()).size == 0
    asyncio.run(test())


def test_an_entry_knows_that_it_is_gone() -> None:
    async def test() -> None:
        store = MemoryStore()
        first = await keep(store, "k", b"1")
        second = await keep(store, "k", b"2")
        assert (first.alive, second.alive) == (False, True)
        await store.delete("k")
        assert not second.alive
        store.touch(second)
    asyncio.run(test())


def test_a_peek_shows_the_only_entry_of_a_key() -> None:
    async def test() -> None:
        store = MemoryStore(100_000)
        assert store.peek("k") == (None, None)
        await keep(store, "k", b"body")
        entry, body = store.peek("k")
        assert (entry, body) == ((await store.find("k"))[0], b"body")
        await keep(store, "k", b"other", "v")
        assert store.peek("k") == (None, None)
    asyncio.run(test())


def test_what_is_kept_at_once_is_there_and_bounded() -> None:
    async def test() -> None:
        store = MemoryStore(10_000, 2000)
        assert not store.has("k")
        entry = store.keep("k", "v", b"hello")
        assert entry is not None and store.has("k")
        assert await (await store.body(entry)).read(0, 10) == b"hello"
        assert [one.variant for one in await store.find("k")] == ["v"]
        assert store.keep("large", "", b"x" * 2001) is None
        for number in range(20):
            store.keep(f"k{number}", "", b"x" * 1000)
        assert (await store.stats()).size <= 10_000
        assert not entry.alive
    asyncio.run(test())
