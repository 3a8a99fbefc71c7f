"""Every store, made anew for each test; Redis is a real server on a Unix socket of its own."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from whywire.apps.stores.model import Store


class RedisServer:
    """A redis-server that can be stopped and started again, empty each time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: apt-get install redis-server"
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(self.path), "--save", "", "--appendonly", "no",
             "--dir", str(self.path.parent)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        import socket
        while time.monotonic() < end:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(str(self.path))
                    return
                except OSError:
                    assert self.process.poll() is None, "redis-server ended"
                    time.sleep(0.01)
        raise AssertionError("redis-server does not answer")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.path.unlink(missing_ok=True)


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
