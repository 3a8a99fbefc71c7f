"""What connections share: limits, waits that end, errors of the app, the end."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import pytest

from tests.apps.http.bench import PATIENCE, Bench, Echo, bench, fields, read_answer, rest, split
from whywire.apps.http.app import ClientGone, Reply, Request
from whywire.apps.http.log import AccessLog
from whywire.apps.http.metrics import ACCEPTED
from whywire.apps.http.settings import Settings

GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


class Bad(Echo):
    """Fails in every way an app can."""

    async def answer(self, request: Request, reply: Reply) -> None:
        if request.target == "/early":
            raise RuntimeError("before the answer")
        if request.target == "/nothing":
            return
        if request.target == "/second":
            reply.start(200, [], length=0)
        reply.start(200, [("X", "a\r\nSet-Cookie: b")] if request.target == "/split" else [], length=10)
        await reply.write(b"abc")
        if request.target == "/late":
            raise RuntimeError("within the answer")


@pytest.mark.parametrize("target", [b"/early", b"/nothing", b"/split", b"/second"])
def test_an_app_that_fails_gives_500(target: bytes) -> None:
    with bench(Bad()) as at:
        answers = split(at.ask(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target))
        assert [answer.status for answer in answers] == [500]
        assert b"Set-Cookie" not in answers[0].raw
        assert len(at.said) == 1


@pytest.mark.parametrize("target", [b"/late", b"/short"])
def test_an_answer_that_can_t_be_completed_is_cut(target: bytes) -> None:
    with bench(Bad()) as at, at.connect() as peer:
        peer.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
        seen = b""
        with pytest.raises(ConnectionResetError):
            while piece := peer.recv(1000):
                seen += piece
        assert b"Content-Length: 10" in seen or seen == b""
        assert any("cut" in line for line in at.said)


def closed_after(at: Bench, sent: bytes, more: bytes = b"") -> tuple[bytes, float]:
    """Send, then drip ``more`` until the server answers or closes; return what came and how long it took."""
    began = time.monotonic()
    with at.connect() as peer:
        peer.sendall(sent)
        peer.settimeout(0.05)
        seen = b""
        while time.monotonic() - began < PATIENCE:
            try:
                piece = peer.recv(65536)
                if not piece:
                    break
                seen += piece
            except TimeoutError:
                if more:
                    peer.sendall(more)
        return seen, time.monotonic() - began


def test_waits_end() -> None:
    settings = Settings(head_time=0.3, idle_time=0.3, body_time=0.3, linger_time=0.2)
    with bench(Echo(), settings) as at:
        assert closed_after(at, b"")[0] == b""
        seen, took = closed_after(at, b"GET /x HTTP/1.1\r\nHost: a\r\n", b"X")
        assert seen.startswith(b"HTTP/1.1 408 ") and took < 3, "the deadline is for the whole head"
        assert [a.status for a in split(closed_after(at, GET)[0])] == [200]
        seen, _ = closed_after(at, b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        assert seen.startswith(b"HTTP/1.1 408 ")


class Large(Echo):
    """Answers with more than any buffer takes."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    async def answer(self, request: Request, reply: Reply) -> None:  # noqa: ARG002
        reply.start(200, [], length=None)
        try:
            for _ in range(10_000):
                await reply.write(b"x" * 65536)
        except ClientGone:
            self.ended.append("gone")
            raise


def test_a_client_that_does_not_read_is_given_up() -> None:
    app = Large()
    with bench(app, Settings(write_time=0.3)) as at, at.connect() as peer:
        peer.sendall(GET)
        wait_for(lambda: app.ended == ["gone"])
        wait_for(lambda: not at.server.doors)


def wait_for(what: object) -> None:
    """Wait until ``what()`` holds."""
    began = time.monotonic()
    while not what():  # type: ignore[operator]
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.005)


def test_pipelining_without_reading_costs_bounded_memory() -> None:
    with bench(Echo(), Settings(write_time=0.5, requests=10**9)) as at, at.connect() as peer:
        peer.settimeout(0.2)
        flood, sent = b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n" * 1000, 0
        with pytest.raises(OSError):
            while sent < 200_000_000:
                sent += peer.send(flood)
        waiting: list[int] = []
        at.in_loop(lambda: waiting.extend(
            door.transport.get_write_buffer_size() + len(door._held) for door in at.server.doors))
        assert sum(waiting) < 2_000_000


def test_connections_are_limited_in_all_and_per_address() -> None:
    for settings in (Settings(connections=2), Settings(per_address=2)):
        with bench(Echo(), settings) as at:
            with at.connect() as one, at.connect() as two:
                for peer in (one, two):
                    peer.sendall(GET)
                    assert read_answer(peer).status == 200
                with at.connect() as three:
                    answer = read_answer(three)
                    assert answer.status == 503 and "retry-after" in answer.headers
            wait_for(lambda: not at.server.doors)
            assert at.server.of_address == {}
            with at.connect() as again:
                again.sendall(GET)
                assert read_answer(again).status == 200


def test_requests_on_a_connection_are_limited() -> None:
    with bench(Echo(), Settings(requests=3)) as at:
        answers = split(at.ask(b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n" * 5))
    assert ["connection" in answer.headers for answer in answers] == [False, False, True]


def test_content_is_limited() -> None:
    with bench(Echo(), Settings(body=10, linger_time=0.3)) as at:
        head = b"POST /x HTTP/1.1\r\nHost: a\r\n"
        for body in (b"Content-Length: 11\r\n\r\n" + b"x" * 11,
                     b"Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"):
            assert [answer.status for answer in split(at.ask(head + body))] == [413]


class Deaf(Echo):
    """Answers without reading the content."""

    async def answer(self, request: Request, reply: Reply) -> None:  # noqa: ARG002
        reply.start(405, [("Allow", "GET")], length=0)


@pytest.mark.parametrize("first", [False, True])
def test_content_that_nobody_reads(first: bool) -> None:
    with bench(Deaf(), Settings(drain_first=first, linger_time=0.5)) as at, at.connect() as peer:
        peer.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + GET)
        assert [read_answer(peer).status for _ in range(2)] == [405, 405]
        peer.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        answer = read_answer(peer)
        assert (answer.status, answer.headers["connection"]) == (405, "close")
        assert rest(peer) == b""


def test_a_large_upload_that_is_refused_sees_its_answer() -> None:
    with bench(Deaf(), Settings(linger_time=2)) as at, at.connect() as peer:
        peer.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
        peer.sendall(b"x" * 3_000_000)
        assert read_answer(peer).status == 405
        assert rest(peer) == b""


def test_broken_chunks_are_refused_before_an_app_that_ignores_them() -> None:
    with bench(Deaf(), Settings(drain_first=True)) as at:
        seen = at.ask(b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n")
    assert [answer.status for answer in split(seen)] == [400]


class Gate(Echo):
    """Answers when told."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.open = asyncio.Event()

    async def answer(self, request: Request, reply: Reply) -> None:
        self.asked.set()
        await self.open.wait()
        await super().answer(request, reply)


def test_draining_answers_what_has_begun_and_closes_the_rest() -> None:
    app = Gate()
    with bench(app) as at, at.connect() as idle, at.connect() as busy:
        idle.sendall(b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n")
        assert read_answer(idle).status == 200
        busy.sendall(GET)
        wait_for(app.asked.is_set)
        drained = asyncio.run_coroutine_threadsafe(at.server.drain(), at.loop)
        assert rest(idle) == b"", "closed while the other is still answered"
        idle.close()
        at.loop.call_soon_threadsafe(app.open.set)
        assert read_answer(busy).headers["connection"] == "close"
        assert busy.recv(10) == b""
        busy.close()
        assert drained.result(PATIENCE) == 0


def test_a_request_that_meets_the_stop_is_answered() -> None:
    with bench(Echo()) as at, at.connect() as used, at.connect() as silent:
        for peer in (used, silent):
            peer.sendall(GET)
            assert read_answer(peer).status == 200
        drained = asyncio.run_coroutine_threadsafe(at.server.drain(), at.loop)
        wait_for(lambda: at.server.draining)
        used.sendall(GET)
        answer = read_answer(used)
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert rest(used) == b"" and rest(silent) == b""
        used.close()
        silent.close()
        assert drained.result(PATIENCE) == 0


def test_a_failing_app_gives_head_no_content() -> None:
    with bench(Bad()) as at:
        head, _, content = at.ask(b"HEAD /early HTTP/1.1\r\nHost: a\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ") and content == b""


def test_draining_ends_after_its_time() -> None:
    with bench(Gate(), Settings(drain_time=0.1)) as at, at.connect() as busy:
        busy.sendall(GET)
        wait_for(lambda: at.server.app.asked.is_set())  # type: ignore[attr-defined]
        assert asyncio.run_coroutine_threadsafe(at.server.drain(), at.loop).result(PATIENCE) == 1
        with pytest.raises(ConnectionResetError):
            busy.recv(10)
        at.loop.call_soon_threadsafe(at.server.app.open.set)  # type: ignore[attr-defined]


def test_another_app_answers_from_the_next_request_on() -> None:
    with bench(Echo()) as at, at.connect() as peer:
        peer.sendall(GET)
        assert read_answer(peer).status == 200
        at.in_loop(lambda: at.server.replace(Deaf()))
        peer.sendall(GET)
        assert read_answer(peer).status == 405


def test_a_client_that_resets_leaves_nothing() -> None:
    with bench(Echo()) as at:
        for data in (b"", b"GET / HT", GET, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"):
            with at.connect() as peer:
                peer.sendall(data)
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wait_for(lambda: at.server.values[ACCEPTED] == 4 and not at.server.doors)
        assert at.said == []


def test_errors_say_what_is_wrong() -> None:
    with bench(Echo()) as at:
        seen = at.ask(b"GET / HTTP/1.1\r\nHost: a\r\nX : <b>\r\n\r\n")
    assert fields(seen)["content-type"] == "text/html; charset=utf-8"
    assert b"whitespace between a field&#x27;s name and its colon" in seen.lower()


def test_what_is_refused_is_logged_with_its_first_line(tmp_path: Path) -> None:
    log = AccessLog(str(tmp_path / "log"), "common")
    with bench(Echo(), log=log) as at:
        at.ask(b"\r\n\r\nBAD\r\n\r\n")
    log.close()
    assert '"BAD" 400' in (tmp_path / "log").read_text()
