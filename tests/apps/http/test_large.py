"""Large answers of the quick path: in order, complete, and the kernel's files are given back."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
import uvloop

from tests.apps.http.bench import Echo, bench, read_answer
from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.http.large import MOST_FILES, Larges

SIZE = 300_000
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Pages(Echo):
    """Answers /N/... quickly, with the same bytes each time: N bytes of content."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[bytes, bytes] = {}

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:  # noqa: ARG002
        size = int(target.split(b"/")[1])
        return self.kept.setdefault(target, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (
            size, target[-1:] * size))

    async def answer(self, request: Request, reply: Reply) -> None:
        size = int(request.target.split("/")[1])
        reply.start(200, [], length=size)
        await reply.write(request.target[-1:].encode() * size)


@pytest.mark.parametrize("loop", LOOPS)
def test_answers_are_whole_and_in_order(loop: str) -> None:
    targets = [b"/%d/%d" % (size, number) for number, size in enumerate((SIZE, 10, 60_000, 5, SIZE * 3))] * 8
    with bench(Pages(), loop_factory=LOOPS[loop]) as at, at.connect() as peer:
        for together in (1, 3, len(targets)):
            for begin in range(0, len(targets), together):
                group = targets[begin:begin + together]
                for target in group:
                    peer.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
                for target in group:
                    assert read_answer(peer).content == target[-1:] * int(target.split(b"/")[1])


def files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_files_are_bounded_and_given_back() -> None:
    before, larges = files(), Larges()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    answers = [b"%d" % number + b"x" * 50_000 for number in range(3 * MOST_FILES)]
    for answer in answers:
        assert larges.send(ours.fileno(), answer) == 0, "what comes once is not worth a file"
        sent = larges.send(ours.fileno(), answer)
        assert sent > 0
        while sent:
            piece = theirs.recv(sent)
            assert piece and piece in answer
            sent -= len(piece)
        assert files() <= before + 2 + MOST_FILES
    larges.age()
    larges.age()
    assert files() == before + 2, "what nobody asks for any more is given back"
    larges.close()
    ours.close()
    theirs.close()
    assert files() == before


def test_a_socket_that_takes_nothing_is_left_to_the_transport() -> None:
    larges = Larges()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    answer = b"x" * 5_000_000
    assert [larges.send(ours.fileno(), answer) > 0 for _ in range(2)] == [False, True]
    with pytest.raises(BlockingIOError):
        while True:
            os.write(ours.fileno(), b"x" * 1000)
    assert larges.send(ours.fileno(), answer) == 0
    larges.close()
    ours.close()
    theirs.close()


def test_where_the_kernel_has_none_the_transport_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> int:
        raise OSError(38, "not here")

    monkeypatch.setattr(os, "memfd_create", none)
    larges = Larges()
    assert [larges.send(1, b"x" * 100_000) for _ in range(3)] == [0, 0, 0]
    larges.close()
