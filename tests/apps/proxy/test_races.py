"""What happens at the same time: an unsafe request during a retrieval, an eviction during a validation, many."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.apps.proxy.bench import ProxyBench, run
from tests.apps.proxy.origin import Visit
from whywire.apps.cache import key
from whywire.apps.stores.disk import DiskStore


@pytest.mark.parametrize("head_came", [True, False])
def test_what_was_asked_for_before_an_unsafe_request_is_not_kept(head_came: bool) -> None:
    go_on = asyncio.Event()

    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if head.startswith("GET") and len(visit.origin.heads) == 1:
                start = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nCache-Control: max-age=60\r\n\r\nbef"
                if head_came:
                    await visit.send(start)
                    await go_on.wait()
                    await visit.send("ore")
                else:
                    await go_on.wait()
                    await visit.send(start + "ore")
            else:
                await visit.ok(b"after!")

    async def test(at: ProxyBench) -> None:
        early = asyncio.create_task(at.get("/x"))
        while not at.origin.heads:
            await asyncio.sleep(0.002)
        assert (await at.get("/x", method="POST", body=b"a")).status == 200
        go_on.set()
        assert (await early).body == b"before"
        assert [(await at.get("/x")).body for _ in range(2)] == [b"after!", b"after!"]
        assert len(at.origin.heads) == 3
    run(answer, test)


def test_a_body_that_is_evicted_while_it_is_validated_is_asked_for_anew(tmp_path: Path) -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if "if-none-match" in head:
                await gone()
                await visit.send('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n')
            else:
                await visit.ok(fields='Cache-Control: no-cache\r\nETag: "a"\r\n')

    async def gone() -> None:
        at = benches[0]
        assert await at.proxy.keeper.delete(key("http://a/x")) == 1
    benches: list[ProxyBench] = []

    async def test(at: ProxyBench) -> None:
        benches.append(at)
        await at.get("/x")
        again = await at.get("/x")
        assert (again.status, again.body, again.whole) == (200, b"hello", True)
        assert len(at.origin.heads) == 3
        assert "if-none-match" in at.origin.heads[1] and "if-none-match" not in at.origin.heads[2]
    run(answer, test, store=lambda: DiskStore(tmp_path))


@pytest.mark.parametrize("fields", [(), ("Range: bytes=100000-100009",)])
def test_a_large_body_whose_first_block_is_damaged_is_asked_for_anew(tmp_path: Path, fields: tuple[str, ...]) -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            await visit.ok(b"0123456789" * 30_000)

    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        [file] = [one for one in (tmp_path / "bodies").rglob("*") if one.is_file()]
        file.write_bytes(b"x" * file.stat().st_size)
        again = await at.get("/x", *fields)
        assert (again.status, again.body, again.whole) == (200, b"0123456789" * 30_000, True)
        assert len(at.origin.heads) == 2
    run(answer, test, store=lambda: DiskStore(tmp_path))


def test_many_requests_for_what_is_stale_are_one_validation() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if "if-none-match" in head:
                await asyncio.sleep(0)
                await visit.send('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nCache-Control: max-age=60\r\n\r\n')
            else:
                await visit.ok(fields='Cache-Control: max-age=60\r\nAge: 60\r\nETag: "a"\r\n')

    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        got = await asyncio.gather(*(at.get("/x") for _ in range(10)))
        assert {one.body for one in got} == {b"hello"}
        assert len(at.origin.heads) == 2
    run(answer, test)


def test_what_has_to_be_validated_each_time_makes_nobody_wait_for_another() -> None:
    together = asyncio.Event()

    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if "if-none-match" in head:
                if len(visit.origin.heads) == 6:
                    together.set()
                await together.wait()
                await visit.send('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n')
            else:
                await visit.ok(fields='Cache-Control: no-cache\r\nETag: "a"\r\n')

    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        got = await asyncio.gather(*(at.get("/x") for _ in range(5)))
        assert {(one.status, one.body) for one in got} == {(200, b"hello")}
        assert len(at.origin.heads) == 6
    run(answer, test)


def test_conditions_and_ranges_that_wait_for_one_response_get_their_own_answers() -> None:
    go_on = asyncio.Event()

    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            await go_on.wait()
            await visit.ok(b"0123456789", 'Cache-Control: max-age=60\r\nETag: "a"\r\n')

    async def test(at: ProxyBench) -> None:
        first = asyncio.create_task(at.get("/x"))
        while not at.origin.heads:
            await asyncio.sleep(0.002)
        others = [asyncio.create_task(at.get("/x", field)) for field in (
            "X: 1", 'If-None-Match: "a"', 'If-None-Match: "b"', "Range: bytes=2-4")]
        await asyncio.sleep(0)
        go_on.set()
        answers = [await first, *[await one for one in others]]
        assert [(one.status, one.body) for one in answers[:4]] == [
            (200, b"0123456789"), (200, b"0123456789"), (304, b""), (200, b"0123456789")]
        assert answers[4].whole and answers[4].status in (200, 206)
        later = await at.get("/x", "Range: bytes=2-4")
        assert (later.status, later.body, later.get("content-range")) == (206, b"234", "bytes 2-4/10")
    run(answer, test)


def test_a_304_that_brings_a_vary_confirms_what_is_stored() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            if "if-none-match" in head:
                await visit.send('HTTP/1.1 304 X\r\nETag: "a"\r\nVary: Foo\r\nCache-Control: max-age=60\r\n\r\n')
            else:
                await visit.ok(fields='Cache-Control: max-age=0\r\nETag: "a"\r\n')

    async def test(at: ProxyBench) -> None:
        got = [await at.get("/x", "Foo: 1") for _ in range(3)]
        assert [(one.status, one.body) for one in got] == [(200, b"hello")] * 3
        assert "hit" in (got[2].get("cache-status") or "")
        assert len(at.origin.heads) == 2
    run(answer, test)


def test_a_new_answer_takes_the_place_of_one_whose_vary_came_later() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            number = len(visit.origin.heads)
            await visit.head()
            if number == 1:
                await visit.send('HTTP/1.1 304 X\r\nETag: "a"\r\nVary: Foo\r\nCache-Control: max-age=60\r\n\r\n')
            else:
                await visit.ok(b"old" if not number else b"new", fields='ETag: "a"\r\nCache-Control: max-age=0\r\n'
                               if not number else 'ETag: "b"\r\nVary: Foo\r\nCache-Control: max-age=60\r\n')

    async def test(at: ProxyBench) -> None:
        assert [(await at.get("/x")).body for _ in range(2)] == [b"old", b"old"]
        assert (await at.get("/x", "Cache-Control: no-cache")).body == b"new"
        assert (await at.get("/x")).body == b"new"
        assert len(await at.proxy.keeper.store.find("http://a/x")) == 1
    run(answer, test)


def test_trailers_are_passed_on_but_never_stored_among_the_fields() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            await visit.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n"
                             "Trailer: x-t\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\nCache-Control: no-store\r\nX-U: 2\r\n\r\n")

    async def test(at: ProxyBench) -> None:
        first = await at.get("/x", "TE: trailers", "Connection: TE")
        assert ("x-t", "1") in first.trailers and first.get("x-t") is None
        again = await at.get("/x")
        assert (again.body, again.get("x-t"), again.get("x-u")) == (b"abc", None, None)
        assert again.get("cache-control") == "max-age=60"
        assert len(at.origin.heads) == 1
    run(answer, test)


def test_interim_responses_pass_on_a_miss_and_are_in_no_store() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            await visit.send("HTTP/1.1 102 Processing\r\nContent-Length: 5\r\nDate: now\r\n\r\n"
                             "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nCache-Control: no-store\r\n\r\n")
            await visit.ok()

    async def test(at: ProxyBench) -> None:
        first, again = await at.get("/x"), await at.get("/x")
        assert (first.interim, first.status, first.get("link")) == ((102, 103), 200, None)
        assert (again.interim, again.body, again.get("link")) == ((), b"hello", None)
        assert len(at.origin.heads) == 1
    run(answer, test)


def test_followers_of_other_variants_wait_for_their_own() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            got = head.partition("accept-language: ")[2].partition("\r\n")[0]
            while len(asked) < 9:
                await asyncio.sleep(0.002)
            await asyncio.sleep(0.02)
            await visit.ok(got.encode(), "Cache-Control: max-age=60\r\nVary: Accept-Language\r\n")
    asked: list[str] = []

    async def test(at: ProxyBench) -> None:
        async def one(language: str) -> tuple[bytes, str]:
            asked.append(language)
            return (await at.get("/x", f"Accept-Language: {language}")).body, language
        got = await asyncio.gather(*(one(f"l{number % 3}") for number in range(9)))
        assert all(body == language.encode() for body, language in got)
        assert len(at.origin.heads) == 3
    run(answer, test)
