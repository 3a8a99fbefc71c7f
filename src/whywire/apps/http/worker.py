"""One worker process: an event loop, its listening sockets, its signals, its end."""

from __future__ import annotations

import asyncio
import errno
import inspect
import os
import signal
import socket
import ssl
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from whywire.apps.http import tls
from whywire.apps.http.app import App
from whywire.apps.http.door import Door
from whywire.apps.http.log import AccessLog
from whywire.apps.http.metrics import Metrics, MetricsApp
from whywire.apps.http.porch import Porch
from whywire.apps.http.server import Server, complain
from whywire.apps.http.settings import Settings
from whywire.base.errors import WhywireError

OURS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
"""What an accept fails with when this machine is at its end: the operator wants to know that."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served, where and how."""

    make: Callable[[], App]
    """Makes the app; called again for each worker, and when the configuration is to be read again. An app may have
    ``open`` and ``close``, plain or as coroutines: called in its worker's loop at the beginning and at the end."""
    settings: Settings = field(default_factory=Settings)
    host: str = "127.0.0.1"
    port: int = 8000
    """0: a free one."""
    unix: str = ""
    """A path: listen there, and not on host and port."""
    cert: str = ""
    key: str = ""
    workers: int = 1
    log: str = ""
    """The access log's file; ``-``: standard output; empty: none."""
    log_format: str = "combined"
    metrics: str = ""
    """HOST:PORT of the metrics; empty: none."""
    say: Callable[[str], None] = complain


class Worker:
    """Serves on sockets that are listening already, until it is told to stop."""

    def __init__(self, serving: Serving, listeners: list[socket.socket], metrics: Metrics, number: int = 0,
                 metrics_listeners: tuple[socket.socket, ...] = ()) -> None:
        self._serving = serving
        self._listeners = listeners
        self._metrics = metrics
        self._number = number
        self._metrics_listeners = metrics_listeners
        self._context: ssl.SSLContext | None = None
        self._log: AccessLog | None = None
        self._stopping: asyncio.Event = asyncio.Event()
        self._servers: list[Server] = []

    async def run(self, parent: int | None = None, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until SIGTERM, SIGINT, or the end of the pipe ``parent``. Raises WhywireError before ``ready``."""
        serving, loop = self._serving, asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unexpected(context, serving.say))
        app = serving.make()
        await _call(app, "open")
        self._context = tls.context(serving.cert, serving.key) if serving.cert else None
        self._log = AccessLog(serving.log, serving.log_format, serving.say) if serving.log else None
        server = Server(app, serving.settings, loop, serving.say, log=self._log, metrics=self._metrics,
                        number=self._number)
        self._servers.append(server)
        listening = [await listen(loop, server, one, self._context) for one in self._listeners]
        if self._metrics_listeners:
            side = Server(MetricsApp(self._metrics, server), serving.settings, loop, serving.say)
            self._servers.append(side)
            listening += [await listen(loop, side, one, None) for one in self._metrics_listeners]
        for one in self._servers:
            one.start()
        self._obey(loop, parent)
        ready()
        await self._stopping.wait()
        for each in listening:
            each.close()
        aborted = sum(await asyncio.gather(*(one.drain() for one in self._servers)))
        if aborted:
            serving.say(f"{aborted} connections were still busy after {serving.settings.drain_time:g} s and were cut")
        await _call(server.app, "close")
        if self._log is not None:
            self._log.close()

    def _obey(self, loop: asyncio.AbstractEventLoop, parent: int | None) -> None:
        with suppress(ValueError, RuntimeError):  # not in the main thread: a test stops it by `stop`
            loop.add_signal_handler(signal.SIGTERM, self.stop)
            loop.add_signal_handler(signal.SIGINT, self.stop if parent is None else lambda: None)
            loop.add_signal_handler(signal.SIGHUP, self.reload)
            loop.add_signal_handler(signal.SIGUSR1, self.reopen)
        if parent is not None:
            loop.add_reader(parent, self._orphaned, loop, parent)

    def _orphaned(self, loop: asyncio.AbstractEventLoop, parent: int) -> None:
        loop.remove_reader(parent)
        self.stop()

    def stop(self) -> None:
        """Stop: answer what has begun, then end. A second time: cut what is left."""
        if self._stopping.is_set():
            for server in self._servers:
                server.abort()
        self._stopping.set()

    def reload(self) -> None:
        """Read configuration and certificate again, and open the log anew; what can't be read leaves the old."""
        serving, server = self._serving, self._servers[0]
        try:
            if self._context is not None:
                tls.load(self._context, serving.cert, serving.key)
            new = serving.make()
        except WhywireError as error:
            serving.say(f"not reloaded, the old configuration stays: {error}")
            return
        self.reopen()
        server.loop.create_task(self._replace(server, new))

    async def _replace(self, server: Server, new: App) -> None:
        await _call(new, "open")
        old = server.replace(new)
        self._serving.say("reloaded")
        await server.settled()
        await _call(old, "close")

    def reopen(self) -> None:
        """Go on in a new log file."""
        if self._log is not None:
            try:
                self._log.reopen()
            except WhywireError as error:
                self._serving.say(str(error))


def unexpected(context: dict[str, Any], say: Callable[[str], None]) -> None:
    """Say what the event loop could not hand to anybody, unless it is a client's: a handshake that failed, a reset."""
    error = context.get("exception")
    if isinstance(error, type) and issubclass(error, OSError):  # so aiofastnet says that a handshake broke off
        return
    if isinstance(error, OSError) and error.errno not in OURS:  # also SSLError, ConnectionError, TimeoutError
        return
    detail = "".join(traceback.format_exception(error)) if isinstance(error, BaseException) else ""
    say(f"{context.get('message', 'an error outside of any request')}\n{detail}".rstrip())


async def _call(app: App, name: str) -> None:
    method: Any = getattr(app, name, None)
    if method is not None and inspect.isawaitable(result := method()):
        await result


async def listen(loop: asyncio.AbstractEventLoop, server: Server, listener: socket.socket,
                 context: ssl.SSLContext | None) -> Any:
    """Let connections in; return what is closed to let no more in."""
    if context is not None:
        return Porch(server, listener, context)
    if listener.family == socket.AF_UNIX:
        return await loop.create_unix_server(lambda: Door(server), sock=listener, backlog=2048)
    return await loop.create_server(lambda: Door(server), sock=listener, backlog=2048)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the event loop: uvloop where it is installed and not refused by WHYWIRE_LOOP=asyncio."""
    if os.environ.get("WHYWIRE_LOOP") != "asyncio" and find_spec("uvloop") is not None:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
        return factory
    return asyncio.new_event_loop
