"""The client: several requests under way, and clear words for everything that is no answer."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from whywire.apps.calc.client import Client, Wish
from whywire.apps.calc.server import Options, Server
from whywire.base.errors import WhywireError
from whywire.protocols.calc import Message, Reader
from whywire.protocols.calc.content import request, success


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a calculator listens, in a thread of its own."""
    ready: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = []
    up = threading.Event()

    async def work() -> None:
        server, stop = Server(Options(port=0)), asyncio.Event()
        ready.append((await server.start(), asyncio.get_running_loop(), stop))
        up.set()
        await stop.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    assert up.wait(10)
    yield ready[0][0]
    ready[0][1].call_soon_threadsafe(ready[0][2].set)
    thread.join(10)


@contextmanager
def answering(data: bytes | None, *, reset: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A server of one connection that reads once, sends ``data`` (None: nothing) and closes."""
    seen: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)
    done = threading.Event()

    def serve() -> None:
        conn, _ = listening.accept()
        with conn:
            conn.settimeout(10)
            seen.append(conn.recv(4 if reset else 65536))
            if data is None:
                done.wait(10)
            else:
                conn.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1], seen
    finally:
        done.set()
        thread.join(10)
        listening.close()


def test_one_expression(port: int) -> None:
    with Client("127.0.0.1", port) as client:
        answer = client.ask("(2 + 3) * 4", Wish(steps=True))
        assert (answer.status, answer.result, answer.steps) == (200, 20, ("5 * 4", "20"))
        assert client.ask("1/0").error == "division by zero has no value"


def test_many_expressions_with_several_under_way(port: int) -> None:
    with Client("127.0.0.1", port) as client:
        texts = [f"{number} + {'0' * (number * 7 % 9000 + 1)}" for number in range(500)]
        assert [answer.result for answer in client.ask_all(texts)] == list(range(500))


def test_large_requests_and_answers_do_not_block_each_other(port: int) -> None:
    with Client("127.0.0.1", port) as client:
        texts = ["+".join(["1"] * 170)] * 40
        assert {answer.result for answer in client.ask_all(texts, Wish(steps=True))} == {170}


@pytest.mark.parametrize(("wish", "c", "steps", "seconds"), [
    (Wish(), True, False, 65535), (Wish(steps=True, oldest=60), True, True, 60),
    (Wish(may_cache=False), False, False, 65535),
])
def test_what_a_wish_becomes(wish: Wish, c: bool, steps: bool, seconds: int) -> None:
    with answering(success(1, (), now=1, with_steps=False, fresh_s=0)) as (at, seen):
        with Client("127.0.0.1", at) as client:
            assert client.ask("1", wish).result == 1
        reader = Reader()
        reader.feed(seen[0])
        message = reader.next_message()
        assert isinstance(message, Message)
        assert (message.may_cache, message.steps, message.cache_seconds) == (c, steps, seconds)
        assert message.is_request


@pytest.mark.parametrize(("data", "said"), [
    (b"", "did not answer as a calculator: the server closed the connection with 1"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "inside an answer"), (b"\x00" * 12, "a length below 12"),
    (request("1", now=1), "T is 1"),
    (success(1, (), now=1, with_steps=False, fresh_s=0)[:12].replace(b"\x00\x26", b"\x00\x0c"), "is not JSON"),
])
def test_a_server_that_is_none(data: bytes, said: str) -> None:
    with answering(data) as (at, _), Client("127.0.0.1", at) as client, pytest.raises(WhywireError) as caught:
        client.ask("1")
    assert said in caught.value.what
    assert caught.value.exit_code == 1


def test_a_server_that_never_answers() -> None:
    with (answering(None) as (at, _), Client("127.0.0.1", at, answer_s=0.1) as client,
          pytest.raises(WhywireError, match=r"did not answer within 0\.1 s")):
        client.ask("1")


def test_a_server_that_resets() -> None:
    with (answering(b"", reset=True) as (at, _), Client("127.0.0.1", at) as client,
          pytest.raises(WhywireError, match="broke the connection off: Connection reset by peer")):
        client.ask("1")


def test_nobody_listens() -> None:
    with pytest.raises(WhywireError) as caught:
        Client("127.0.0.1", 1)
    assert caught.value.what == "127.0.0.1:1 can't be reached: Connection refused"
    assert caught.value.hint == "start a calculator there: whywire calc serve --port 1"


def test_what_fits_into_no_message(port: int) -> None:
    with Client("127.0.0.1", port) as client:
        for text in ("1" * 65524, "\udcff"):
            with pytest.raises(WhywireError, match="can't be asked"):
                client.ask(text)




def test_a_host_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> socket.socket:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    with pytest.raises(WhywireError) as caught:
        Client("nosuch.invalid", 9999)
    assert caught.value.what == "nosuch.invalid:9999 can't be reached: Name or service not known"
