"""A Redis that a test may kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.apps.redis_server import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with TemporaryDirectory(prefix="ww") as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()
