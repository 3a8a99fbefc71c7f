"""The classic server's sockets: blocking, a thread for each connection, or with ``serial`` one after another."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from whywire.apps.classic import answers
from whywire.apps.classic.files import open_file
from whywire.apps.classic.options import Options
from whywire.base.errors import WhywireError
from whywire.protocols.http1 import Connection, EndOfMessage, RemoteProtocolError, Request, Response
from whywire.protocols.http1.events import Data
from whywire.protocols.http1.states import DONE, SERVER

FORGIVEN = frozenset(("no-host",))
"""The classic clients send no Host."""
RECEIVED, BLOCK = 4096, 1 << 20
_PASSING = {errno.ECONNABORTED: 0.0, **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM), 0.05)}
"""What accept() may fail with and go on (accept(2)), and how long to wait: until other connections close."""


class GoneError(Exception):
    """The connection has no next request: the client closed, was silent for too long, or broke a rule."""


def run(options: Options, say: Callable[[str], None] = lambda _: None,
        ready: Callable[[int], None] = lambda _: None) -> None:
    """Serve until interrupted (SIGINT, SIGTERM). ``say`` gets a line for each request, ``ready`` the port.

    Raises WhywireError where the folder or the address can't be used.
    """
    if not options.folder.is_dir():
        raise WhywireError(f"there is no folder {options.folder}", "give the folder whose files are to be served")
    with listening(options) as listener, suppress(KeyboardInterrupt):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        ready(listener.getsockname()[1])
        accept_all(listener, options, say)


def listening(options: Options) -> socket.socket:
    """Return a listening socket. Raises WhywireError where the address can't be used."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise WhywireError(f"can't listen on {options.host} port {options.port}: {error.strerror or error}",
                           "choose another --port, or --port 0 for a free one", 1) from error
    return listener


def accept_all(listener: socket.socket, options: Options, say: Callable[[str], None]) -> None:
    """Take connections until the listener is closed or the program interrupted."""
    room = threading.BoundedSemaphore(options.most)
    while True:
        room.acquire()
        try:
            conn, _ = listener.accept()
        except OSError as error:
            room.release()
            if error.errno in _PASSING:
                time.sleep(_PASSING[error.errno])
                continue
            raise
        if options.serial:
            _serve(conn, options, say, room)
        else:
            threading.Thread(target=_serve, args=(conn, options, say, room), daemon=True).start()


def _serve(conn: socket.socket, options: Options, say: Callable[[str], None],
           room: threading.BoundedSemaphore) -> None:
    try:
        with suppress(OSError, GoneError):
            Talk(conn, options, say).go()
    finally:
        conn.close()
        room.release()


class Talk:
    """One connection, from accept to close."""

    def __init__(self, conn: socket.socket, options: Options, say: Callable[[str], None]) -> None:
        self._conn = conn
        self._options = options
        self._say = say
        self._http = Connection(SERVER, forgive=FORGIVEN)

    def go(self) -> None:
        """Answer request after request. Raises GoneError, OSError."""
        while True:
            try:
                request = self._request()
            except RemoteProtocolError as error:
                self._send(answers.refusal(error.status))
                self._say(f"{error.status} {error}")
                return
            if not self._answer(request):
                return
            self._http.start_next_cycle()

    def _request(self) -> Request:
        """Return the next request, complete, within the idle timeout. Raises GoneError, RemoteProtocolError."""
        deadline = time.monotonic() + self._options.idle_s
        request = None
        while True:
            event = self._http.next_event()
            if isinstance(event, Request):
                request = event
            elif isinstance(event, EndOfMessage) and request is not None:
                return request
            elif event is None:
                self._receive(deadline)
            elif not isinstance(event, Data):
                raise GoneError

    def _receive(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise GoneError
        self._conn.settimeout(left)
        data = self._conn.recv(RECEIVED)
        if not data:
            raise GoneError
        self._http.receive(data)

    def _answer(self, request: Request) -> bool:
        """Answer a request; tell whether the connection stays."""
        path = request.target.partition("?")[0]
        self._say(f"{request.method} {request.target}")
        if request.method != "GET":
            return self._send(answers.refusal(405))
        if path == answers.REDIRECTED:
            return self._send(answers.redirect())
        opened = open_file(self._options.folder, request.target)
        if opened is None:
            return self._send(answers.refusal(404))
        file, size = opened
        try:
            return self._send(answers.found(request, size), file, size)
        finally:
            os.close(file)

    def _send(self, response: Response, file: int | None = None, size: int = 0) -> bool:
        """Send head and body, in one write as far as a block holds them; tell whether the connection stays."""
        self._conn.settimeout(self._options.send_s)
        out = self._http.send(response)
        if self._options.two_writes:
            self._conn.sendall(out)
            out = b""
        while file is not None and size:
            block = os.read(file, min(size, BLOCK))
            if not block:
                raise GoneError  # the file has become shorter: what was promised can't be kept
            size -= len(block)
            self._conn.sendall(out + self._http.send(Data(block)))
            out = b""
        if out:
            self._conn.sendall(out)
        self._http.send(EndOfMessage())
        return self._http.mine == DONE
