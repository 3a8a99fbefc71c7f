"""A quick miss says what the full path says, and hands over to it wherever something is not ordinary."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.apps.proxy.bench import QUICKLY, ProxyBench, run
from tests.apps.proxy.origin import Answerer, Visit, always
from whywire.apps.proxy.settings import ProxySettings
from whywire.apps.stores.model import Entry

OK = "HTTP/1.1 200 OK\r\n"
AGE = "Cache-Control: max-age=60\r\n"
ANSWERS = {
    "plain": f"{OK}{AGE}Content-Length: 5\r\n\r\nhello",
    "validators": f'{OK}{AGE}ETag: "a"\r\nLast-Modified: Sat, 21 Nov 2020 08:00:00 GMT\r\n'
                  "Content-Length: 5\r\n\r\nhello",
    "estimate": f"{OK}Last-Modified: Sat, 21 Nov 2020 08:00:00 GMT\r\nContent-Length: 5\r\n\r\nhello",
    "not stored": f"{OK}Cache-Control: no-store\r\nContent-Length: 5\r\n\r\nhello",
    "private fields": f'{OK}{AGE}Cache-Control: private="x-a"\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello',
    "varies": f"{OK}{AGE}Vary: Accept\r\nContent-Length: 5\r\n\r\nhello",
    "varies at will": f"{OK}{AGE}Vary: *\r\nContent-Length: 5\r\n\r\nhello",
    "aged": f"{OK}{AGE}Age: 7\r\nVia: 1.0 a\r\nCache-Status: a; hit\r\nContent-Length: 5\r\n\r\nhello",
    "empty": f"{OK}{AGE}Content-Length: 0\r\n\r\n",
    "not found": f"HTTP/1.1 404 Nowhere\r\n{AGE}Content-Length: 5\r\n\r\nhello",
    "failed": "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nhello",
    "chunked": f"{OK}{AGE}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "trailers": f"{OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
    "interim": f"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n{OK}{AGE}Content-Length: 5\r\n\r\nhello",
    "no content": f"HTTP/1.1 204 None\r\n{AGE}\r\n",
    "last": f"{OK}{AGE}Connection: close\r\nContent-Length: 5\r\n\r\nhello",
    "until the end": f"{OK}{AGE}Connection: close\r\n\r\nhello",
    "old": f"HTTP/1.0 200 OK\r\n{AGE}Content-Length: 5\r\n\r\nhello",
    "named fields": f"{OK}{AGE}Connection: x-gone\r\nX-Gone: 1\r\nX-Stays: 1\r\nContent-Length: 5\r\n\r\nhello",
    "large": f"{OK}{AGE}Content-Length: 100000\r\n\r\n" + "x" * 100000,
    "two lengths": f"{OK}{AGE}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "nonsense": "SSH-2.0-OpenSSH\r\n",
    "short": f"{OK}{AGE}Content-Length: 50\r\nConnection: close\r\n\r\nhello",
    "nothing": "",
}
FIELDS: dict[str, tuple[str, ...]] = {
    "none": (), "browser": ("Accept: text/html", "User-Agent: a", "Accept-Encoding: gzip"), "cookie": ("Cookie: a=b",),
    "authorized": ("Authorization: a",),
    "claims": ("X-Forwarded-For: 1.2.3.4", "X_Forwarded_Host: b", "Forwarded: for=a"),
    "through another": ("Via: 1.1 a",), "no-cache": ("Cache-Control: no-cache",),
}
CHANGING = re.compile(r"ttl=\d+|whywire \(\w+\)|127\.0\.0\.1:\d+")


def origin_of(raw: str) -> Answerer:
    """Answer /warm plainly, and every other path with ``raw``."""
    async def answer(visit: Visit) -> None:
        while True:
            if "/warm" in await visit.head():
                await visit.ok(fields="Cache-Control: no-store\r\n")
                continue
            await visit.send(raw)
            if "close" in raw or raw.startswith(("HTTP/1.0", "SSH")) or not raw:
                return
    return answer


async def warm(at: ProxyBench) -> None:
    """Let the door know the header block, and leave a connection to the origin open."""
    client = await at.connect()
    for _ in range(2):
        await client.send("GET /warm HTTP/1.1\r\nHost: a\r\n\r\n")
        await client.answer()
    client.close()


def told(raw: str, fields: tuple[str, ...], *, prompt: bool) -> list[Any]:
    """Return what the client, the origin and the store see of two requests on a warm connection."""
    seen: list[Any] = []

    async def test(at: ProxyBench) -> None:
        if not prompt:
            at.proxy.prompt = None
        for _ in range(3):  # after two requests the door knows the header block
            await at.get("/warm", *fields)
        for _ in range(2):
            got = await at.get("/x", *fields)
            headers = [(name, CHANGING.sub("", value)) for name, value in got.headers if name != "date"]
            body = CHANGING.sub("", got.body.decode())
            seen.append((got.status, headers, body, got.whole, got.interim, got.trailers))
        heads = [CHANGING.sub("", head) for head in at.origin.heads]
        kept: list[Entry] = await at.proxy.keeper.store.find("http://a/x")
        seen.extend((heads, [(one.variant, one.length) for one in kept], at.proxy.counts))
    run(origin_of(raw), test)
    return seen


@pytest.mark.parametrize("name", ANSWERS)
def test_both_paths_say_the_same_of_every_answer(name: str) -> None:
    assert told(ANSWERS[name], (), prompt=True) == told(ANSWERS[name], (), prompt=False)


@pytest.mark.parametrize("name", FIELDS)
def test_both_paths_say_the_same_to_every_request(name: str) -> None:
    assert told(ANSWERS["plain"], FIELDS[name], prompt=True) == told(ANSWERS["plain"], FIELDS[name], prompt=False)


def test_a_plain_miss_needs_no_task() -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        for number in range(4):
            if number == 2:  # the header block is known by now
                at.proxy.fetcher.fetch = None  # type: ignore[assignment,method-assign]
            await client.send(f"GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await client.answer()).body == b"hello"
        await client.send(b"".join(f"GET /p{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for number in range(5)))
        for _ in range(4):
            await client.reader.readuntil(b"hello")
        assert (await client.answer()).body == b"hello"
        assert ((await at.get("/p3")).get("cache-status") or "").startswith("whywire; hit")
        assert at.origin.visits == 1
        client.close()
    run(always(), test)


def test_an_answer_that_comes_in_pieces_is_whole() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            for byte in f"{OK}{AGE}Content-Length: 5\r\n\r\nhello".encode():
                await visit.send(bytes((byte,)))
                await asyncio.sleep(0)

    async def test(at: ProxyBench) -> None:
        await warm(at)
        assert (await at.get("/x")).body == b"hello"
    run(answer, test)


def test_an_origin_that_closes_as_the_request_leaves_is_asked_again() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.ok()
        if visit.number == 1:
            await visit.reader.readexactly(1)
            visit.reset()
            return
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        await warm(at)
        assert (await at.get("/x")).body == b"hello"
        assert (at.proxy.origins.retried, at.origin.visits) == (1, 2)
    run(answer, test)


def test_an_origin_that_says_nothing_is_a_504_in_time() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.ok()
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        await warm(at)
        start = asyncio.get_running_loop().time()
        assert (await at.get("/x")).status == 504
        assert asyncio.get_running_loop().time() - start < 1
    run(answer, test, ProxySettings(timeouts=replace(QUICKLY, head=0.2)))


def test_followers_come_to_a_quick_miss_and_stay_when_its_client_leaves() -> None:
    go_on = asyncio.Event()

    async def answer(visit: Visit) -> None:
        while True:
            if "/x" in await visit.head():
                await go_on.wait()
            await visit.ok()

    async def test(at: ProxyBench) -> None:
        await warm(at)
        first, second = await at.connect(), await at.connect()
        await first.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        while not at.proxy.groups.all():
            await asyncio.sleep(0.01)
        await second.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        group = at.proxy.groups.all()[0]
        while not group.followers:
            await asyncio.sleep(0.01)
        first.close()
        while group.patience.waiting > 1:
            await asyncio.sleep(0.01)
        go_on.set()
        assert (await second.answer()).body == b"hello"
        second.close()
        assert len(at.origin.heads) == 2
    run(answer, test)


def test_a_quick_miss_ends_with_its_client() -> None:
    left = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.ok()
        await visit.reader.readuntil(b"\r\n\r\n")
        await visit.reader.read()
        left.set()

    async def test(at: ProxyBench) -> None:
        await warm(at)
        client = await at.connect()
        await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        while not at.proxy.groups.all():
            await asyncio.sleep(0.01)
        client.close()
        await asyncio.wait_for(left.wait(), 3)
        assert (at.proxy.origins.open_links, len(at.proxy.groups)) == (0, 0)
    run(answer, test)


def test_a_mistake_of_ours_is_a_500_and_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(at: ProxyBench) -> None:
        await warm(at)

        def broken(*_: object) -> None:
            raise RuntimeError("on purpose")
        monkeypatch.setattr(at.proxy.fetcher, "read", broken)
        assert (await at.get("/x")).status == 500
        assert "on purpose" in at.said.pop()
        assert len(at.proxy.groups) == 0
    run(always(), test)
