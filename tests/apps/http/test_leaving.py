"""Who has left is told from who only has nothing more to ask."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable

import pytest

from tests.apps.http.bench import bench, rest
from whywire.apps.http.app import HeadFacts, Reply, Request

ASK = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


class Slow:
    """Answers when it is told to, and notes whether its client left before."""

    def __init__(self) -> None:
        self.began, self.left = threading.Event(), threading.Event()
        self.go_on: asyncio.Event | None = None

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> None:  # noqa: ARG002 (the contract)
        return None

    async def answer(self, request: Request, reply: Reply) -> None:  # noqa: ARG002
        self.go_on = asyncio.Event()
        reply.watch(self._note)
        self.began.set()
        await self.go_on.wait()
        if not reply.gone:
            reply.start(200, [], length=2)
            await reply.write(b"ok")
            reply.watch(None)

    def _note(self) -> None:
        self.left.set()
        assert self.go_on is not None
        self.go_on.set()


def by_close(peer: socket.socket) -> None:
    peer.close()


def by_reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


@pytest.mark.parametrize("leave", [by_close, by_reset])
def test_an_app_hears_that_its_client_has_left(leave: Callable[[socket.socket], None]) -> None:
    app = Slow()
    with bench(app) as at:
        peer = at.connect()
        peer.sendall(ASK)
        assert app.began.wait(5)
        leave(peer)
        assert app.left.wait(5)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_client_that_ended_its_stream_is_asked_and_answered(version: str) -> None:
    app = Slow()
    with bench(app) as at, at.connect() as peer:
        peer.sendall(ASK.replace(b"1.1", version.encode()))
        peer.shutdown(socket.SHUT_WR)
        assert app.began.wait(5)
        if version == "1.1":
            assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert not app.left.is_set()
        assert app.go_on is not None
        at.in_loop(app.go_on.set)
        assert rest(peer).endswith(b"\r\n\r\nok")
        assert not app.left.is_set()
