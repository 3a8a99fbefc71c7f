"""Listening sockets: of a host and port, a Unix socket, or those that systemd hands over. Made before any worker is."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from whywire.base.errors import WhywireError

BACKLOG = 2048
FIRST_FD = 3
"""The first descriptor that systemd hands over (sd_listen_fds(3))."""


def tcp(host: str, port: int, copies: int = 1) -> list[list[socket.socket]]:
    """Return ``copies`` lists of sockets, one socket an address that ``host`` has, all on one port (0: a free one).

    Several copies share each address by SO_REUSEPORT, so that the kernel deals connections out. Raises WhywireError.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise WhywireError(f"There is no address for the host {host!r}: {error.strerror}.",
                           "Give an address of this machine, as in --host 127.0.0.1 or --host ::1.") from None
    lists: list[list[socket.socket]] = [[] for _ in range(copies)]
    opened: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            whole = (address[0], port or (opened[0].getsockname()[1] if opened else 0), *address[2:])
            with _bound(family, whole, shared=False) as probe:  # SO_REUSEPORT alone would not see another server
                whole = (whole[0], probe.getsockname()[1], *whole[2:])
            for one in lists:
                listener = _bound(family, whole, shared=copies > 1)
                opened.append(listener)
                listener.listen(BACKLOG)
                one.append(listener)
    except OSError as error:
        for listener in opened:
            listener.close()
        raise refused(f"{host} port {port}", error) from None
    return lists


def _bound(family: int, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if address[0] == "::" else 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def refused(where: str, error: OSError) -> WhywireError:
    """Return the error for an address that can't be listened on."""
    hints = {errno.EADDRINUSE: "Another program listens there: end it, or choose another --port (0: any free one).",
             errno.EACCES: "Ports below 1024 are not for every user: choose a higher one with --port.",
             errno.EADDRNOTAVAIL: "That is not an address of this machine."}
    return WhywireError(f"Can't listen on {where}: {error.strerror or error}.", hints.get(error.errno or 0, ""))


def unix(path: str) -> socket.socket:
    """Return a socket that listens at ``path``; one that nobody listens on is replaced. Raises WhywireError."""
    place = Path(path)
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(place.lstat().st_mode):
            raise WhywireError(f"{path} is there and is no socket.", "Choose another name with --unix.")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(path) == 0:
                raise WhywireError(f"Another program listens on {path}.", "End it, or choose another name with --unix.")
        place.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise refused(path, error) from None
    return listener


def remove(path: str) -> None:
    """Take a Unix socket's name away, unless it is no socket any more."""
    with suppress(OSError):
        if stat.S_ISSOCK(Path(path).lstat().st_mode):
            Path(path).unlink()


def handed_over(environment: Mapping[str, str], own_pid: int) -> list[socket.socket]:
    """Return the listening sockets of systemd's socket activation; none when there are none for this process."""
    if environment.get("LISTEN_PID") != str(own_pid):
        return []
    try:
        count = int(environment.get("LISTEN_FDS", "0"))
        found = []
        for fd in range(FIRST_FD, FIRST_FD + count):
            os.set_inheritable(fd, False)
            found.append(socket.socket(fileno=fd))
    except (ValueError, OSError) as error:
        raise WhywireError(f"LISTEN_FDS does not name usable sockets: {error}.",
                           "Look at the socket unit that starts whywire.") from None
    return found


def shown(listener: socket.socket, scheme: str = "http") -> str:
    """Return a listening socket's address the way a user may copy it."""
    if listener.family == socket.AF_UNIX:
        return f"unix:{listener.getsockname()}"
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"
