"""An origin that does exactly what a test says: raw bytes in, raw bytes out, on a port of the kernel's choice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Answerer = Callable[["Visit"], Awaitable[None]]


class Visit:
    """One connection of the proxy to the origin."""

    def __init__(self, origin: Origin, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.origin, self.reader, self.writer, self.number = origin, reader, writer, number

    async def head(self) -> str:
        """Read one request's head; raises EOFError at the end of the connection."""
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.origin.heads.append(raw)
        return raw

    async def send(self, data: bytes | str) -> None:
        """Send bytes as they are."""
        self.writer.write(data.encode("latin-1") if isinstance(data, str) else data)
        await self.writer.drain()

    async def ok(self, body: bytes = b"hello", fields: str = "Cache-Control: max-age=60\r\n",
                 status: str = "200 OK") -> None:
        """Send a whole answer."""
        await self.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{fields}\r\n".encode() + body)

    def reset(self) -> None:
        """Break the connection off with an RST."""
        self.writer.transport.abort()


class Origin:
    """Runs ``answer`` for every connection. ``heads``: all requests' heads in order."""

    def __init__(self, answer: Answerer) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self.visits = 0
        self.port = 0
        self.errors: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Origin:
        await self.start()
        return self

    async def start(self) -> None:
        """Listen; on the same port when it did before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections and break off those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        assert self.errors == []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.visits += 1
        try:
            await self.answer(Visit(self, reader, writer, self.visits))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        except Exception as error:
            self.errors.append(error)
        finally:
            self._tasks.discard(task)
            writer.transport.abort()


def always(body: bytes = b"hello", fields: str = "Cache-Control: max-age=60\r\n", status: str = "200 OK") -> Answerer:
    """Return an answerer that gives the same answer to every request."""
    async def answer(visit: Visit) -> None:
        while True:
            await visit.head()
            await visit.ok(body, fields, status)
    return answer
