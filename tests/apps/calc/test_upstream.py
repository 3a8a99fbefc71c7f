"""Questions to the origin: one connection each, closed before the answer is passed on, so many at a time."""

from __future__ import annotations

import asyncio

import pytest

from tests.apps.calc.bench import Running, go
from whywire.apps.calc.upstream import Origin, OriginError
from whywire.protocols.calc import Message
from whywire.protocols.calc.content import request, success

ASK = request("1", now=1)
ANSWER = success(1, (), now=1, with_steps=False, fresh_s=0)


def test_the_connection_is_closed_before_the_answer_is_given() -> None:
    async def work() -> None:
        ended = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(len(ASK))
            writer.write(ANSWER)
            assert await reader.read() == b""
            ended.set()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        origin = Origin("127.0.0.1", server.sockets[0].getsockname()[1], 1.0, 1.0, 1)
        assert (await origin.ask(ASK)).raw == ANSWER
        await ended.wait()
        server.close()

    go(work())


def test_no_more_connections_than_allowed() -> None:
    async def work() -> None:
        at_a_time = most = 0

        async def answerer(_: Message) -> bytes:
            nonlocal at_a_time, most
            at_a_time += 1
            most = max(most, at_a_time)
            for _ in range(5):
                await asyncio.sleep(0)
            at_a_time -= 1
            return ANSWER

        async with Running(answerer) as server:
            origin = Origin("127.0.0.1", server.port, 1.0, 5.0, 3)
            found = await asyncio.gather(*(origin.ask(ASK) for _ in range(20)))
            assert [message.raw for message in found] == [ANSWER] * 20
            assert 0 < most <= 3

    go(work())


def test_nobody_listens() -> None:
    async def work() -> None:
        with pytest.raises(OriginError) as caught:
            await Origin("127.0.0.1", 1, 1.0, 1.0, 1).ask(ASK)
        assert (caught.value.status, caught.value.text) == (
            502, "the origin can't be reached: connection refused")

    go(work())


def test_a_name_that_does_not_exist() -> None:
    async def work() -> None:
        with pytest.raises(OriginError) as caught:
            await Origin("no-such-host.invalid", 1, 5.0, 1.0, 1).ask(ASK)
        assert caught.value.status in (502, 504)

    go(work())
