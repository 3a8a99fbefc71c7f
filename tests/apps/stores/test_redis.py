"""A real server that goes away and comes back, and two proxies that share it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.apps.stores.conftest import RedisServer
from tests.apps.stores.test_model import keep, whole
from whywire.apps.stores.model import TornError
from whywire.apps.stores.redis import REMEMBERED, RedisStore


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with TemporaryDirectory(prefix="ww") as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()


def test_loss_passes_through_and_heals(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url, timeout=0.5, retry=0.1)
        entry = await keep(store, "k", b"body")
        open_writer = await store.put("late", "", b"", None)
        server.stop()
        assert await store.find("k") == []
        assert store.away
        with pytest.raises(TornError):
            await store.body(entry)
        assert (await store.put("other", "", b"", None)).failed
        await open_writer.write(b"x")
        assert await open_writer.commit() is None
        assert not (await store.stats()).up
        server.start()
        await asyncio.sleep(0.15)
        await keep(store, "k", b"again")
        [found] = await store.find("k")
        assert await whole(await store.body(found), 5) == b"again"
        assert (await store.stats()).up
        await store.close()
    asyncio.run(test())


@pytest.mark.parametrize("removals", [1, REMEMBERED + 1])
def test_a_removal_during_the_loss_is_done_before_anything_is_read_again(server: RedisServer, removals: int) -> None:
    async def test() -> None:
        mine = RedisStore(server.url, timeout=0.5, retry=0.05)
        theirs = RedisStore(server.url)
        await keep(mine, "k0", b"old")
        mine._away_until = float("inf")  # this proxy alone can't reach the server
        for number in range(removals):
            assert await mine.delete(f"k{number}") == 0
        assert await mine.find("k0") == []
        assert len(await theirs.find("k0")) == 1
        mine._away_until = 0
        assert await mine.find("k0") == []
        assert await theirs.find("k0") == []
        await mine.close()
        await theirs.close()
    asyncio.run(test())


def test_two_proxies_share_what_one_of_them_stored_and_removed(server: RedisServer) -> None:
    async def test() -> None:
        one, other = RedisStore(server.url), RedisStore(server.url)
        await keep(one, "k", b"shared" * 100_000, "v", b"meta")
        [found] = await other.find("k")
        assert (found.variant, found.meta) == ("v", b"meta")
        assert await whole(await other.body(found), 600_000) == b"shared" * 100_000
        assert await other.delete("k") == 1
        assert await one.find("k") == []
        await one.close()
        await other.close()
    asyncio.run(test())


@pytest.mark.parametrize("damage", ["gone", "short", "other"])
def test_a_body_that_the_server_lost_or_changed_is_a_miss(server: RedisServer, damage: str) -> None:
    async def test() -> None:
        store = RedisStore(server.url)
        entry = await keep(store, "k", b"abcdef")
        name = store.body_name(entry.ident.number)
        if damage == "gone":
            await store.client.delete(name)
        else:
            await store.client.set(name, b"abc" if damage == "short" else b"abcdeg")
        with pytest.raises(TornError):
            await store.body(entry)
        assert await store.find("k") == []
        await store.close()
    asyncio.run(test())


def test_nothing_but_the_committed_stays_behind(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url, prefix="p:")
        await keep(store, "k", b"1")
        await keep(store, "k", b"2")
        begun = await store.put("k", "", b"", None)
        await begun.write(b"x" * 300_000)
        await begun.abort()
        names = sorted([name.decode() async for name in store.client.scan_iter()])
        assert [name.split(":")[1] for name in names] == ["b", "k", "n"]
        assert await store.client.ttl(names[0]) > 600
        await store.close()
    asyncio.run(test())
