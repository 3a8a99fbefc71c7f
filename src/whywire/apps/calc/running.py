"""From a command to a running server and back: an event loop, the signals that stop it, errors as sentences."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Awaitable, Callable

from whywire.base.errors import WhywireError


def until_signal(what: str, host: str, port: int, start: Callable[[], Awaitable[int]],
                 stop: Callable[[], Awaitable[None]], say: Callable[[str], None] | None = None,
                 over: Callable[[], Awaitable[None]] | None = None) -> int:
    """Start, wait for SIGINT or SIGTERM (or for ``over``), stop; return 0.

    ``start`` returns the port that it listens on. Raises WhywireError where it can't listen.
    """
    async def main() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        try:
            bound = await start()
        except OSError as error:
            raise cannot_listen(what, host, port, error) from error
        if say is not None:
            say(f"{what} listens on {host}:{bound}")
        waits = [asyncio.ensure_future(stopped.wait())] + ([asyncio.ensure_future(over())] if over else [])
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await stop()

    asyncio.run(main())
    return 0


def cannot_listen(what: str, host: str, port: int, error: OSError) -> WhywireError:
    """Return what to say of an address that can't be listened on."""
    hints = {errno.EADDRINUSE: "another program listens there; stop it, or choose another --port",
             errno.EACCES: "ports below 1024 are for root; choose a --port above",
             errno.EADDRNOTAVAIL: "that is not an address of this machine; 127.0.0.1 is, and 0.0.0.0 stands for all"}
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return WhywireError(f"{what} can't listen on {host}:{port}: {reason}", hints.get(error.errno or 0, ""), 1)
