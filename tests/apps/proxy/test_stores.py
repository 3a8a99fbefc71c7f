"""The proxy over each store: kept across a restart, a lost server, a full disk, bodies that rot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.apps.proxy.bench import ProxyBench, bench, run
from tests.apps.proxy.origin import Visit, always
from tests.apps.redis_server import RedisServer
from whywire.apps.stores.disk import DiskStore
from whywire.apps.stores.redis import RedisStore

BIG = bytes(range(256)) * 4000


def test_what_is_on_disk_is_a_hit_after_a_restart(tmp_path: Path) -> None:
    async def whole() -> None:
        async with bench(always(BIG), store=DiskStore(tmp_path / "cache")) as at:
            assert (await at.get("/x")).body == BIG
        async with bench(always(b"other"), store=DiskStore(tmp_path / "cache")) as at:
            for _ in range(2):
                got = await at.get("/x")
                assert (got.body == BIG, got.whole) == (True, True)
                assert "; hit" in (got.get("cache-status") or "")
            assert at.origin.heads == []
    asyncio.run(whole())


@pytest.mark.parametrize("at_byte", [10, 500_000])
def test_a_rotten_body_is_never_given_out_as_whole(tmp_path: Path, at_byte: int) -> None:
    async def test(at: ProxyBench) -> None:
        assert (await at.get("/x")).body == BIG
        [path] = (tmp_path / "cache" / "bodies").glob("*/*")
        with path.open("r+b") as file:
            file.seek(at_byte)
            file.write(b"rot")
        got = await at.get("/x")
        assert b"rot" not in got.body
        assert BIG.startswith(got.body)
        assert (await at.get("/x")).body == BIG
        assert len(at.origin.heads) == 2
    run(always(BIG), test, store=lambda: DiskStore(tmp_path / "cache"))


def test_many_followers_of_a_large_answer_on_disk(tmp_path: Path) -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send(f"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: {len(BIG) * 4}\r\n\r\n")
        for _ in range(4):
            await visit.send(BIG)
            await asyncio.sleep(0.02)

    async def test(at: ProxyBench) -> None:
        got = await asyncio.gather(*(at.get("/x") for _ in range(20)))
        assert {one.body == BIG * 4 for one in got} == {True}
        assert len(at.origin.heads) == 1
        slow = await at.connect()
        await slow.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await slow.answer()).body == BIG * 4
        slow.close()
    run(answer, test, store=lambda: DiskStore(tmp_path / "cache"))


def test_two_proxies_share_redis_and_its_loss_passes_through_and_heals(server: RedisServer) -> None:
    def store() -> RedisStore:
        return RedisStore(server.url, timeout=0.5, retry=0.1)

    async def whole() -> None:
        async with bench(always(BIG), store=store()) as one, bench(always(b"other"), store=store()) as two:
            assert (await one.get("/x")).body == BIG
            got = await two.get("/x")
            assert (got.body == BIG, two.origin.heads) == (True, [])
            server.stop()
            one.proxy.hot.clear()
            for _ in range(3):
                assert (await one.get("/x")).body == BIG
                assert (await two.get("/y")).body == b"other"
            server.start()
            await asyncio.sleep(0.15)
            await one.get("/z")
            before = len(one.origin.heads)
            assert (await one.get("/z")).body == BIG
            assert (await two.get("/z")).body == BIG
            assert len(one.origin.heads) == before
    asyncio.run(whole())


def test_an_unsafe_method_during_the_loss_is_not_forgotten(server: RedisServer) -> None:
    async def whole() -> None:
        store = RedisStore(server.url, timeout=0.5, retry=0.1)
        async with bench(always(b"first"), store=store) as at:
            await at.get("/x")
            store._away_until = float("inf")
            await at.get("/x", method="PUT")
            store._away_until = 0
            before = len(at.origin.heads)
            await at.get("/x")
            assert len(at.origin.heads) == before + 1
    asyncio.run(whole())


@pytest.mark.parametrize(("trouble", "remedy"), [
    (("config", "set", "maxmemory", "1"), ("config", "set", "maxmemory", "0")),
    (("replicaof", "127.0.0.1", "1"), ("replicaof", "no", "one")),
])
def test_a_redis_that_takes_nothing_still_gives(server: RedisServer, trouble: tuple[str, ...],
                                                remedy: tuple[str, ...]) -> None:
    async def whole() -> None:
        store = RedisStore(server.url, retry=0.05)
        async with bench(always(BIG), store=store) as at:
            await at.get("/kept")
            await store.client.execute_command(*trouble)
            try:
                for _ in range(2):
                    at.proxy.hot.clear()
                    assert "; hit" in ((await at.get("/kept")).get("cache-status") or "")
                    got = await at.get("/new")
                    assert (got.status, got.whole, got.body == BIG) == (200, True, True)
                assert len(at.origin.heads) == 3
            finally:
                await store.client.execute_command(*remedy)
            await at.get("/new")
            assert "; hit" in ((await at.get("/new")).get("cache-status") or "")
    asyncio.run(whole())
