"""Connections: order, reuse, content, refusals, endings."""

from __future__ import annotations

import socket

import pytest

from tests.apps.http.bench import Echo, bench, read_answer, rest, split

HOST = b"Host: a\r\n"


def test_a_request_is_answered_and_the_connection_lives_on() -> None:
    with bench(Echo()) as at, at.connect() as peer:
        for path in (b"/one", b"/two"):
            peer.sendall(b"GET %b HTTP/1.1\r\n%b\r\n" % (path, HOST))
            answer = read_answer(peer)
            assert (answer.status, answer.content) == (200, b"GET %b a " % path)
            assert "date" in answer.headers and "connection" not in answer.headers


def test_the_quick_path_is_taken_once_the_headers_are_known() -> None:
    app = Echo()
    with bench(app) as at, at.connect() as peer:
        for _ in range(4):
            peer.sendall(b"GET /quick HTTP/1.1\r\n%b\r\n" % HOST)
            assert read_answer(peer).status == 200
    assert len(app.quickly) >= 3


def test_pipelined_requests_are_answered_in_order() -> None:
    targets = [b"/quick", b"/slow", b"/quick", b"/quick", b"/other"] * 5
    with bench(Echo()) as at:
        data = b"".join(b"GET %b HTTP/1.1\r\n%b\r\n" % (target, HOST) for target in targets)
        answers = split(at.ask(data + b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    said = [answer.content for answer in answers]
    assert said == [b"quick" if target == b"/quick" else b"GET %b a " % target for target in targets] \
        + [b"GET /last a "]
    assert answers[-1].headers["connection"] == "close"


@pytest.mark.parametrize("body", [
    b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nT: v\r\n\r\n",
])
def test_content_is_read_whole_and_byte_by_byte(body: bytes) -> None:
    request = b"POST /p HTTP/1.1\r\n" + HOST + body
    with bench(Echo()) as at, at.connect() as peer:
        peer.sendall(request)
        assert read_answer(peer).content == b"POST /p a hello"
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for index in range(len(request)):
            peer.sendall(request[index:index + 1])
        assert read_answer(peer).content == b"POST /p a hello"
        peer.sendall(b"GET /next HTTP/1.1\r\n%b\r\n" % HOST)
        assert read_answer(peer).content == b"GET /next a "


def test_a_waiting_client_is_told_to_continue() -> None:
    with bench(Echo()) as at, at.connect() as peer:
        peer.sendall(b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b"ok")
        assert read_answer(peer).content == b"POST /p a ok"


def test_what_is_refused_is_answered_and_the_client_sees_it() -> None:
    with bench(Echo()) as at, at.connect() as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + b"x" * 200_000)
        answer = read_answer(peer)
        assert (answer.status, answer.headers["connection"]) == (400, "close")
        assert rest(peer) == b""


@pytest.mark.parametrize(("sent", "status"), [
    (b"HEAD * HTTP/1.1\r\nHost: a\r\n\r\n", 400), (b"HEAD / HTTP/1.1\r\n\r\n", 400),
    (b"\r\nHEAD / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400), (b"HEAD / HTTP/2.0\r\n\r\n", 505),
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
    (b"HEAD /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    (b"HEAD / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000 + b"\r\n\r\n", 431),
])
def test_a_refused_head_request_gets_no_content(sent: bytes, status: int) -> None:
    with bench(Echo()) as at:
        head, _, content = at.ask(sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status) and content == b""
    assert b"Content-Length: 0" not in head, "the length is that of the page a GET would get"


@pytest.mark.parametrize(("sent", "said"), [
    (b"\x16\x03\x01\x00\xc8\x01\x00", b"begin with http://, not https://"), (b"\0", b"No method begins like this"),
    (b"\r\n\r\n\x80", b"No method begins like this"), (b"{", b"No method begins like this"),
])
def test_what_begins_no_request_is_refused_at_once(sent: bytes, said: bytes) -> None:
    with bench(Echo()) as at, at.connect() as peer:
        peer.sendall(sent)
        answer = read_answer(peer)
        assert answer.status == 400 and said in answer.content
        assert rest(peer) == b""


def test_empty_lines_and_half_a_method_are_waited_for() -> None:
    with bench(Echo()) as at, at.connect() as peer:
        for piece in (b"\r", b"\n", b"G", b"ET /x HTTP/1.1\r\nHost: a\r\n\r\n"):
            peer.sendall(piece)
            at.in_loop(lambda: None)
        assert read_answer(peer).status == 200


def test_a_client_that_ends_its_side_gets_its_answer() -> None:
    with bench(Echo()) as at:
        assert split(at.ask(b"GET /x HTTP/1.1\r\n%b\r\n" % HOST, end=True))[0].content == b"GET /x a "


def test_what_was_pipelined_before_the_end_is_answered() -> None:
    with bench(Echo()) as at:
        answers = split(at.ask(b"GET /x HTTP/1.1\r\n%b\r\n" % HOST * 5, end=True))
        assert [answer.content for answer in answers] == [b"GET /x a "] * 5
        broken = split(at.ask(b"GET /x HTTP/1.1\r\n%b\r\nGET /y HT" % HOST, end=True))
        assert [answer.status for answer in broken] == [200, 400]
        cut = b"POST /y HTTP/1.1\r\nContent-Length: 5\r\n%b\r\n" % HOST
        assert [answer.status for answer in split(at.ask(b"GET /x HTTP/1.1\r\n%b\r\n" % HOST + cut, end=True))] \
            in ([200], [200, 400])
