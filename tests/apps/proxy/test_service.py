"""The administrator's address: on this machine only, for its owner only."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.apps.proxy.bench import QUICKLY, Client
from tests.apps.proxy.origin import Origin, always
from whywire.apps.proxy.core import Proxy
from whywire.apps.proxy.service import Service
from whywire.apps.proxy.settings import ProxySettings
from whywire.apps.proxy.side import is_tcp, listening
from whywire.apps.stores.memory import MemoryStore
from whywire.base.errors import WhywireError


def run(where: str, test: Callable[[Service], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with Origin(always()) as origin:
            service = Service(Proxy(replace(ProxySettings(timeouts=QUICKLY), origin=origin.url), MemoryStore()), where)
            await service.open()
            try:
                await asyncio.wait_for(test(service), 20)
            finally:
                await service.close()
    asyncio.run(whole())


async def ask(where: str, request: str) -> tuple[int, object]:
    if is_tcp(where):
        host, _, port = where.rpartition(":")
        client = Client(*await asyncio.open_connection(host, int(port)))
    else:
        client = Client(*await asyncio.open_unix_connection(where))
    await client.send(request)
    got = await client.answer()
    client.close()
    return got.status, json.loads(got.body) if "json" in (got.get("content-type") or "") else got.body.decode()


def post(wish: object, kind: str = "application/json", host: str = "localhost") -> str:
    body = json.dumps(wish)
    return f"POST /purge HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}"


def get(path: str, host: str = "localhost") -> str:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"


def test_a_socket_is_the_owners_alone_and_is_gone_afterwards(tmp_path: Path) -> None:
    where = tmp_path / "ours" / "proxy.sock"

    async def test(service: Service) -> None:
        assert where.stat().st_mode & 0o777 == 0o600
        assert where.parent.stat().st_mode & 0o777 == 0o700
        assert (await ask(str(where), get("/stats")))[0] == 200
        with pytest.raises(WhywireError, match="another proxy"):
            listening(str(where))
        await service.open()
        await service.close()
        assert (await ask(str(where), get("/stats")))[0] == 200
    run(str(where), test)
    assert not where.exists()


def test_a_page_in_the_administrators_browser_can_ask_and_purge_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = f"127.0.0.1:{port}"

    async def test(service: Service) -> None:
        assert (await ask(where, get("/stats", f"rebinds.example:{port}")))[0] == 421
        assert (await ask(where, post({"all": True}, "text/plain", where)))[0] == 415
        assert (await ask(where, get("/stats", where)))[0] == 200
        assert (await ask(where, get("/stats", f"localhost:{port}")))[0] == 200
        assert (await ask(where, get("/stats", "[::1]")))[0] == 200
        assert service.proxy.counts.hits == 0
    run(where, test)


def test_the_garbage_collector_is_patient_while_it_runs() -> None:
    before = gc.get_threshold()

    async def test(_: Service) -> None:
        assert gc.get_threshold() > before
    run("", test)
    assert gc.get_threshold() == before
