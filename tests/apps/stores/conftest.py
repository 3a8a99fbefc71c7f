"""Every store, made anew for each test; Redis is a real server on a Unix socket of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.apps.redis_server import RedisServer
from whywire.apps.stores.model import Store


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with TemporaryDirectory(prefix="ww") as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["memory", "disk", "redis"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Store]:
    """Return a function that makes the store; with ``most``: the largest body."""
    def make(most: int = 1 << 20) -> Store:
        if request.param == "memory":
            from whywire.apps.stores.memory import MemoryStore
            return MemoryStore(8 << 20, most)
        if request.param == "disk":
            from whywire.apps.stores.disk import DiskStore
            return DiskStore(tmp_path / "cache", 8 << 20, most)
        from whywire.apps.stores.redis import RedisStore
        return RedisStore(request.getfixturevalue("redis_server").url, most, prefix=f"{tmp_path.name}-{id(make)}:")
    return make


@pytest.fixture
def use(make_store: Callable[..., Store]) -> Callable[..., None]:
    """Return a function that runs a test's coroutine function over an open store."""
    def run(test: Callable[[Store], object], most: int = 1 << 20) -> None:
        async def whole() -> None:
            store = make_store(most)
            await store.open()
            try:
                await test(store)  # type: ignore[misc]
            finally:
                await store.clear()
                await store.close()
        asyncio.run(whole())
    return run
