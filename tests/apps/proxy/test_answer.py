"""An answer's body, whole or given up, and what becomes of its connection."""

from __future__ import annotations

import asyncio

import pytest

from tests.apps.proxy.origin import Origin, Visit, always
from tests.apps.proxy.test_upstream import ask, run
from whywire.apps.proxy.answer import promised
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.upstream import Origins


def test_a_whole_answer_is_here_and_leaves_its_connection() -> None:
    async def test(origin: Origin, origins: Origins) -> None:
        answer = await origins.ask(ask(origin))
        assert answer.is_here
        assert await answer.whole() == b"hello"
        answer.let_go()
        await answer.close()
        assert (origins.kept, origins.open_links) == (1, 1)
    run(always(), test)


@pytest.mark.parametrize("waits", [True, False])
def test_what_is_given_up_breaks_off_and_closes_its_connection(waits: bool) -> None:
    async def stalls(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
        await visit.reader.read()

    async def test(origin: Origin, origins: Origins) -> None:
        answer = await origins.ask(ask(origin))
        assert not answer.is_here
        if waits:
            asyncio.get_running_loop().call_later(0.02, answer.give_up)
        else:
            answer.give_up()
        got = b""
        with pytest.raises(UpstreamError, match="nobody waits"):
            async for piece in answer.pieces():
                got += piece
        assert got == b"12345"
        await answer.close()
        assert (origins.kept, origins.open_links) == (0, 0)
    run(stalls, test)


@pytest.mark.parametrize(("status", "fields", "wanted"), [
    (206, ("bytes 0-99/1000",), 100), (206, ("bytes 5-5/*",), 1), (200, ("bytes 0-99/1000",), None), (206, (), None),
    (206, ("bytes 9-5/10",), None), (206, ("items 0-9/10",), None), (206, ("bytes 0-1/9", "bytes 0-1/9"), None),
])
def test_what_a_content_range_promises(status: int, fields: tuple[str, ...], wanted: int | None) -> None:
    assert promised(status, tuple(("content-range", one) for one in fields)) == wanted
