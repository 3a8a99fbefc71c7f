"""Servers and raw clients for the calculator's tests, in one event loop on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from whywire.apps.calc.front import Answerer, Front, Patience
from whywire.protocols.calc import CalcError, Malformed, Message, Reader
from whywire.protocols.calc.content import Answer, read_answer

LIMIT_S = 20.0
"""What no test may take."""
QUICK = Patience(idle_s=0.2, request_s=0.2, write_s=0.5, linger_s=0.2, stop_s=0.3)


def go(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's coroutine; whatever it left in the loop's error handler fails it."""
    complaints: list[dict[str, Any]] = []

    async def bounded() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        async with asyncio.timeout(LIMIT_S):
            await work

    asyncio.run(bounded())
    assert complaints == []


@dataclass
class Raw:
    """A client that sends bytes as they are."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answers: list[Message] = field(default_factory=list)
    parser: Reader = field(default_factory=Reader)

    @classmethod
    async def connect(cls, port: int) -> Raw:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, data: bytes, *, end: bool = False) -> None:
        self.writer.write(data)
        await self.writer.drain()
        if end:
            self.writer.write_eof()

    async def next(self) -> Message | None:
        """Return the next answer; None when the server closed."""
        while (found := self.parser.next_message()) is None:
            data = await self.reader.read(65536)
            if not data:
                return None
            self.parser.feed(data)
        assert not isinstance(found, Malformed)
        return found

    async def rest(self) -> list[Answer]:
        """Return all answers up to the server's close."""
        found = []
        while (message := await self.next()) is not None:
            found.append(read_answer(message))
        return found

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def exchanged(port: int, data: bytes, *, end: bool = True) -> list[Answer]:
    """Send bytes and end; return the answers until the server closed."""
    client = await Raw.connect(port)
    await client.send(data, end=end)
    found = await client.rest()
    await client.close()
    return found


class Running:
    """A front in a ``async with``; ``port`` is where it listens."""

    def __init__(self, answerer: Answerer, patience: Patience | None = None,
                 log: Callable[[str, Message | None, bytes], None] | None = None) -> None:
        self.front = Front(answerer, patience, log, now=lambda: 1_700_000_000.0)
        self.port = 0

    async def __aenter__(self) -> Running:
        self.port = await self.front.start("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.front.stop()


def content(answer: bytes) -> dict[str, Any]:
    """Return the JSON of an answer's bytes."""
    reader = Reader()
    reader.feed(answer)
    message = reader.next_message()
    if not isinstance(message, Message) or message.data is None:
        raise CalcError("not an answer")
    found: dict[str, Any] = json.loads(message.data)
    return found


__all__ = ["QUICK", "Awaitable", "Raw", "Running", "content", "exchanged", "go"]
