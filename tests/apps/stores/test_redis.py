"""A real server that goes away and comes back, and two proxies that share it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.apps.redis_server import RedisServer
from tests.apps.stores.test_model import keep, whole
from whywire.apps.stores.model import TornError
from whywire.apps.stores.owed import REMEMBERED
from whywire.apps.stores.redis import UNFINISHED, RedisStore


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


def test_a_body_that_was_never_named_goes_by_itself(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url)
        writer = await store.put("k", "", b"", None)
        assert await writer.write(b"x" * 300_000)
        # the process is killed here
        [name] = [name async for name in store.client.scan_iter(match="whywire:b:*")]
        assert 0 < await store.client.ttl(name) <= UNFINISHED
        await store.close()
    asyncio.run(test())


def test_a_removal_that_is_owed_outlives_the_process(server: RedisServer, tmp_path: Path) -> None:
    async def test() -> None:
        owed = tmp_path / "state" / "owed"
        before = RedisStore(server.url, timeout=0.5, retry=0.05, owed=owed)
        await keep(before, "a", b"old")
        await keep(before, "b", b"stays")
        before._away_until = float("inf")
        await before.delete("a")
        await before.close()  # as after a kill: nothing was made up for
        after = RedisStore(server.url, owed=owed)
        assert [len(await after.find(key)) for key in ("b", "a")] == [1, 0]
        assert not owed.exists()
        await after.close()
    asyncio.run(test())


def test_a_clear_that_fails_is_made_up_for(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url, timeout=0.5, retry=0.05)
        await keep(store, "a", b"old")
        pid = server.process.pid if server.process else 0
        os.kill(pid, signal.SIGSTOP)
        try:
            assert await store.clear() == 0
        finally:
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.1)
        assert await store.find("a") == []
        assert await store.client.keys("whywire:[kb]:*") == []
        await store.close()
    asyncio.run(test())


def test_a_server_without_memory_still_answers_what_it_has(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url)
        entry = await keep(store, "k", b"body")
        await store.client.config_set("maxmemory", 1)
        try:
            assert (await store.put("new", "", b"", None)).failed
            assert not store.away
            [found] = await store.find("k")
            assert await whole(await store.body(found), 4) == b"body"
            assert await store.delete("k") == 1
        finally:
            await store.client.config_set("maxmemory", 0)
        with pytest.raises(TornError):
            await store.body(entry)
        await keep(store, "new", b"x")
        await store.close()
    asyncio.run(test())


def test_memory_that_runs_out_in_the_middle_leaves_no_entry(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url)
        writer = await store.put("k", "", b"", None)
        assert await writer.write(b"x" * 300_000)
        await store.client.config_set("maxmemory", 1)
        try:
            assert not await writer.write(b"x" * 300_000)
            assert await writer.commit() is None
            assert await store.find("k") == []
            assert await store.client.keys("whywire:b:*") == []
        finally:
            await store.client.config_set("maxmemory", 0)
        await store.close()
    asyncio.run(test())


def test_what_a_read_only_replica_does_not_remove_is_not_read(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url, retry=0.05)
        await keep(store, "k", b"body")
        await keep(store, "other", b"body")
        await store.client.replicaof("127.0.0.1", "1")
        try:
            assert len(await store.find("k")) == 1
            assert (await store.put("new", "", b"", None)).failed
            assert await store.delete("k") == 0
            for _ in range(2):
                await asyncio.sleep(0.06)
                assert await store.find("k") == []
        finally:
            await store.client.replicaof("NO", "ONE")
        await asyncio.sleep(0.06)
        assert [len(await store.find(key)) for key in ("k", "other")] == [0, 1]
        await store.close()
    asyncio.run(test())


def test_a_wrong_password_passes_through_and_heals(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url, retry=0.05)
        await keep(store, "k", b"body")
        await store.client.config_set("requirepass", "secret")
        await store.client.connection_pool.disconnect()
        assert await store.find("k") == []
        assert (await store.put("new", "", b"", None)).failed
        assert not (await store.stats()).up
        knows = RedisStore(server.url.replace("unix://", "unix://:secret@"))
        await knows.client.config_set("requirepass", "")
        await knows.close()
        await asyncio.sleep(0.06)
        assert len(await store.find("k")) == 1
        await store.close()
    asyncio.run(test())


def test_connections_that_are_killed_are_replaced(server: RedisServer) -> None:
    async def test() -> None:
        store, other = RedisStore(server.url, retry=0.05), RedisStore(server.url)
        await keep(store, "k", b"body")
        for _ in range(3):
            await other.client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            await store.find("k")  # a miss at worst
            await asyncio.sleep(0.06)
            assert len(await store.find("k")) == 1
        await store.close()
        await other.close()
    asyncio.run(test())


def test_entries_are_counted_by_their_number_of_variants(server: RedisServer) -> None:
    async def test() -> None:
        store = RedisStore(server.url)
        for key, variant in (("a", ""), ("a", "v"), ("b", "")):
            await keep(store, key, b"x", variant)
        assert (await store.stats()).entries == 3
        await store.close()
    asyncio.run(test())
