"""The quick path gives the bytes that the full path would give, and only as long as it would."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.apps.proxy.bench import Client, ProxyBench, run
from tests.apps.proxy.origin import Visit, always
from whywire.apps.stores.disk import DiskStore
from whywire.apps.stores.memory import MemoryStore


class Watched:
    """Counts how often the quick path answered."""

    def __init__(self, at: ProxyBench) -> None:
        self.quick = 0
        inner = at.proxy.hot.answer

        def answer(*arguments: object) -> bytes | None:
            found = inner(*arguments)  # type: ignore[arg-type]
            self.quick += found is not None
            return found
        at.proxy.hot.answer = answer  # type: ignore[method-assign]


async def ask(client: Client, *fields: str, target: str = "/x", method: str = "GET"):  # type: ignore[no-untyped-def]
    await client.send("\r\n".join((f"{method} {target} HTTP/1.1", "Host: a", *fields, "", "")))
    return await client.answer(method)


def test_a_second_hit_is_quick_and_says_the_same() -> None:
    async def test(at: ProxyBench) -> None:
        watched = Watched(at)
        client = await at.connect()
        answers = [await ask(client) for _ in range(5)]
        assert watched.quick >= 3
        full, quick = answers[1], answers[-1]
        assert dict(quick.headers) == dict(full.headers)
        assert (quick.status, quick.body, quick.whole) == (200, b"hello", True)
        head = await ask(client, method="HEAD")
        assert (head.body, head.get("content-length")) == (b"", "5")
        assert at.proxy.counts.hits == 5
        assert quick.get("x-rate") == "50%d %s%%"
        client.close()
    run(always(fields="Cache-Control: max-age=60\r\nX-Rate: 50%d %s%%\r\n"), test)


def test_once_a_host_is_known_the_first_hit_is_quick_and_says_the_same() -> None:
    async def test(at: ProxyBench) -> None:
        watched = Watched(at)
        client = await at.connect()
        full = [await ask(client) for _ in range(2)][1]
        before = watched.quick
        missed, quick = [await ask(client, target="/y") for _ in range(2)]
        assert watched.quick == before + 1
        assert "fwd=uri-miss" in (missed.get("cache-status") or "")
        assert "whywire; hit; ttl=" in (quick.get("cache-status") or "")
        assert dict(quick.headers).keys() == dict(full.headers).keys()
        assert (quick.status, quick.body, quick.whole) == (200, b"hello", True)
        client.close()
    run(always(fields="Cache-Control: max-age=60\r\n"), test)


@pytest.mark.parametrize("fields", ["Cache-Control: max-age=60\r\nVary: X-A\r\n",
                                    "Cache-Control: max-age=0\r\nEtag: 1\r\n",
                                    "Cache-Control: no-cache\r\nEtag: 1\r\n"])
def test_the_first_hit_is_not_quick_where_something_has_to_be_decided(fields: str) -> None:
    async def answer(visit: Visit) -> None:
        while True:
            first = (await visit.head()).startswith("GET /x ")
            await visit.ok(b"hello", "Cache-Control: max-age=60\r\n" if first else fields, "200 OK")

    async def test(at: ProxyBench) -> None:
        watched = Watched(at)
        client = await at.connect()
        for _ in range(3):
            await ask(client)
        await ask(client, target="/y")
        before = watched.quick
        await ask(client, target="/y")
        assert watched.quick == before > 0
        client.close()
    run(answer, test)


def test_age_goes_on_and_freshness_ends() -> None:
    async def test(at: ProxyBench) -> None:
        watched = Watched(at)
        client = await at.connect()
        ages, end = [], time.monotonic() + 2.3
        while time.monotonic() < end:
            got = await ask(client)
            ages.append(int(got.get("age") or 0))
            await asyncio.sleep(0.05)
        assert sorted(set(ages)) in ([0, 1], [0, 1, 2])
        assert len(at.origin.heads) == 2
        assert watched.quick > 20
        client.close()
    run(always(fields="Cache-Control: max-age=2\r\n"), test)


@pytest.mark.parametrize("field", ["Cache-Control: no-cache", "Pragma: no-cache", 'If-None-Match: "a"',
                                   "Range: bytes=0-1"])
def test_fields_that_have_a_say_take_the_full_path(field: str) -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        for _ in range(4):
            await ask(client)
        watched = Watched(at)
        await ask(client, field)
        await ask(client, field)
        assert watched.quick == 0
        client.close()
    run(always(fields='Cache-Control: max-age=60\r\nETag: "a"\r\n'), test)


def test_variants_are_told_apart() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            language = "de" if "accept-language: de" in head else "en"
            await visit.ok(language.encode(), "Vary: Accept-Language\r\nCache-Control: max-age=60\r\n")

    async def test(at: ProxyBench) -> None:
        watched = Watched(at)
        client = await at.connect()
        for wish, expected in [("de", b"de"), ("en", b"en"), ("fr", b"en")] * 5:
            assert (await ask(client, f"Accept-Language: {wish}")).body == expected
        assert (await ask(client)).body == b"en"
        assert watched.quick >= 6
        assert len(at.origin.heads) == 4
        client.close()
    run(answer, test)


def test_hosts_are_told_apart() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            await visit.ok(head.split("host: ")[1].split("\r\n")[0].encode())

    async def test(at: ProxyBench) -> None:
        for _ in range(4):
            for host in ("a", "b", "A", "a:8080"):
                assert (await at.get("/x", host=host)).body == host.lower().encode()
        assert len(at.origin.heads) == 3
    run(answer, test)


@pytest.mark.parametrize("how", ["purge", "invalidate", "clear"])
def test_what_is_removed_is_not_answered_again(how: str) -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        for _ in range(4):
            await ask(client)
        if how == "purge":
            assert await at.proxy.keeper.delete("http://a/x") == 1
        elif how == "invalidate":
            await ask(client, "Content-Length: 0", method="POST")
        else:
            await at.proxy.keeper.store.clear()
        before = len(at.origin.heads)
        assert "hit" not in ((await ask(client)).get("cache-status") or "")
        assert len(at.origin.heads) == before + 1
        client.close()
    run(always(), test)


def test_what_made_room_is_not_kept_alive_here() -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        for number in range(30):
            for _ in range(3):
                await ask(client, target=f"/{number}")
        prepared = sum(len(slots) for slots in at.proxy.hot._hosts.values())
        held = {id(one.body) for *_, slot, _ in at.proxy.hot._order for one in slot.answers.values()}
        assert len(held) == prepared
        assert prepared == (await at.proxy.keeper.store.stats()).entries <= 3
        client.close()
    run(always(b"x" * 20_000), test, store=lambda: MemoryStore(75_000, 30_000))


def test_a_store_that_others_change_is_asked_again_after_a_while(tmp_path: Path) -> None:
    async def test(at: ProxyBench) -> None:
        at.proxy.keeper.store.hot_for = 0.1
        client = await at.connect()
        watched = Watched(at)
        for _ in range(4):
            await ask(client)
        assert watched.quick >= 2
        await at.proxy.keeper.store.delete("http://a/x")
        await asyncio.sleep(0.12)
        await ask(client)
        assert len(at.origin.heads) == 2
        client.close()
    run(always(), test, store=lambda: DiskStore(tmp_path / "cache"))
