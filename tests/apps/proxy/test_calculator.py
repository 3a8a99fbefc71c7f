"""The caching proxy against real servers on loopback: misses, hits, ages, an origin that is down, slow, or lies."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.apps.calc.bench import QUICK, Raw, Running, go
from tests.apps.proxy.test_service import ask, get, post
from whywire.apps.proxy.calculator import Calculator, Options
from whywire.apps.proxy.counts import Counts
from whywire.protocols.calc import Message
from whywire.protocols.calc.content import Answer, read_answer, request, success

NOW = 1_700_000_000


class Origin:
    """A server that counts what it is asked and answers as the test says."""

    def __init__(self, fresh_s: int = 60) -> None:
        self.asked: list[bytes] = []
        self.fresh_s = fresh_s
        self.gate: asyncio.Event | None = None

    async def __call__(self, message: Message) -> bytes:
        self.asked.append(message.data or b"")
        if self.gate is not None:
            await self.gate.wait()
        return success(len(self.asked), (), now=NOW, with_steps=False, fresh_s=self.fresh_s)


class Bench:
    """An origin, a proxy in front of it, and a clock."""

    def __init__(self, answerer: Callable[[Message], Awaitable[bytes]], **changes: float | str) -> None:
        self.now = float(NOW)
        self._running = Running(answerer)
        self._changes = changes
        self.lines: list[str] = []

    async def __aenter__(self) -> Bench:
        await self._running.__aenter__()
        settings = {"connect_s": 2.0, "answer_s": 2.0, **self._changes}
        self.proxy = Calculator(Options("127.0.0.1", self._running.port, port=0, patience=QUICK, now=lambda: self.now,
                                   say=self.lines.append, **settings))  # type: ignore[arg-type]
        self.port = await self.proxy.start()
        self.origin_port = self._running.port
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.proxy.stop()
        await self._running.front.stop()

    async def stop_origin(self) -> None:
        await self._running.front.stop()

    async def ask(self, text: str, **how: object) -> Answer:
        client = await Raw.connect(self.port)
        await client.send(request(text, now=NOW, **how))  # type: ignore[arg-type]
        message = await client.next()
        await client.close()
        assert message is not None
        return read_answer(message)

    @property
    def upstream(self) -> int:
        """Connections that the origin has seen."""
        return self._running.front.accepted


def test_miss_hit_miss_and_a_connection_upstream_for_each_miss() -> None:
    async def work() -> None:
        origin = Origin()
        async with Bench(origin) as bench:
            results = [(await bench.ask(text)).result for text in ("1", "1", "2", "1")]
            assert results == [1, 1, 2, 1]
            assert origin.asked == [b"1", b"2"]
            assert bench.upstream == 2
            assert bench.proxy.counts == Counts(hits=2, misses=2)
            assert [line.split()[0] for line in bench.lines] == ["miss", "hit", "miss", "hit"]

    go(work())


def test_forwarded_unchanged_in_both_directions() -> None:
    async def work() -> None:
        seen = []
        odd = success(5, (), now=NOW, with_steps=False, fresh_s=9)
        odd = odd[:6] + bytes([odd[6] | 0xE0]) + odd[7:10] + b"\x12\x34" + odd[12:]  # reserved bits and pad

        async def answerer(message: Message) -> bytes:
            seen.append(message.raw)
            return odd

        async with Bench(answerer) as bench:
            sent = request("1+1", now=7, steps=True, oldest=9)
            sent = sent[:6] + bytes([sent[6] | 0xA0]) + sent[7:10] + b"\xab\xcd" + sent[12:]
            for _ in range(2):
                client = await Raw.connect(bench.port)
                await client.send(sent, end=True)
                assert await client.reader.read() == odd
                await client.close()
            assert seen == [sent]

    go(work())


def test_ages() -> None:
    async def work() -> None:
        origin = Origin(fresh_s=60)
        async with Bench(origin) as bench:
            assert (await bench.ask("1")).result == 1
            bench.now += 30
            assert (await bench.ask("1", oldest=30)).result == 1
            assert (await bench.ask("1", oldest=29)).result == 2
            bench.now += 25  # 55 s after the time in the header, which the origin's stopped clock never changes
            assert (await bench.ask("1")).result == 2
            bench.now += 5
            assert (await bench.ask("1")).result == 3

    go(work())


@pytest.mark.parametrize("how", [{"may_cache": False}, {"oldest": 0}, {"may_cache": False, "oldest": 60}])
def test_a_client_that_wants_no_stored_answer_renews_it(how: dict[str, object]) -> None:
    async def work() -> None:
        origin = Origin()
        async with Bench(origin) as bench:
            assert (await bench.ask("1")).result == 1
            assert (await bench.ask("1", **how)).result == 2
            assert (await bench.ask("1")).result == 2
            assert bench.proxy.counts == Counts(hits=1, misses=1, passed=1)

    go(work())


def test_steps_are_another_answer() -> None:
    async def work() -> None:
        origin = Origin()
        async with Bench(origin) as bench:
            assert [(await bench.ask("1", steps=steps)).result for steps in (False, True, True, False)] == [1, 2, 2, 1]

    go(work())


def test_what_must_not_be_stored_is_asked_each_time() -> None:
    async def work() -> None:
        origin = Origin(fresh_s=0)
        async with Bench(origin) as bench:
            assert [(await bench.ask("1")).result for _ in range(3)] == [1, 2, 3]

    go(work())


def test_fifty_clients_with_one_question_are_one_question_upstream() -> None:
    async def work() -> None:
        origin = Origin()
        origin.gate = asyncio.Event()
        async with Bench(origin) as bench:
            asking = [asyncio.create_task(bench.ask("1")) for _ in range(50)]
            while bench.proxy.front.accepted < 50 or not origin.asked:
                await asyncio.sleep(0)
            origin.gate.set()
            assert [answer.result for answer in await asyncio.gather(*asking)] == [1] * 50
            assert bench.upstream == 1

    go(work())


def test_waiting_for_an_answer_that_must_not_be_stored_ends_at_once() -> None:
    """Each then asks for itself, all at the same time."""
    async def work() -> None:
        origin = Origin(fresh_s=0)
        origin.gate = asyncio.Event()
        async with Bench(origin) as bench:
            asking = [asyncio.create_task(bench.ask("1")) for _ in range(10)]
            while bench.proxy.front.accepted < 10 or not origin.asked:
                await asyncio.sleep(0)
            origin.gate.set()
            assert sorted(answer.result or 0 for answer in await asyncio.gather(*asking)) == list(range(1, 11))

    go(work())


def test_who_wants_no_stored_answer_does_not_wait_for_another_s() -> None:
    async def work() -> None:
        origin = Origin()
        origin.gate = asyncio.Event()
        async with Bench(origin) as bench:
            asking = [asyncio.create_task(bench.ask("1")), asyncio.create_task(bench.ask("1", may_cache=False))]
            while len(origin.asked) < 2:
                await asyncio.sleep(0)
            origin.gate.set()
            assert {answer.result for answer in await asyncio.gather(*asking)} == {2}

    go(work())


def test_the_first_of_several_clients_may_leave() -> None:
    async def work() -> None:
        origin = Origin()
        origin.gate = asyncio.Event()
        async with Bench(origin) as bench:
            first = await Raw.connect(bench.port)
            await first.send(request("1", now=NOW))
            while not origin.asked:
                await asyncio.sleep(0)
            second = asyncio.create_task(bench.ask("1"))
            while bench.proxy.front.accepted < 2:
                await asyncio.sleep(0)
            first.writer.transport.abort()
            origin.gate.set()
            assert (await second).result == 1
            assert bench.upstream == 1

    go(work())


def test_an_origin_that_is_down_a_hit_as_always_and_a_miss_an_error_that_nobody_keeps() -> None:
    async def work() -> None:
        origin = Origin()
        async with Bench(origin) as bench:
            assert (await bench.ask("1")).result == 1
            await bench.stop_origin()
            assert (await bench.ask("1")).result == 1
            for _ in range(2):
                answer = await bench.ask("2")
                assert (answer.status, answer.cache_seconds) == (502, 0)
                assert (answer.error or "").endswith("can't be reached: connection refused")
            assert bench.proxy.counts == Counts(hits=1, misses=1, errors=2)

    go(work())


def test_glued_requests_one_of_them_an_error() -> None:
    async def work() -> None:
        origin = Origin()
        async with Bench(origin) as bench:
            await bench.ask("1")
            await bench.stop_origin()
            client = await Raw.connect(bench.port)
            await client.send(request("2", now=NOW) + request("1", now=NOW) + request("3", now=NOW), end=True)
            assert [answer.status for answer in await client.rest()] == [502, 200, 502]
            await client.close()

    go(work())


CUT = success(1, (), now=NOW, with_steps=False, fresh_s=60)


@pytest.mark.parametrize(("sent", "status", "said"), [
    (b"", 502, "closed the connection with 1 of the requests unanswered"),
    (CUT[:-1], 502, "closed the connection inside an answer"), (b"\x00" * 12, 502, "a length below 12"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", 502, "inside an answer"),
    (request("1", now=NOW), 502, "is a request (T is 1)"),
    (CUT[:6] + struct.pack("!H", 302) + CUT[8:], 502, "the status 302"), (None, 504, "did not answer within 0.2 s"),
])
def test_an_origin_that_lies(sent: bytes | None, status: int, said: str) -> None:
    async def work() -> None:
        async def lie(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            if sent is None:
                await reader.read()
            else:
                writer.write(sent)
            writer.close()

        server = await asyncio.start_server(lie, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        proxy = Calculator(Options("127.0.0.1", port, port=0, answer_s=0.2, patience=QUICK))
        front = await proxy.start()
        for _ in range(2):
            client = await Raw.connect(front)
            await client.send(request("1", now=NOW), end=True)
            (answer,) = await client.rest()
            assert answer.status == status
            assert said in (answer.error or "")
            await client.close()
        await proxy.stop()
        server.close()

    go(work())


def test_an_origin_that_resets() -> None:
    async def work() -> None:
        async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(3)
            await asyncio.sleep(0.02)
            writer.write(CUT[:5])
            writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))
            writer.transport.abort()

        server = await asyncio.start_server(reset, "127.0.0.1", 0)
        proxy = Calculator(Options("127.0.0.1", server.sockets[0].getsockname()[1], port=0, patience=QUICK))
        client = await Raw.connect(await proxy.start())
        await client.send(request("1", now=NOW), end=True)
        (answer,) = await client.rest()
        assert (answer.status, (answer.error or "").split(": ")[-1]) == (502, "connection reset by peer")
        await client.close()
        await proxy.stop()
        server.close()

    go(work())


def test_a_store_with_a_wrong_entry_is_a_miss() -> None:
    async def work() -> None:
        origin = Origin()
        async with Bench(origin) as bench:
            await bench.ask("1")
            (kept,) = await bench.proxy.store.entries()
            writer = await bench.proxy.store.put(kept.key, kept.variant, kept.meta, 4)
            assert await writer.write(b"torn")
            assert await writer.commit() is not None
            assert (await bench.ask("1")).result == 2
            assert (await bench.ask("1")).result == 2

    go(work())


def test_an_administrator_sees_and_purges_what_is_kept(tmp_path: Path) -> None:
    where = str(tmp_path / "own" / "s")

    async def work() -> None:
        origin = Origin()
        async with Bench(origin, admin=where) as bench:
            for text, steps in (("1", False), ("1", True), ("1/2", False), ("x" * 300, False)):
                await bench.ask(text, steps=steps)
            bench.now += 10
            server = f"calc://127.0.0.1:{bench.origin_port}"
            _, found = await ask(where, get("/entries"))
            assert isinstance(found, list)
            listed = sorted((one["url"].removeprefix(server)[:11], one["variant"]) for one in found)
            assert listed == [("/1", ""), ("/1", "steps"), ("/1/2", ""), ("/sha256:" + _digest("x" * 300)[:3], "")]
            assert {(one["status"], one["age"], one["fresh_for"]) for one in found} == {(200, 10, 50)}
            assert await ask(where, post({"url": f"{server}/1"})) == (200, {"removed": 2})
            assert await ask(where, post({"url": f"{server}/{'x' * 300}"})) == (200, {"removed": 1})
            assert await ask(where, post({"prefix": f"{server}/1/"})) == (200, {"removed": 1})
            assert (await bench.ask("1")).result == 5
            assert await ask(where, post({"all": True})) == (200, {"removed": 1})
            _, said = await ask(where, get("/metrics"))
            assert isinstance(said, str)
            assert "whywire_proxy_misses_total 5\n" in said
            assert "whywire_proxy_origin_connections_opened_total 5\n" in said
            _, stats = await ask(where, get("/stats"))
            assert isinstance(stats, dict)
            assert stats["requests"]["misses"] == 5
            assert stats["store"]["entries"] == 0
        assert not Path(where).exists()

    go(work())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_no_client_hears_where_the_origin_is() -> None:
    async def work() -> None:
        async with Bench(Origin()) as bench:
            await bench.stop_origin()
            assert (await bench.ask("2")).error == "the origin can't be reached: connection refused"
            assert f"127.0.0.1:{bench.origin_port}" in bench.lines[-1]

    go(work())


RUN = """\
import sys
from whywire.apps.proxy.calculator import Options, run
sys.exit(run(Options("127.0.0.1", 1, port=0, say=lambda line: print(line, flush=True))))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_until_a_signal(number: signal.Signals) -> None:
    async def work() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", RUN, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": "src"})
        assert process.stdout is not None
        first = (await process.stdout.readline()).decode()
        assert first.startswith("the proxy listens on 127.0.0.1:")
        client = await Raw.connect(int(first.rpartition(":")[2]))
        await client.send(request("1", now=NOW))
        message = await client.next()
        assert message is not None
        assert json.loads(message.data or b"")["error"] == "the origin can't be reached: connection refused"
        process.send_signal(number)
        out, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b"")
        assert out.decode().split()[0] == "error"
        await client.close()

    go(work())
