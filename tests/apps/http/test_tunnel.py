"""Behind CONNECT and 101 the connection belongs to the app."""

from __future__ import annotations

import pytest

from tests.apps.http.bench import Echo, bench, rest
from tests.apps.http.test_server import wait_for
from whywire.apps.http.app import Reply, Request


class Shout(Echo):
    """Takes the connection over and shouts back."""

    async def answer(self, request: Request, reply: Reply) -> None:
        if request.method == "CONNECT":
            reply.start(200, [], length=None)
        else:
            reply.start(101, [("Upgrade", "shout")], length=None)
        reader, writer = reply.take_over()
        while piece := await reader.read(100):
            writer.write(piece.upper())
            await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(("asked", "said"), [
    (b"CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n", b"HTTP/1.1 200 OK\r\n"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\n",
     b"HTTP/1.1 101 Switching Protocols\r\n"),
])
def test_bytes_go_both_ways(asked: bytes, said: bytes) -> None:
    with bench(Shout()) as at:
        with at.connect() as peer:
            peer.sendall(asked + b"early ")
            seen = b""
            while not seen.endswith(b"EARLY "):
                seen += peer.recv(1000)
            assert seen.startswith(said) and b"Content-Length" not in seen and b"chunked" not in seen
            peer.sendall(b"later")
            assert peer.recv(5) == b"LATER"
            peer.shutdown(1)
            assert rest(peer) == b""
        wait_for(lambda: not at.server.doors)
