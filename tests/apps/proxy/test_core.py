"""The whole proxy over sockets: hits, misses, one request for many, and origins that fail in every way."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.apps.proxy.bench import ProxyBench, run
from tests.apps.proxy.origin import Visit, always


def test_a_miss_then_hits_with_their_status() -> None:
    async def test(at: ProxyBench) -> None:
        first = await at.get("/x")
        assert (first.status, first.body, first.whole) == (200, b"hello", True)
        assert (first.get("cache-status") or "").removesuffix("; stored")[:-2] == "whywire; fwd=uri-miss; ttl="
        assert first.get("via") == "1.1 whywire"
        for _ in range(3):
            again = await at.get("/x")
            assert again.body == b"hello"
            assert again.get("age") is not None
            assert again.get("date") == first.get("date")
            assert (again.get("cache-status") or "").startswith("whywire; hit; ttl=")
        assert len(at.origin.heads) == 1
        assert (at.proxy.counts.hits, at.proxy.counts.misses) == (3, 1)
    run(always(), test)


def test_what_may_not_be_stored_is_passed_every_time() -> None:
    async def test(at: ProxyBench) -> None:
        for _ in range(2):
            got = await at.get("/x")
            assert (got.body, got.get("age")) == (b"hello", None)
            assert "stored" not in (got.get("cache-status") or "")
        assert len(at.origin.heads) == 2
    run(always(fields="Cache-Control: no-store\r\n"), test)


def test_head_is_answered_from_what_get_stored() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        for _ in range(3):
            got = await at.get("/x", method="HEAD")
            assert (got.status, got.body, got.get("content-length")) == (200, b"", "5")
        assert len(at.origin.heads) == 1
    run(always(), test)


@pytest.mark.parametrize(("method", "status"), [("PUT", 999), ("BREW", 418), ("PATCH", 204), ("OPTIONS", 200)])
def test_unknown_methods_and_statuses_pass(method: str, status: int) -> None:
    async def answer(visit: Visit) -> None:
        assert (await visit.head()).startswith(f"{method} /x HTTP/1.1")
        await visit.send(f"HTTP/1.1 {status} Odd Words\r\nContent-Length: 0\r\n\r\n" if status != 204 else
                         "HTTP/1.1 204 Odd Words\r\n\r\n")

    async def test(at: ProxyBench) -> None:
        got = await at.get("/x", method=method)
        assert (got.status, got.whole) == (status, True)
        assert "fwd=method" in (got.get("cache-status") or "")
    run(answer, test)


def test_interim_answers_and_trailers_go_on() -> None:
    async def answer(visit: Visit) -> None:
        assert "te: trailers" in await visit.head()
        await visit.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                         "Trailer: x-sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n")

    async def test(at: ProxyBench) -> None:
        got = await at.get("/x", "TE: trailers", "Connection: TE")
        assert (got.interim, got.status, got.body, got.trailers) == ((103,), 200, b"abc", (("x-sum", "1"),))
    run(answer, test)


def test_content_goes_up_and_its_answer_comes_down() -> None:
    async def answer(visit: Visit) -> None:
        assert "content-length: 300000" in await visit.head()
        await visit.ok(await visit.reader.readexactly(300_000))

    async def test(at: ProxyBench) -> None:
        content = b"abcdef" * 50_000
        got = await at.get("/x", method="POST", body=content)
        assert got.body == content
    run(answer, test)


def slowly(seconds: float, fields: str, before_head: bool = False):  # type: ignore[no-untyped-def]
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            await asyncio.sleep(seconds if before_head else 0)
            await visit.send(f"HTTP/1.1 200 OK\r\n{fields}Content-Length: 6\r\n\r\nabc")
            await asyncio.sleep(0 if before_head else seconds)
            await visit.send("def")
    return answer


@pytest.mark.parametrize("before_head", [True, False])
def test_fifty_cold_misses_ask_the_origin_once(before_head: bool) -> None:
    async def test(at: ProxyBench) -> None:
        got = await asyncio.gather(*(at.get("/x") for _ in range(50)))
        assert {(one.status, one.body, one.whole) for one in got} == {(200, b"abcdef", True)}
        assert len(at.origin.heads) == 1
        assert sum("collapsed" in (one.get("cache-status") or "") for one in got) == 49
    run(slowly(0.3, "Cache-Control: max-age=60\r\n", before_head), test)


def test_waiters_are_released_when_the_head_says_do_not_store() -> None:
    async def test(at: ProxyBench) -> None:
        began = time.monotonic()
        got = await asyncio.gather(*(at.get("/x") for _ in range(10)))
        assert time.monotonic() - began < 1.2
        assert {(one.status, one.body, one.whole) for one in got} == {(200, b"abcdef", True)}
        assert len(at.origin.heads) == 10
    run(slowly(0.5, "Cache-Control: no-store\r\n"), test)


def test_nobody_waits_for_what_was_not_stored_last_time() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        began = time.monotonic()
        await asyncio.gather(*(at.get("/x") for _ in range(10)))
        assert time.monotonic() - began < 0.75
    run(slowly(0.4, "Cache-Control: private\r\n", before_head=True), test)


def test_variants_are_fetched_side_by_side_once_each() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            await asyncio.sleep(0.1)
            coding = "gzip" if "accept-encoding: gzip" in head else "plain"
            await visit.ok(coding.encode(), "Vary: Accept-Encoding\r\nCache-Control: max-age=60\r\n")

    async def test(at: ProxyBench) -> None:
        wishes = [("Accept-Encoding: gzip",), ()] * 10
        got = await asyncio.gather(*(at.get("/x", *wish) for wish in wishes))
        assert [one.body for one in got] == [b"gzip", b"plain"] * 10
        assert len(at.origin.heads) == 2
        assert [(await at.get("/x", *wish)).body for wish in wishes] == [b"gzip", b"plain"] * 10
        assert len(at.origin.heads) == 2
    run(answer, test)


def test_a_slow_reader_holds_nobody() -> None:
    body = bytes(range(256)) * 40_000

    async def test(at: ProxyBench) -> None:
        slow = await at.connect()
        await slow.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        await slow.reader.readexactly(10)
        got = await asyncio.gather(*(at.get("/x") for _ in range(5)))
        assert {one.body == body for one in got} == {True}
        assert len(at.origin.heads) == 1
        rest = b""
        while len(rest) < len(body):
            rest += await slow.reader.read(1 << 20)
        assert rest.endswith(body)
        slow.close()
    run(always(body), test)


def test_a_client_that_leaves_ends_the_transfer_of_what_is_not_stored() -> None:
    ended = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                await visit.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        finally:
            ended.set()

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        await client.reader.readexactly(100_000)
        client.close()
        await asyncio.wait_for(ended.wait(), 5)
    run(answer, test)


def test_ranges_come_from_what_is_complete() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        got = await at.get("/x", "Range: bytes=1-3")
        assert (got.status, got.body, got.get("content-range")) == (206, b"ell", "bytes 1-3/5")
        assert (await at.get("/x", "Range: bytes=9-")).status == 416
        assert len(at.origin.heads) == 1
    run(always(fields='Cache-Control: max-age=60\r\nETag: "a"\r\n'), test)


def test_only_if_cached() -> None:
    async def test(at: ProxyBench) -> None:
        assert (await at.get("/x", "Cache-Control: only-if-cached")).status == 504
        assert at.origin.heads == []
    run(always(), test)


def test_an_early_refusal_of_content_reaches_the_client() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" + "x" * 1000)
        assert (await client.answer("POST")).status == 413
        client.close()
    run(answer, test)


def test_the_same_connection_carries_many_requests() -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        for path in ("/a", "/b", "/a"):
            await client.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await client.answer()).body == b"hello"
        client.close()
        assert at.origin.visits == 1
    run(always(), test)


def test_a_proxy_that_asks_itself_stops() -> None:
    async def test(at: ProxyBench) -> None:
        at.proxy.origin = at.proxy.origin._replace(port=at.port) if at.proxy.origin else None
        assert (await at.get("/x")).status == 508
    run(always(), test)


def test_websockets_pass_and_other_switches_do_not() -> None:
    async def answer(visit: Visit) -> None:
        head = await visit.head()
        if "upgrade: websocket" not in head:
            assert "upgrade" not in head
            await visit.ok()
            return
        await visit.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst")
        await visit.send((await visit.reader.readexactly(4)).upper())

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        head = await client.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"upgrade: websocket" in head.lower()
        assert await client.reader.readexactly(5) == b"first"
        await client.send("ping")
        assert await client.reader.read() == b"PING"
        client.close()
        got = await at.get("/x", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
        assert got.status == 200
    run(answer, test)




def test_max_forwards_is_counted_down_and_obeyed() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("/x", "Max-Forwards: 3", method="OPTIONS")
        await at.get("/x", "Max-Forwards: 3")
        assert ["max-forwards: 2" in at.origin.heads[0], "max-forwards: 3" in at.origin.heads[1]] == [True, True]
        got = await at.get("/x", "Max-Forwards: 0", "Cookie: secret", method="TRACE")
        assert (got.status, got.get("content-type")) == (200, "message/http")
        assert got.body.startswith(b"TRACE /x HTTP/1.1\r\n")
        assert b"secret" not in got.body
        assert "GET" in ((await at.get("/x", "Max-Forwards: 0", method="OPTIONS")).get("allow") or "")
        assert len(at.origin.heads) == 2
    run(always(), test)
