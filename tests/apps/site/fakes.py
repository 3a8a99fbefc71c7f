"""A reply without a socket, and a short way to ask a `Site`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from whywire.apps.http.app import Body, FileChanged, HeadFacts, Request
from whywire.apps.site import Rules, Site, SiteConfig


class Got(NamedTuple):
    """An answer as it was said. ``length``: what was promised; ``cut``: why the connection was broken off."""

    status: int
    fields: dict[str, str]
    body: bytes
    length: int | None
    cut: str
    ended: bool


class FakeReply:
    """Keeps what an app says. ``between`` is called after each piece of a file, with how much was sent."""

    def __init__(self, between: Callable[[int], None] | None = None) -> None:
        self.status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.length: int | None = None
        self.body = b""
        self.why = ""
        self.ended = False
        self._between = between

    started = property(lambda self: self.status > 0)
    gone = False

    async def inform(self, status: int, headers: Any = ()) -> None:  # noqa: ARG002
        raise AssertionError("no interim answers here")

    def start(self, status: int, headers: Any, *, length: int | None, reason: str = "",  # noqa: ARG002
              date: bool = True) -> None:  # noqa: ARG002
        assert not self.status, "two answers"
        for name, value in headers:
            assert name.lower() not in ("connection", "transfer-encoding", "content-length", "date")
            assert not set(name + value) & set("\r\n\0"), "response splitting"
            (name + value).encode("latin-1")
        names = [name.lower() for name, _ in headers]
        assert len(names) == len(set(names)), f"a field twice: {names}"
        self.status, self.headers, self.length = status, tuple(headers), length

    async def write(self, data: bytes) -> None:
        assert isinstance(data, bytes)
        assert self.status and not self.ended
        self.body += data
        assert self.length is not None and len(self.body) <= self.length
        if self._between:
            self._between(len(self.body))

    async def send_file(self, fd: int, offset: int, length: int) -> None:
        data = os.pread(fd, length, offset)
        self.body += data
        if self._between:
            self._between(len(self.body))
        if len(data) < length:
            raise FileChanged

    async def end(self, trailers: Any = ()) -> None:  # noqa: ARG002
        assert not self.ended
        self.ended = True

    def cut(self, why: str) -> None:
        self.why = why

    def close_after(self) -> None:
        raise AssertionError("the door decides that")

    def take_over(self) -> Any:
        raise AssertionError("no tunnels here")


def request(method: str, target: str, fields: dict[str, str]) -> Request:
    """Return a request as the door would."""
    headers = (("host", "a"), *((name.lower(), value) for name, value in fields.items()))
    return Request(method, target, "1.1", headers, "a", Body(), "127.0.0.1:1")


def ask(site: Site, target: str, method: str = "GET", between: Callable[[int], None] | None = None,
        **fields: str) -> Got:
    """Ask ``site``; ``if_none_match="x"`` becomes the field If-None-Match."""
    reply = FakeReply(between)
    asked = request(method, target, {name.replace("_", "-"): value for name, value in fields.items()})
    asyncio.run(site.answer(asked, reply))
    if reply.ended and not reply.why and method != "HEAD" and reply.status not in (204, 304):
        assert len(reply.body) == reply.length
    if method == "HEAD" or reply.status in (204, 304):
        assert reply.body == b""
    return Got(reply.status, dict(reply.headers), reply.body, reply.length, reply.why, reply.ended)


def facts(accept_encoding: str = "") -> HeadFacts:
    """Return what the door knows of a plain header block."""
    return HeadFacts((("host", "a"),), "a", accept_encoding)


@contextmanager
def serving(root: Path, rules: Rules | None = None, **options: Any) -> Iterator[Site]:
    """Serve a folder for a while."""
    site = Site(SiteConfig(str(root), rules=rules or Rules(), **options))
    try:
        yield site
    finally:
        site.close()


def descriptors() -> int:
    """Return how many this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def settle(root: Path) -> None:
    """Make everything below ``root`` look changed long ago, as far as one can: ctime stays."""
    for path in [*root.rglob("*"), root]:
        if not path.is_symlink():
            os.utime(path, (1_600_000_000, 1_600_000_000))
