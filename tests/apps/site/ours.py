"""A `Site` behind the door, on a port of the kernel's choice, in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.apps.http.bench import bench
from whywire.apps.http.settings import Settings
from whywire.apps.site import Rules, Site, SiteConfig

SETTINGS = Settings(linger_time=0.2, drain_time=1.0)


@contextmanager
def running(root: Path, said: list[str], rules: Rules | None = None, **options: Any) -> Iterator[tuple[str, int]]:
    """Serve ``root``; yield the address. What the server had to say goes to ``said`` at the end."""
    site = Site(SiteConfig(str(root), rules=rules or Rules(), **options))
    try:
        with bench(site, SETTINGS) as at:
            yield "127.0.0.1", at.port
            said.extend(at.said)
    finally:
        site.close()
