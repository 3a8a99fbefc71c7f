"""Back pressure on the way out, and what a reset looks like from the other side."""

from __future__ import annotations

import pytest

from tests.apps.http.bench import Bench, Echo, bench, rest
from whywire.apps.http.app import Reply, Request

SIZE = 20_000_000


class Stream(Echo):
    """Answers with many pieces and notes how much may wait meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.at: Bench | None = None
        self.most = 0

    async def answer(self, request: Request, reply: Reply) -> None:
        reply.start(200, [], length=SIZE)
        for _ in range(SIZE // 50_000):
            await reply.write(b"x" * 50_000)
            assert self.at is not None
            self.most = max(self.most, *(door.transport.get_write_buffer_size() for door in self.at.server.doors))
        if request.target == "/cut":
            reply.cut("as asked")


def test_what_waits_to_be_written_stays_small() -> None:
    app = Stream()
    with bench(app) as at, at.connect() as peer:
        app.at = at
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert len(rest(peer).partition(b"\r\n\r\n")[2]) == SIZE
    assert 0 < app.most < 300_000


def test_a_cut_is_a_reset() -> None:
    app = Stream()
    with bench(app) as at, at.connect() as peer:
        app.at = at
        peer.sendall(b"GET /cut HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            rest(peer)
        assert at.said == [line for line in at.said if line.endswith("connection cut: as asked")] != []
