"""Every requirement of RFC 9111 through the whole proxy over sockets: client, proxy, origin.

The conversations are those of `tests.apps.cache`; here the door, the forwarding, the store and the framing take part.
Each has a host of its own, so they share a proxy and nothing else. Where time has to pass, the proxy's clock is moved.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.apps.cache.conversations import Case, Fields, Reply, Turn, body_of
from tests.apps.cache.simulator import HOST, Got, check, expand, expand_with
from tests.apps.cache.test_conversations import ALL
from tests.apps.proxy.bench import ProxyBench, bench
from tests.apps.proxy.origin import Visit
from tests.apps.redis_server import RedisServer
from whywire.apps.cache import dates
from whywire.apps.proxy.fields import SPEAKS_FOR_A_PROXY
from whywire.apps.stores.disk import DiskStore
from whywire.apps.stores.memory import MemoryStore
from whywire.apps.stores.model import Store

NOT_FORWARDED = SPEAKS_FOR_A_PROXY | {"expect"}
NAME = HOST.removeprefix("http://")


def concerns_the_proxy(case: Case) -> bool:
    """Leave out what proxy or door take out of a request before, and what no header can carry."""
    parts = [part for one in case.turns for part in (one, one.origin) if part is not None]
    lines = [field for part in parts for field in part.headers]
    return (all(value.isascii() and len(value) < 8000 for _, value in lines)
            and not any(name in NOT_FORWARDED for one in case.turns for name, _ in one.headers))


CASES = [case for case in ALL if concerns_the_proxy(case)]


class Script:
    """What the origin says to the next requests, and what it was sent."""

    def __init__(self) -> None:
        self.replies: deque[tuple[Reply, str]] = deque()
        self.sent: list[Fields] = []
        self.unexpected: list[str] = []
        self.host = ""
        self.now = 0.0
        self.down = False
        self.pass_time: Callable[[float], None] = float

    async def answer(self, visit: Visit) -> None:
        """Serve one connection."""
        while True:
            head = await visit.head()
            lines = head.split("\r\n")
            method = lines[0].split(" ")[0]
            parts = [line.partition(":") for line in lines[1:-2]]
            fields = tuple((name.lower(), value.strip()) for name, _, value in parts)
            length = next((int(value) for name, value in fields if name == "content-length"), 0)
            await visit.reader.readexactly(length)
            if not self.down:
                self.sent.append(fields)
            if self.down or (self.replies and self.replies[0][0].status == 0):
                if not self.down:
                    self.replies.popleft()
                self.down = True
                visit.reset()
                return
            if not self.replies:
                self.unexpected.append(lines[0])
                await visit.ok(b"unexpected", "", "500 Unexpected")
                continue
            await self.send(visit, method, *self.replies.popleft())

    async def send(self, visit: Visit, method: str, reply: Reply, text: str) -> None:
        """Send a reply as the conversation has it."""
        self.pass_time(reply.delay)
        headers = [(name, re.sub(HOST, f"http://{self.host}", value, flags=re.IGNORECASE))
                   for name, value in expand(reply.headers, self.now)]
        if "content-length" not in dict(headers) and reply.status not in (204, 304):
            headers.append(("content-length", str(len(text))))
        if reply.status == 304:
            headers = [pair for pair in headers if pair[0] != "content-length"]
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        body = "" if method == "HEAD" or reply.status in (204, 304) else text[:reply.cut]
        said = int(dict(headers).get("content-length", "0"))
        if said != len(text) and method != "HEAD" and reply.status not in (204, 304):
            raise AssertionError("a conversation lies about its length")
        await visit.send(f"HTTP/1.1 {reply.status} Said\r\n{head}\r\n{body}")
        if reply.cut is not None:
            visit.writer.close()
            raise ConnectionError


class Stage:
    """A proxy, its origin and a loop that all conversations of this file share."""

    def __init__(self, store: Store) -> None:
        self.script = Script()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.at: ProxyBench = self.loop.run_until_complete(self.stack.enter_async_context(
            bench(self.script.answer, store=store)))
        self.script.pass_time = self.pass_time

    def close(self) -> None:
        self.loop.run_until_complete(self.stack.aclose())
        self.loop.close()

    def run(self, case: Case, host: str) -> None:
        """Run a conversation."""
        self.loop.run_until_complete(asyncio.wait_for(self.converse(case, host), 20))

    async def converse(self, case: Case, host: str) -> None:
        script = self.script
        script.host, script.now = host, self.at.proxy.keeper.now()
        for index, one in enumerate(case.turns):
            self.pass_time(one.wait)
            script.sent, script.down, script.unexpected = [], False, []
            for reply in (one.origin, one.again, one.later):
                if reply is not None:
                    own = body_of(case, index) if reply is one.origin and reply.body is None else reply.body
                    script.replies.append((reply, own or f"other body of turn {index}"))
            got = await self.ask(one, host)
            while script.replies or self.at.proxy.fetcher.tasks:
                assert script.sent or one.later is not None, f"turn {index} is a hit: {got.headers}"
                await asyncio.sleep(0.002)
            assert script.unexpected == [], f"turn {index}: {script.unexpected}, {got.get('cache-status')}"
            got.sent = list(script.sent)
            check(case, index, got, near(expand_with(one, script.now), got, one))
            if one.hit is not None and one.later is None:
                await self.ask_more(case, index, host)

    async def ask_more(self, case: Case, index: int, host: str) -> None:
        """Ask for a hit again, on one connection: now the quick path answers, and has to say the same."""
        one = case.turns[index]
        fields = [f"{name}: {value}\r\n" for name, value in expand(one.headers, self.script.now)]
        client = await self.at.connect()
        for _ in range(3):
            await client.send(f"{one.method} {one.path} HTTP/1.1\r\nHost: {host}\r\n{''.join(fields)}\r\n")
            answer = await client.answer(one.method)
            got = Got(answer.status, answer.headers, answer.body.decode("latin-1"))
            check(case, index, got, near(expand_with(one, self.script.now), got, one))
        client.close()
        assert self.script.unexpected == []

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the proxy."""
        if seconds:
            self.at.proxy.keeper._start += seconds
            self.at.proxy.hot._hosts = {}  # prepared answers have a clock of their own
            self.script.now += seconds

    async def ask(self, one: Turn, host: str) -> Got:
        fields = [f"{name}: {value}" for name, value in expand(one.headers, self.script.now)]
        content = b"ping" if one.content else b""
        answer = await self.at.get(one.path, *fields, method=one.method, host=host, body=content)
        whole = one.origin is None or one.origin.cut is None or answer.status != one.origin.status
        assert answer.whole is whole, "an answer is complete, or visibly is not"
        body = answer.body.decode("latin-1")
        made_here = answer.status in (502, 504) and one.hit is None and (one.origin is None or one.origin.status == 0)
        return Got(answer.status, answer.headers, "" if made_here else body)


def near(one: Turn, got: Got, before: Turn) -> Turn:
    """Take a Date that is a second or two off for the one expected: the clock here is a real one."""
    has = []
    for (name, value), (_, was) in zip(one.has, before.has, strict=True):
        expected, found = dates.read(value), dates.read(got.get(name) or "")
        close = was.startswith("@") and None not in (expected, found) and abs((expected or 0) - (found or 0)) <= 3
        has.append((name, got.get(name) or "" if close else value))
    return replace(one, has=tuple(has))


@pytest.fixture(scope="module", params=["memory", "disk", "redis"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if request.param == "redis":
        from whywire.apps.stores.redis import RedisStore
        with TemporaryDirectory(prefix="ww") as folder:
            server = RedisServer(Path(folder))
            server.start()
            one = Stage(RedisStore(server.url))
            yield one
            one.close()
            server.stop()
    else:
        one = Stage(MemoryStore() if request.param == "memory" else DiskStore(tmp_path_factory.mktemp("disk")))
        yield one
        one.close()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{case.section}: {case.claim}" for case in CASES])
def test_requirement(stage: Stage, number: int) -> None:
    stage.script.replies.clear()
    stage.run(CASES[number], NAME.replace("origin", f"n{number}"))


def test_most_conversations_are_run() -> None:
    assert len(CASES) > 0.9 * len(ALL)
