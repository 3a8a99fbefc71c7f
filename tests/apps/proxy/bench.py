"""A proxy behind a real door on a port of the kernel's choice, and a client that sends and reads bytes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from tests.apps.proxy.origin import Answerer, Origin
from whywire.apps.http.door import Door
from whywire.apps.http.server import Server
from whywire.apps.http.settings import Settings
from whywire.apps.proxy.core import Proxy
from whywire.apps.proxy.settings import ProxySettings, Timeouts
from whywire.apps.stores.memory import MemoryStore
from whywire.apps.stores.model import Store
from whywire.protocols.http1.connection import CLIENT, Connection
from whywire.protocols.http1.events import (
    ConnectionClosed,
    Data,
    EndOfMessage,
    InformationalResponse,
    Request,
    Response,
)

QUICKLY = Timeouts(connect=5, head=5, idle=5, total=20)


@dataclass
class Answer:
    """An answer as a client understands it. ``whole``: its body came to its proper end."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    interim: tuple[int, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()
    whole: bool = False

    def get(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key == name]
        return ", ".join(found) if found else None


class Client:
    """One connection to the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes | str) -> None:
        self.writer.write(data.encode("latin-1") if isinstance(data, str) else data)
        await self.writer.drain()

    async def answer(self, method: str = "GET") -> Answer:
        """Read one answer to a request with ``method``."""
        http, got, trailers = Connection(CLIENT), Answer(), ()
        http.send(Request(method=method, target="/", headers=((b"host", b"a"),)))
        http.send(EndOfMessage())
        while True:
            event = http.next_event()
            if isinstance(event, InformationalResponse):
                got = replace(got, interim=(*got.interim, event.status))
            elif isinstance(event, Response):
                headers = tuple((name.decode(), value.decode("latin-1")) for name, value in event.headers)
                got = replace(got, status=event.status, headers=headers)
                if event.status == 101:
                    return got
            elif isinstance(event, Data):
                got.body += event.data
            elif isinstance(event, EndOfMessage):
                trailers = tuple((name.decode(), value.decode("latin-1")) for name, value in event.trailers)
                assert not http.unread_bytes
                return replace(got, whole=True, trailers=trailers)
            elif isinstance(event, ConnectionClosed):
                return got
            else:
                try:
                    data = await asyncio.wait_for(self.reader.read(65536), 10)
                except ConnectionError:
                    return got
                if not data:
                    return got
                http.receive(data)

    def close(self) -> None:
        self.writer.transport.abort()


@dataclass
class ProxyBench:
    """A running proxy with its origin."""

    proxy: Proxy
    origin: Origin
    port: int
    said: list[str]

    async def connect(self) -> Client:
        return Client(*await asyncio.open_connection("127.0.0.1", self.port))

    async def proxy_only(self, target: str, host: str) -> Answer:
        """Ask as `get` does, on a connection that was made without the event loop's help."""
        plain = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", self.port))
        plain.settimeout(10)
        with plain:
            await asyncio.to_thread(plain.sendall, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            raw = await asyncio.to_thread(plain.recv, 65536)
        return Answer(status=int(raw.split(b" ")[1]))

    async def get(self, target: str = "/", *fields: str, method: str = "GET", host: str = "a",
                  body: bytes = b"") -> Answer:
        """Ask on a new connection."""
        client = await self.connect()
        length = (f"Content-Length: {len(body)}",) if body else ()
        head = "\r\n".join((f"{method} {target} HTTP/1.1", f"Host: {host}", *fields, *length, "", ""))
        await client.send(head.encode("latin-1") + body)
        try:
            return await client.answer(method)
        finally:
            client.close()


@asynccontextmanager
async def bench(answer: Answerer, settings: ProxySettings | None = None, store: Store | None = None, *,
                forward: bool = False) -> AsyncIterator[ProxyBench]:
    """Run origin and proxy; at the end nothing may be left of either."""
    loop = asyncio.get_running_loop()
    async with Origin(answer) as origin:
        settings = settings or ProxySettings(timeouts=QUICKLY)
        proxy = Proxy(settings if forward else replace(settings, origin=origin.url), store or MemoryStore())
        await proxy.open()
        said: list[str] = []
        server = Server(proxy, Settings(drain_time=2), loop, said.append)
        server.start()
        listener = await loop.create_server(lambda: Door(server), "127.0.0.1", 0)
        try:
            yield ProxyBench(proxy, origin, listener.sockets[0].getsockname()[1], said)
        finally:
            listener.close()
            await server.drain()
            await proxy.close()
        assert proxy.origins.open_links == 0
        assert [text for text in said if "Traceback" in text] == []
        assert len(proxy.groups) == 0


def run(answer: Answerer, test: Callable[[ProxyBench], Awaitable[None]], settings: ProxySettings | None = None,
        store: Callable[[], Store] | None = None, *, forward: bool = False) -> None:
    """Run a test's coroutine function on a bench."""
    async def whole() -> None:
        async with bench(answer, settings, store() if store else None, forward=forward) as at:
            await asyncio.wait_for(test(at), 30)
    asyncio.run(whole())
