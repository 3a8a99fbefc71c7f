"""One connection: when it may be used again."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from tests.lab.bench import eventually
from whywire.apps.fetch.errors import FetchError, NotAnsweredError
from whywire.apps.fetch.talk import Talk
from whywire.protocols.http1.events import Request, Response

GET = Request(method="GET", target="/", headers=((b"Host", b"a"),))


class Kept:
    """A sink."""

    def __init__(self) -> None:
        self.heads: list[Response] = []
        self.body = b""

    def begin(self, response: Response) -> None:
        self.heads.append(response)

    def write(self, data: bytes) -> None:
        self.body += data


def test_two_answers_on_one_connection_then_its_end() -> None:
    ours, theirs = socket.socketpair()
    talk = Talk(ours)
    with theirs, closing(talk):
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        kept = Kept()
        assert talk.ask(GET, kept, 5).status == 200
        assert kept.body == b"hi"
        assert (talk.used, talk.said_close, talk.can_ask) == (1, False, True)
        theirs.sendall(b"HTTP/1.1 204 Gone\r\n\r\n")
        assert talk.ask(GET, Kept(), 5).status == 204
        theirs.shutdown(socket.SHUT_WR)
        assert eventually(lambda: not talk.can_ask)


def test_bytes_that_nobody_asked_for_end_its_use() -> None:
    ours, theirs = socket.socketpair()
    talk = Talk(ours)
    with theirs, closing(talk):
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\nfalse")
        talk.ask(GET, Kept(), 5)
        assert not talk.can_ask


@pytest.mark.parametrize(("said", "error"), [(b"", NotAnsweredError), (b"HTTP/1.1 200", FetchError)])
def test_an_end_before_the_answer(said: bytes, error: type[FetchError]) -> None:
    ours, theirs = socket.socketpair()
    talk = Talk(ours)
    with theirs, closing(talk):
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(FetchError) as caught:
            talk.ask(GET, Kept(), 5)
        assert type(caught.value) is error
        assert not talk.can_ask


def test_waiting_for_the_server_s_close_is_bounded() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        Talk(ours).wait_for_close(0.05)
        assert theirs.recv(1) == b""


def test_a_request_that_is_none_is_not_sent() -> None:
    ours, theirs = socket.socketpair()
    talk = Talk(ours)
    with theirs, closing(talk):
        with pytest.raises(FetchError, match="can't be asked"):
            talk.ask(Request(method="GET", target="/ x", headers=()), Kept(), 5)
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
