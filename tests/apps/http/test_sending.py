"""Files to sockets."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
import uvloop

from tests.apps.http.bench import Echo, bench, read_answer, rest
from tests.apps.http.test_server import wait_for
from whywire.apps.http.app import FileChanged, Reply, Request
from whywire.apps.http.sending import read_piece
from whywire.apps.http.settings import Settings

SIZE = 9_000_000
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Files(Echo):
    """Sends parts of one file: target /OFFSET/LENGTH; promises as much."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    async def answer(self, request: Request, reply: Reply) -> None:
        _, offset, length = request.target.split("/")
        reply.start(200, [], length=None if request.get("x-chunked") else int(length))
        fd = os.open(self.path, os.O_RDONLY)
        try:
            await reply.send_file(fd, int(offset), int(length))
        finally:
            os.close(fd)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "large"
    made.write_bytes(os.urandom(SIZE))
    return made


@pytest.mark.parametrize(("offset", "length"), [(0, SIZE), (5, 100), (1_000_001, 200_000), (SIZE, 0)])
@pytest.mark.parametrize("loop", LOOPS)
def test_the_part_arrives_and_the_connection_lives_on(path: Path, offset: int, length: int, loop: str) -> None:
    with bench(Files(path), loop_factory=LOOPS[loop]) as at, at.connect() as peer:
        for _ in range(2):
            peer.sendall(b"GET /%d/%d HTTP/1.1\r\nHost: a\r\n\r\n" % (offset, length))
            assert read_answer(peer).content == path.read_bytes()[offset:offset + length]
        peer.sendall(b"GET /0/300000 HTTP/1.1\r\nHost: a\r\n\r\nGET /0/9 HTTP/1.0\r\n\r\n")
        assert read_answer(peer).content == path.read_bytes()[:300_000]
        assert rest(peer).endswith(path.read_bytes()[:9])


def test_a_head_is_all_that_head_gets(path: Path) -> None:
    with bench(Files(path)) as at:
        seen = at.ask(b"HEAD /0/%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % SIZE)
    assert seen.endswith(b"\r\n\r\n") and b"Content-Length: %d" % SIZE in seen


def test_a_file_goes_in_chunks_where_the_length_was_not_said(path: Path) -> None:
    with bench(Files(path)) as at:
        seen = at.ask(b"GET /0/300000 HTTP/1.1\r\nHost: a\r\nX-Chunked: 1\r\nConnection: close\r\n\r\n")
    assert seen.endswith(b"\r\n0\r\n\r\n") and len(seen) > 300_000


@pytest.mark.parametrize("length", [SIZE + 1, 60_000])
def test_a_file_that_has_shrunk_cuts_the_connection(path: Path, length: int) -> None:
    with bench(Files(path)) as at, at.connect() as peer:
        peer.sendall(b"GET /%d/%d HTTP/1.1\r\nHost: a\r\n\r\n" % (SIZE - min(length, SIZE) + 1, length))
        with pytest.raises(ConnectionResetError):
            rest(peer)
        assert any("the file ends at byte" in line for line in at.said)


def test_a_client_that_takes_nothing_is_given_up(path: Path) -> None:
    with bench(Files(path), Settings(write_time=0.3)) as at, at.connect() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.sendall(b"GET /0/%d HTTP/1.1\r\nHost: a\r\n\r\n" % SIZE)
        wait_for(lambda: at.server.values[1] == 1 and not at.server.doors)


def test_a_piece_is_whole_or_an_error(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        assert read_piece(fd, SIZE - 3, 3) == path.read_bytes()[-3:]
        with pytest.raises(FileChanged):
            read_piece(fd, SIZE - 3, 4)
    finally:
        os.close(fd)
