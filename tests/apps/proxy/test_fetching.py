"""Origins that fail in every way, and stored answers that stand in, are confirmed or removed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from tests.apps.proxy.bench import QUICKLY, ProxyBench, run
from tests.apps.proxy.origin import Visit, always
from whywire.apps.proxy.settings import ProxySettings

BROKEN = {
    "closes at once": ("", 502),
    "no HTTP": ("whatever\r\n\r\n", 502),
    "resets before the head": (None, 502),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_answer_is_a_clear_502_that_is_not_stored(name: str) -> None:
    raw, status = BROKEN[name]

    async def answer(visit: Visit) -> None:
        await visit.head()
        if raw is not None:
            await visit.send(raw)

    async def test(at: ProxyBench) -> None:
        for _ in range(2):
            got = await at.get("/x")
            assert (got.status, got.whole) == (status, True)
            assert got.get("cache-control") == "no-store"
            assert "error=" in (got.get("proxy-status") or "")
            assert (got.get("cache-status") or "").startswith("whywire; fwd=uri-miss")
        assert len(at.origin.heads) == 2
        assert await at.proxy.keeper.store.entries() == []
    run(answer, test)


def test_origin_down_a_hit_is_a_hit_and_a_miss_is_told_at_once() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        await at.origin.stop()
        assert (await at.get("/x")).body == b"hello"
        began = time.monotonic()
        got = await at.get("/y")
        assert (got.status, got.get("proxy-status")) == (502, "whywire; error=connection_refused")
        assert time.monotonic() - began < 0.5
        await at.origin.start()
        assert (await at.get("/y")).status == 200
    run(always(), test)


def test_a_stalled_origin_is_a_504() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        assert (await at.get("/x")).status == 504
    run(answer, test, ProxySettings(timeouts=replace(QUICKLY, head=0.2)))


@pytest.mark.parametrize("framing", ["Content-Length: 9", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("store", ["max-age=60", "no-store"])
def test_a_body_that_breaks_off_cuts_the_client_and_is_not_taken_for_whole(framing: str, store: str) -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        body = "abc" if "Length" in framing else "3\r\nabc\r\n"
        await visit.send(f"HTTP/1.1 200 OK\r\nCache-Control: {store}\r\n{framing}\r\n\r\n{body}")

    async def test(at: ProxyBench) -> None:
        for _ in range(2):
            got = await at.get("/x")
            assert (got.status, got.body, got.whole) == (200, b"abc", False)
        assert len(at.origin.heads) == 2
        assert await at.proxy.keeper.store.entries() == []
        assert any("connection cut" in line for line in at.said)
    run(answer, test)


def test_what_broke_off_with_a_strong_tag_is_completed_by_its_end() -> None:
    async def answer(visit: Visit) -> None:
        head = await visit.head()
        fields = 'ETag: "a"\r\nCache-Control: max-age=60\r\n'
        if "range: bytes=3-" in head:
            await visit.ok(b"def", f"{fields}Content-Range: bytes 3-5/6\r\n", "206 Partial Content")
        else:
            await visit.send(f"HTTP/1.1 200 OK\r\n{fields}Content-Length: 6\r\n\r\nabc")

    async def test(at: ProxyBench) -> None:
        assert not (await at.get("/x")).whole
        for _ in range(2):
            got = await at.get("/x")
            assert (got.status, got.body, got.whole) == (200, b"abcdef", True)
        assert len(at.origin.heads) == 2
    run(answer, test)


def test_stale_answers_are_validated_and_kept() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            if 'if-none-match: "a"' in await visit.head():
                await visit.send('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nCache-Control: max-age=0\r\n\r\n')
            else:
                await visit.ok(fields='ETag: "a"\r\nCache-Control: max-age=0\r\n')

    async def test(at: ProxyBench) -> None:
        for _ in range(3):
            assert (await at.get("/x")).body == b"hello"
        assert ["if-none-match" in head for head in at.origin.heads] == [False, True, True]
        assert at.proxy.counts.validated == 2
    run(answer, test)


def test_stale_while_revalidate_answers_now_and_asks_behind() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            number = len(visit.origin.heads)
            if number > 1:
                await asyncio.sleep(0.1)
            await visit.ok(f"{number}".encode(),
                           'Cache-Control: max-age=0, stale-while-revalidate=60\r\nETag: "a"\r\n')

    async def test(at: ProxyBench) -> None:
        assert (await at.get("/x")).body == b"1"
        began = time.monotonic()
        assert [one.body for one in await asyncio.gather(*(at.get("/x") for _ in range(5)))] == [b"1"] * 5
        assert time.monotonic() - began < 0.1
        while at.proxy.fetcher.tasks:
            await asyncio.sleep(0.01)
        assert len(at.origin.heads) == 2
        assert (await at.get("/x")).body == b"2"
    run(answer, test)


def test_stale_if_error_and_must_revalidate() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            policy = "stale-if-error=60" if "/may" in head else "must-revalidate"
            if len(visit.origin.heads) > 2:
                await visit.ok(b"sorry", "", "503 Busy")
            else:
                await visit.ok(fields=f"Cache-Control: max-age=0, {policy}\r\nETag: \"a\"\r\n")

    async def test(at: ProxyBench) -> None:
        for path in ("/may", "/must"):
            await at.get(path)
        assert [(await at.get(path)).body for path in ("/may", "/must")] == [b"hello", b"sorry"]
        await at.origin.stop()
        may, must = await at.get("/may"), await at.get("/must")
        assert (may.body, must.status) == (b"hello", 504)  # RFC 9111 section 5.2.2.2
    run(answer, test)


def test_unsafe_methods_remove_what_they_change() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        await at.get("/x", method="DELETE")
        await at.get("/x")
        assert len(at.origin.heads) == 3
    run(always(), test)
