"""A server that answers with given bytes, and `whywire fetch` asked in this process."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from whywire.apps.fetch.crew import fetch
from whywire.apps.fetch.links import Link, read
from whywire.apps.fetch.options import Options

OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n%b"


def ok(body: bytes, fields: bytes = b"") -> bytes:
    """Return a 200 with a body."""
    return OK % (len(body), fields, body)


@dataclass
class Server:
    """Answers each request head with bytes; an answer that ends with `CUT` is cut there, and the connection closed."""

    answer: Callable[[bytes], bytes]
    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    context: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"


CUT = b"<<cut>>"


@contextmanager
def scripted(answer: Callable[[bytes], bytes], context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server with that answer while the block runs."""
    server = Server(answer, context=context)
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                conn, _ = listener.accept()
                server.connections += 1
                threads.append(threading.Thread(target=_talk, args=(server, conn)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join(10)
        listener.close()
        for thread in threads:
            thread.join(10)


def _talk(server: Server, conn: socket.socket) -> None:
    with conn, suppress(OSError):
        conn.settimeout(10)
        if server.context is not None:
            conn = server.context.wrap_socket(conn, server_side=True)
        data = b""
        with conn:
            while True:
                while b"\r\n\r\n" not in data:
                    piece = conn.recv(65536)
                    if not piece:
                        return
                    data += piece
                head, _, data = data.partition(b"\r\n\r\n")
                server.heads.append(head + b"\r\n\r\n")
                said = server.answer(head)
                conn.sendall(said.removesuffix(CUT))
                if said.endswith(CUT):
                    return


def fetched(folder: Path, links: Iterable[str | Link], **options: object) -> tuple[int, list[str]]:
    """Fetch; return the exit code and the lines that were said."""
    said: list[str] = []
    chosen = replace(Options(folder=folder, timeout_s=5.0), **options)  # type: ignore[arg-type]
    code = fetch((read(each) if isinstance(each, str) else each for each in links), chosen, said.append)
    return code, said


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
