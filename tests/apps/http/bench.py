"""The test bench of the apps: a server with any app on a port that the kernel chose, and a client made of bytes.

    with bench(app) as at:
        answer = at.ask(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")

The server runs in a thread with its own event loop, plain asyncio unless told otherwise.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from whywire.apps.http.app import App, HeadFacts, Reply, Request
from whywire.apps.http.log import AccessLog
from whywire.apps.http.metrics import Metrics
from whywire.apps.http.server import Server
from whywire.apps.http.settings import Settings
from whywire.apps.http.worker import listen

PATIENCE = 10.0


@dataclass
class Answer:
    """One answer, taken apart by the simplest reader that does."""

    status: int
    headers: dict[str, str]
    content: bytes
    raw: bytes


@dataclass
class Bench:
    """A running server."""

    port: int
    server: Server
    loop: asyncio.AbstractEventLoop
    said: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def connect(self) -> socket.socket:
        """Open a connection; the caller closes it."""
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        plain.settimeout(PATIENCE)
        return plain if self.tls is None else self.tls.wrap_socket(plain, server_hostname="localhost")

    def ask(self, data: bytes, *, end: bool = False) -> bytes:
        """Send bytes on a new connection and return all that comes until the server closes.

        ``end`` closes our sending side first, so that a server that would wait for more closes too.
        """
        with self.connect() as peer:
            peer.sendall(data)
            if end:
                peer.shutdown(socket.SHUT_WR)
            return rest(peer)

    def in_loop(self, call: Callable[[], object]) -> None:
        """Run something in the server's loop and wait for it."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (call(), done.set()))
        assert done.wait(PATIENCE)


def rest(peer: socket.socket) -> bytes:
    """Return what comes until the end of the stream."""
    pieces = []
    while piece := peer.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def read_answer(peer: socket.socket, *, head_only: bool = False) -> Answer:
    """Read exactly one answer with Content-Length, or one without content."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = peer.recv(1)
        assert piece, f"the connection ended within a head: {data!r}"
        data += piece
    parsed = split(data)[0] if head_only else None
    length = 0 if head_only else int(fields(data).get("content-length", "0"))
    whole = data.index(b"\r\n\r\n") + 4 + length
    while len(data) < whole:
        piece = peer.recv(min(65536, whole - len(data)))
        assert piece, f"the connection ended within the content: {data!r}"
        data += piece
    return parsed or split(data)[0]


def fields(data: bytes) -> dict[str, str]:
    """Return the fields of the first head, names in lower case."""
    lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def split(data: bytes) -> list[Answer]:
    """Return the answers in ``data``, each with Content-Length or without content; the last may be cut short."""
    found = []
    while data:
        head, _, behind = data.partition(b"\r\n\r\n")
        headers = fields(data)
        length = int(headers.get("content-length", "0"))
        if "transfer-encoding" in headers:
            length = len(behind)
        content = behind[:length]
        found.append(Answer(int(head[9:12]), headers, content, data[:len(head) + 4 + len(content)]))
        data = behind[length:]
    return found


class Echo:
    """An app that says what it was asked; ``/quick`` by the quick path."""

    def __init__(self) -> None:
        self.quickly: list[tuple[bytes, bytes]] = []
        self.fully: list[str] = []

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:  # noqa: ARG002
        """Answer /quick."""
        if target != b"/quick":
            return None
        self.quickly.append((method, target))
        content = b"" if method == b"HEAD" else b"quick"
        return b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + content

    async def answer(self, request: Request, reply: Reply) -> None:
        """Say method, target and content."""
        self.fully.append(f"{request.method} {request.target}")
        content = b"".join([piece async for piece in request.body])
        said = f"{request.method} {request.target} {request.host} ".encode() + content
        reply.start(200, [("Content-Type", "text/plain")], length=len(said))
        await reply.write(said)


@contextmanager
def bench(app: App, settings: Settings | None = None, *, tls: ssl.SSLContext | None = None,
          trust: ssl.SSLContext | None = None, log: AccessLog | None = None, metrics: Metrics | None = None,
          loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop) -> Iterator[Bench]:
    """Run a server for the time of a with block; at its end everything is closed and nothing may be left."""
    ready: list[Bench] = []
    begun, said = threading.Event(), []
    stop: list[asyncio.Future[None]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = Server(app, settings or Settings(), loop, said.append, log=log, metrics=metrics)
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        port = listener.getsockname()[1]
        listening = await listen(loop, server, listener, tls)
        server.start()
        stop.append(loop.create_future())
        ready.append(Bench(port, server, loop, said, trust))
        begun.set()
        await stop[0]
        listening.close()
        for door in tuple(server.doors):
            door.transport.abort()
        await server.drain()
        await asyncio.sleep(0)

    runner: list[BaseException] = []

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=loop_factory) as alone:
                alone.run(main())
        except BaseException as error:
            runner.append(error)
        finally:
            begun.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert begun.wait(PATIENCE) and ready, runner
    try:
        yield ready[0]
    finally:
        ready[0].loop.call_soon_threadsafe(lambda: stop[0].done() or stop[0].set_result(None))
        thread.join(PATIENCE)
        assert not thread.is_alive() and not runner, runner
