"""Whatever bytes come: well-formed answers or a close, no traceback, and the quick path says what the full one says."""

from __future__ import annotations

import os
import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apps.http.bench import Bench, Echo, bench, split
from tests.apps.http.test_memo import mutated
from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.http.metrics import QUICK
from whywire.apps.http.settings import Settings

CONVERSATIONS = int(os.environ.get("WHYWIRE_MUTATIONS", "60000")) // 100
HEAD = re.compile(rb"HTTP/1\.1 [2-5][0-9]{2} [A-Za-z ]*\r\n(?:[A-Za-z-]+: [\t\x20-\x7e]*\r\n)+\r\n")


class Same(Echo):
    """Says the same on both paths: method, target and fields."""

    def __init__(self, quickly: bool) -> None:
        super().__init__()
        self._quickly = quickly

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:
        if not self._quickly:
            return None
        content = f"{method.decode()} {target.decode()} {facts.host} {facts.headers}".encode()
        shown = b"" if method == b"HEAD" else content
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), shown)

    async def answer(self, request: Request, reply: Reply) -> None:
        async for _ in request.body:
            pass
        content = f"{request.method} {request.target} {request.host} {request.headers}".encode()
        reply.start(200, [], length=len(content))
        await reply.write(content)


def conversation(at: Bench, data: bytes) -> list[tuple[int, bytes]]:
    """Return the statuses and contents of the answers; each has to be well-formed."""
    found, seen = [], at.ask(data, end=True)
    while seen := seen.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"):
        assert HEAD.match(seen), (data, seen)
        first = split(seen)[0]
        is_head = first.content[:4] == b"HTTP"
        length = len(first.raw) - len(first.content)
        found.append((first.status, b"" if is_head else first.content))
        seen = seen[length:] if is_head else seen[len(first.raw):]
    return found


def test_both_paths_say_the_same() -> None:
    dice = random.Random(9)
    limits = Settings(linger_time=0.2)
    with bench(Same(True), limits) as quick, bench(Same(False), limits) as full:
        for _ in range(CONVERSATIONS):
            data = b"".join(mutated(dice).replace(b"HEAD", b"GET") for _ in range(dice.randrange(1, 5)))
            assert conversation(quick, data) == conversation(full, data), data
        assert quick.said == full.said == []
        assert quick.server.values[QUICK] > CONVERSATIONS / 10, "the quick path was hardly taken"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([
    b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\n", b"Host: a\r\n", b"\r\n", b"\n", b"\x00", b"\xff", b" ", b":",
    b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"abc", b"3\r\nabc\r\n", b"0\r\n\r\n",
    b"Expect: x\r\n", b"Connection: close\r\n", b"HTTP/1.0\r\n", b"X: y\r\n",
]) | st.binary(max_size=6), max_size=12))
def test_any_bytes_get_a_well_formed_answer_or_a_close(pieces: list[bytes]) -> None:
    conversation(_always(), b"".join(pieces))
    assert _always().said == []


_running: list[Bench] = []


def _always() -> Bench:
    """Return one server for all examples."""
    if not _running:
        manager = bench(Same(False), Settings(linger_time=0.2))
        _running.append(manager.__enter__())
        _closing.append(manager)
    return _running[0]


_closing: list[object] = []


def teardown_module() -> None:
    """Stop it."""
    while _closing:
        _closing.pop().__exit__(None, None, None)  # type: ignore[attr-defined]
    _running.clear()
