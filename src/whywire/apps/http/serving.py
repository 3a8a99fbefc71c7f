"""From words to a running server: sockets, workers, and who restarts them."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from whywire.apps.http import listen, tls
from whywire.apps.http.log import AccessLog
from whywire.apps.http.metrics import Metrics
from whywire.apps.http.server import Server
from whywire.apps.http.worker import Serving, Worker, loop_factory
from whywire.base.errors import WhywireError

__all__ = ["Server", "Serving", "serve"]
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
FAILED = 3
"""A worker ends with this where it could not begin; then it is not started again."""


def serve(serving: Serving, ready: Callable[[list[str]], None] = lambda _: None) -> None:
    """Serve until SIGTERM or SIGINT. ``ready`` gets the addresses that are listened on. Raises WhywireError."""
    look_at(serving)
    allow_many_files()
    handed = listen.handed_over(os.environ, os.getpid())
    if handed:
        copies = [handed] * serving.workers
    elif serving.unix:
        copies = [[listen.unix(serving.unix)]] * serving.workers
    else:
        copies = listen.tcp(serving.host, serving.port, serving.workers)
    metrics = Metrics(serving.workers)
    side = side_door(serving.metrics)
    try:
        scheme = "https" if serving.cert else "http"
        where = [listen.shown(one, scheme) for one in copies[0]]
        if serving.workers == 1:
            worker = Worker(serving, copies[0], metrics, 0, side)
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                serving_loop(runner, worker, lambda: ready(where))
        else:
            Master(serving, copies, metrics, side).run(lambda: ready(where))
    finally:
        if serving.unix and not handed:
            listen.remove(serving.unix)
        for listener in {*(one for each in copies for one in each), *side}:
            listener.close()
        metrics.close()


def look_at(serving: Serving) -> None:
    """Raise WhywireError for files that can't be used, before anything listens and says so."""
    if serving.cert:
        tls.context(serving.cert, serving.key)
    if serving.log:
        AccessLog(serving.log, serving.log_format).close()


def serving_loop(runner: asyncio.Runner, worker: Worker, ready: Callable[[], None], parent: int | None = None) -> None:
    """Run one worker to its end."""
    async def main() -> None:
        if parent is None:
            await worker.run(None, ready)
        else:
            asyncio.get_running_loop().call_soon(ready)
            await worker.run(parent)

    runner.run(main())


def side_door(where: str) -> tuple[socket.socket, ...]:
    """Return the sockets for the metrics. Raises WhywireError."""
    if not where:
        return ()
    host, _, port = where.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise WhywireError(f"{where!r} is no address for the metrics.", "Give HOST:PORT, as in 127.0.0.1:9100.")
    return tuple(listen.tcp(host.strip("[]") or "127.0.0.1", int(port))[0])


def allow_many_files() -> None:
    """Ask for as many descriptors as this user may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def let_signals() -> None:
    """Take signals that waited."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


class Master:
    """Forks the workers, starts one again that ended by itself, hands signals on. Until the stop it keeps all sockets
    open, so that a connection that waits for a worker to come back is not lost."""

    def __init__(self, serving: Serving, copies: list[list[socket.socket]], metrics: Metrics,
                 side: tuple[socket.socket, ...]) -> None:
        self._serving = serving
        self._copies = copies
        self._metrics = metrics
        self._side = side
        self._workers: dict[int, tuple[int, float]] = {}
        self._alive = os.pipe()
        """Closed by the end of this process, however it comes: the workers wait for that."""
        self._stopping = False
        self._failed = False

    def run(self, ready: Callable[[], None]) -> None:
        """Run until told to stop and all workers have ended. Raises WhywireError when they can't begin."""
        before = {number: signal.signal(number, self._hand_on) for number in SIGNALS}
        try:
            for number in range(self._serving.workers):
                self._fork(number)
            ready()
            while self._workers:
                pid, status = os.waitpid(-1, 0)
                if pid in self._workers:
                    self._ended(pid, os.waitstatus_to_exitcode(status))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in self._alive:
                os.close(end)
        if self._failed:
            raise WhywireError("The workers could not begin; what they said stands above.", exit_code=2)

    def _hand_on(self, number: int, _: object) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._stopping, number = True, signal.SIGTERM
            for listener in {one for each in self._copies for one in each}:
                listener.close()  # otherwise the kernel takes connections that nobody will serve, and resets them
        for pid in self._workers:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _ended(self, pid: int, code: int) -> None:
        number, began = self._workers.pop(pid)
        if self._stopping:
            return
        if code == FAILED:
            self._failed = True
            self._hand_on(signal.SIGTERM, None)
            return
        self._serving.say(f"worker {number} ended with {code} and is started again")
        if time.monotonic() - began < 1.0:
            time.sleep(1.0)  # not a busy loop of failing workers
        if not self._stopping:
            self._fork(number)

    def _fork(self, number: int) -> None:
        sys.stdout.flush()
        # Signals wait until the child has handlers of its own, or is in the list
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = os.fork()
        if pid == 0:
            self._be_worker(number)
        self._workers[pid] = number, time.monotonic()
        let_signals()

    def _be_worker(self, number: int) -> None:
        """Serve in the child, and never return from it."""
        code = 1
        try:
            os.close(self._alive[1])
            for other, listeners in enumerate(self._copies):
                if other != number and listeners is not self._copies[number]:
                    for listener in listeners:
                        listener.close()
            for one in (signal.SIGHUP, signal.SIGUSR1):
                signal.signal(one, signal.SIG_IGN)
            for one in (signal.SIGTERM, signal.SIGINT):
                signal.signal(one, signal.SIG_DFL)
            worker = Worker(self._serving, self._copies[number], self._metrics, number, self._side)
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                serving_loop(runner, worker, let_signals, self._alive[0])
            code = 0
        except WhywireError as error:
            self._serving.say(str(error))
            code = FAILED
        except BaseException as error:
            self._serving.say(f"worker {number}: {type(error).__name__}: {error}")
        finally:
            sys.stdout.flush()
            os._exit(code)
