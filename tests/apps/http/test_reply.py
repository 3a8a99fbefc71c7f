"""Answers: framing by what is known of the length, and nothing that could break a head."""

from __future__ import annotations

import pytest

from tests.apps.http.bench import Echo, bench, read_answer, rest, split
from whywire.apps.http.app import Reply, Request
from whywire.apps.http.reply import quick_bytes

GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


class Says(Echo):
    """Answers as its function says, and keeps what that raises."""

    def __init__(self, how: object) -> None:
        super().__init__()
        self._how = how
        self.raised: list[Exception] = []

    async def answer(self, request: Request, reply: Reply) -> None:
        try:
            await self._how(request, reply)  # type: ignore[operator]
        except Exception as error:
            self.raised.append(error)
            raise


async def unknown(request: Request, reply: Reply) -> None:  # noqa: ARG001
    reply.start(200, [], length=None)
    await reply.write(b"hello ")
    await reply.write(b"")
    await reply.write(b"world")
    await reply.end([("X-Sum", "1")])


def test_an_unknown_length_is_chunked_or_until_close() -> None:
    with bench(Says(unknown)) as at:
        with at.connect() as peer:
            peer.sendall(GET + b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            seen = rest(peer)
        assert seen.count(b"Transfer-Encoding: chunked") == 2
        assert seen.count(b"6\r\nhello \r\n5\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n") == 2
        old = at.ask(b"GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert old.endswith(b"\r\n\r\nhello world") and b"Connection: close" in old and b"chunked" not in old
        head = at.ask(b"HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert head.endswith(b"\r\n\r\n") and b"hello" not in head


@pytest.mark.parametrize("status", [204, 304])
def test_what_has_no_content_gets_none(status: int) -> None:
    async def how(request: Request, reply: Reply) -> None:  # noqa: ARG001
        reply.start(status, [("ETag", '"x"')], length=5)
        await reply.write(b"hello")

    with bench(Says(how)) as at:
        answers = split(at.ask(GET + b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    assert [answer.status for answer in answers] == [status, status]
    assert all("content-length" not in answer.headers for answer in answers)


@pytest.mark.parametrize("fields", [
    [("X", "a\r\nY: b")], [("X", "a\nb")], [("X\r\nY", "b")], [("X", "a\x00")], [("X", " a")], [("", "a")],
    [("Content-Length", "3")], [("transfer-encoding", "chunked")], [("Connection", "close")], [("Date", "now")],
    [("X", "\u20ac")],
])
def test_a_field_that_would_break_the_head_is_refused(fields: list[tuple[str, str]]) -> None:
    async def how(request: Request, reply: Reply) -> None:  # noqa: ARG001
        reply.start(200, fields, length=0)

    app = Says(how)
    with bench(app) as at:
        assert [answer.status for answer in split(at.ask(GET))] == [500]
    assert isinstance(app.raised[0], ValueError)


def test_interim_answers_and_a_date_of_the_app_s_own() -> None:
    async def how(request: Request, reply: Reply) -> None:  # noqa: ARG001
        await reply.inform(103, [("Link", "</a.css>")])
        reply.start(299, [("Date", "Sun, 06 Nov 1994 08:49:37 GMT")], length=2, reason="Odd", date=False)
        await reply.write(b"ok")

    with bench(Says(how)) as at:
        with at.connect() as peer:
            peer.sendall(GET)
            assert read_answer(peer).raw == b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
            assert read_answer(peer).raw == (b"HTTP/1.1 299 Odd\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                             b"Content-Length: 2\r\n\r\nok")
        assert split(at.ask(b"GET /x HTTP/1.0\r\n\r\n"))[0].status == 299


@pytest.mark.parametrize("pieces", [(b"abcdef",), (b"abc", b"def")])
def test_more_than_promised_is_refused_and_cut(pieces: tuple[bytes, ...]) -> None:
    async def how(request: Request, reply: Reply) -> None:  # noqa: ARG001
        reply.start(200, [], length=4)
        for piece in pieces:
            await reply.write(piece)

    app = Says(how)
    with bench(app) as at, at.connect() as peer:
        peer.sendall(GET)
        if len(pieces) == 1:  # nothing has left yet
            assert read_answer(peer).status == 500
        else:
            with pytest.raises(ConnectionResetError):
                rest(peer)
    assert isinstance(app.raised[0], ValueError)


def test_a_whole_answer_as_bytes() -> None:
    answer = quick_bytes(200, [("X", "y")], b"abc")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nDate: ")
    assert answer.endswith(b"\r\nX: y\r\nContent-Length: 3\r\n\r\nabc")
    assert quick_bytes(200, [], b"abc", head_only=True, close=True).endswith(
        b"Content-Length: 3\r\nConnection: close\r\n\r\n")
