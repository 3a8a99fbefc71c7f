"""A worker in this process: beginning, reload, end. tests/cli/test_serve.py does it with processes and signals."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl

import pytest

from tests.apps.http.bench import Echo
from whywire.apps.http import listen, worker
from whywire.apps.http.metrics import Metrics
from whywire.apps.http.settings import Settings
from whywire.base.errors import WhywireError


class Opened(Echo):
    """Notes its beginning and its end."""

    def __init__(self, notes: list[str]) -> None:
        super().__init__()
        self._notes = notes

    async def open(self) -> None:
        self._notes.append("open")

    def close(self) -> None:
        self._notes.append("close")


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    seen = await reader.read()
    writer.close()
    await writer.wait_closed()
    return seen


def test_an_app_is_opened_replaced_and_closed() -> None:
    notes: list[str] = []
    said: list[str] = []
    (listeners,) = listen.tcp("127.0.0.1", 0)
    metrics = Metrics()

    async def main() -> None:
        serving = worker.Serving(make=lambda: Opened(notes), settings=Settings(drain_time=1), say=said.append)
        one = worker.Worker(serving, listeners, metrics)
        running = asyncio.create_task(one.run())
        assert (await ask(listeners[0].getsockname()[1])).endswith(b"GET /x a ")
        one.reload()
        while said != ["reloaded"] or "close" not in notes:
            await asyncio.sleep(0)
        assert (await ask(listeners[0].getsockname()[1])).endswith(b"GET /x a ")
        one.stop()
        await running

    asyncio.run(main())
    metrics.close()
    assert notes == ["open", "open", "close", "close"]


def test_an_app_that_can_t_be_made_is_not_begun() -> None:
    def make() -> Echo:
        raise WhywireError("no folder")

    metrics = Metrics()
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(WhywireError, match="no folder"):
        asyncio.run(worker.Worker(worker.Serving(make=make), [listener], metrics).run())
    metrics.close()


def test_the_loop_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYWIRE_LOOP", "asyncio")
    assert worker.loop_factory() is asyncio.new_event_loop


def test_a_client_s_failed_handshake_is_no_news_and_a_mistake_of_ours_is() -> None:
    said: list[str] = []
    worker.unexpected({"message": "SSL handshake failed", "exception": ssl.SSLError(1, "bad")}, said.append)
    worker.unexpected({"message": "reset", "exception": ConnectionResetError()}, said.append)
    worker.unexpected({"message": "SSL handshake failed", "exception": ConnectionResetError}, said.append)
    assert said == []
    worker.unexpected({"message": "accept", "exception": OSError(errno.EMFILE, "too many files")}, said.append)
    worker.unexpected({"message": "callback", "exception": ValueError("ours")}, said.append)
    assert "too many files" in said[0] and said[1].startswith("callback") and "ValueError: ours" in said[1]
