"""Stats, entries, metrics and purge, asked of a proxy that has answered something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.apps.proxy.bench import ProxyBench, bench
from tests.apps.proxy.origin import always
from tests.apps.proxy.test_service import ask, get, post, run
from whywire.apps.proxy.service import Service
from whywire.apps.stores.model import Stats


async def fill(service: Service, *keys: str) -> None:
    for key in keys:
        writer = await service.proxy.keeper.store.put(key, "", b"no record of ours", 4)
        await writer.write(b"body")
        await writer.commit()


def test_what_is_kept_is_listed_and_purged(tmp_path: Path) -> None:
    where = str(tmp_path / "own" / "s")

    async def test(service: Service) -> None:
        await fill(service, "http://a/1", "http://a/2", "http://a/21", "http://b/1")
        status, found = await ask(where, get("/entries?prefix=http://a/2"))
        assert isinstance(found, list)
        assert sorted(one["url"] for one in found) == ["http://a/2", "http://a/21"]
        assert await ask(where, post({"url": "http://A:80/1"})) == (200, {"removed": 1})
        assert await ask(where, post({"url": "http://a/1"})) == (200, {"removed": 0})
        assert await ask(where, post({"prefix": "http://a/"})) == (200, {"removed": 2})
        assert await ask(where, post({"all": True})) == (200, {"removed": 1})
        assert (await ask(where, get("/entries")))[1] == []
        assert status == 200
    run(where, test)


@pytest.mark.parametrize(("request_", "status"), [
    (get("/"), 404), (get("/purge"), 405), ("POST /stats HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405),
    (get("/entries?limit=0"), 400), (get("/entries?limit=x"), 400), (post({}), 400), (post([]), 400),
    (post({"url": 1}), 400), (post({"prefix": ""}), 400), (post({"all": 1}), 400),
    (post({"all": True, "url": "x"}), 400),
])
def test_what_can_not_be_followed_is_refused_with_a_reason(tmp_path: Path, request_: str, status: int) -> None:
    where = str(tmp_path / "own" / "s")

    async def test(service: Service) -> None:
        await fill(service, "http://a/1")
        got, said = await ask(where, request_)
        assert got == status
        assert isinstance(said, dict)
        assert said["error"]
        assert len(await service.proxy.keeper.store.entries()) == 1
    run(where, test)


def test_a_store_that_is_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = str(tmp_path / "own" / "s")

    async def test(service: Service) -> None:
        store = service.proxy.keeper.store
        up = await store.stats()

        async def stats() -> Stats:
            return replace(up, up=False)
        monkeypatch.setattr(store, "stats", stats)
        assert await ask(where, post({"url": "http://a/1"})) == (200, {"removed": 0, "later": True})
        assert await ask(where, post({"all": True})) == (200, {"removed": 0, "later": True})
        status, said = await ask(where, post({"prefix": "http://a/"}))
        assert status == 503
        assert isinstance(said, dict)
        assert "nothing was removed" in said["error"]
    run(where, test)


def test_stats_and_metrics_count_the_same(tmp_path: Path) -> None:
    where = str(tmp_path / "own" / "s")

    async def test(service: Service) -> None:
        service.proxy.counts.hits = 7
        await fill(service, "http://a/1")
        _, stats = await ask(where, get("/stats"))
        assert isinstance(stats, dict)
        assert (stats["requests"]["hits"], stats["store"]["entries"], stats["origin"]["open"]) == (7, 1, 0)
        _, text = await ask(where, get("/metrics"))
        assert isinstance(text, str)
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        assert values["whywire_proxy_hits_total"] == "7"
        assert values["whywire_proxy_store_entries"] == "1"
        assert values["whywire_proxy_store_up"] == "1"
        assert all(f"# TYPE {name} " in text for name in values)
    run(where, test)


def test_the_public_address_answers_no_administrator() -> None:
    import asyncio

    async def whole() -> None:
        async with bench(always(b"from the origin")) as at:
            await look(at)
    asyncio.run(whole())


async def look(at: ProxyBench) -> None:
    for path in ("/stats", "/metrics", "/entries"):
        assert (await at.get(path)).body == b"from the origin"
    assert (await at.get("/purge", method="POST")).body == b"from the origin"
    assert (await at.get("/stats", method="PURGE")).body == b"from the origin"
