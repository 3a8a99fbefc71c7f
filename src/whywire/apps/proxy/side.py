"""The administrator's address beside a running proxy: a Unix socket of its owner's, or a port of this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

from whywire.apps.http.door import Door
from whywire.apps.http.server import Server
from whywire.apps.http.settings import Settings
from whywire.apps.proxy.admin import Admin, Managed
from whywire.base.errors import WhywireError


class SideDoor:
    """Listens on ``where`` (empty: nowhere) for questions about ``proxy``."""

    def __init__(self, proxy: Managed, where: str) -> None:
        self._proxy, self._where = proxy, where
        self._side: Server | None = None
        self._listener: asyncio.AbstractServer | None = None
        self._socket: socket.socket | None = None

    async def open(self) -> None:
        """Listen. Raises WhywireError."""
        if not self._where:
            return
        loop = asyncio.get_running_loop()
        self._socket = listening(self._where)
        self._side = side = Server(Admin(self._proxy), Settings(drain_time=1), loop)
        make = loop.create_unix_server if self._socket.family == socket.AF_UNIX else loop.create_server
        self._listener = await make(lambda: Door(side), sock=self._socket)
        side.start()

    async def close(self) -> None:
        """Stop, and remove the socket's name."""
        if self._listener is not None and self._side is not None:
            self._listener.close()
            await self._side.drain()
            self._listener = None
        if self._socket is not None and not is_tcp(self._where):
            with suppress(OSError):
                Path(self._where).unlink()
        self._socket = None


def is_tcp(where: str) -> bool:
    """Tell whether an administrator's address is HOST:PORT, and not the path of a Unix socket."""
    return "/" not in where and ":" in where


def listening(where: str) -> socket.socket:
    """Return a socket that listens on ``where``: a path, or HOST:PORT of this machine only. Raises WhywireError."""
    try:
        return _tcp(where) if is_tcp(where) else _unix(Path(where))
    except (OSError, ValueError) as error:
        raise WhywireError(f"the administrator's address {where} can't be used: {error}",
                           "Name another one with --admin: a path, or HOST:PORT of this machine.", 1) from error


def _tcp(where: str) -> socket.socket:
    host, _, port = where.rpartition(":")
    address = ipaddress.ip_address("127.0.0.1" if host in ("", "localhost") else host.strip("[]"))
    if not address.is_loopback:
        raise ValueError("whoever reaches it can empty the cache, so it has to be an address of this machine")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    return socket.create_server((str(address), int(port)), family=family)


def _unix(path: Path) -> socket.socket:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.parent.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise ValueError(f"{path.parent} belongs to somebody else, or others may write to it")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(path)) == 0:
                    raise ValueError("another proxy listens there")
            path.unlink()
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(16)
    except BaseException:
        listener.close()
        raise
    return listener
