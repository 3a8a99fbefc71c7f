"""A classic server in a thread, or any server on a port, and raw questions to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whywire.apps.classic.options import Options
from whywire.apps.classic.server import accept_all, listening


@contextmanager
def served(folder: Path, said: list[str] | None = None, *, serial: bool = False, two_writes: bool = False,
           idle_s: float = 1.0) -> Iterator[int]:
    """Serve a folder while the block runs; yields the port."""
    options = Options(folder, port=0, serial=serial, two_writes=two_writes, idle_s=idle_s)
    listener = listening(options)

    def serve() -> None:
        try:
            accept_all(listener, options, [].append if said is None else said.append)
        except OSError:  # shut down below
            pass
        finally:
            listener.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def ask(port: int, *requests: bytes) -> list[bytes]:
    """Send requests one after another on one connection; return what came for each, and at last what came until close.

    Each answer is read by its Content-Length; the last element is what the server said after the last request.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        answers = []
        for number, request in enumerate(requests, 1):
            sock.sendall(request)
            data = b""
            while number == len(requests) or not _complete(data):
                piece = sock.recv(65536)
                if not piece:
                    break
                data += piece
            answers.append(data)
        return answers


def _complete(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    return bool(length) and len(body) >= int(length)
