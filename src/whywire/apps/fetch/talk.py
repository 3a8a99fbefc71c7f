"""One connection to a server: a request goes out, the answer's head and body come in."""

from __future__ import annotations

import select
import socket
import ssl
from contextlib import suppress
from typing import Protocol

from whywire.apps.fetch.errors import FetchError, NotAnsweredError, printable
from whywire.protocols.http1 import Connection, EndOfMessage, RemoteProtocolError, Request, Response
from whywire.protocols.http1.connection import LocalProtocolError
from whywire.protocols.http1.events import Data, Event, InformationalResponse
from whywire.protocols.http1.states import CLIENT, DONE

FORGIVEN = frozenset(("bare-lf", "loose-start-line"))
"""What small servers send and nobody can misunderstand in an answer."""
RECEIVED = 1 << 16
MOST_INTERIM = 100
"""Responses 1xx before the final one; more come only from a server that never wants to answer."""


class Sink(Protocol):
    """Where an answer goes. Both may raise FetchError."""

    def begin(self, response: Response) -> None:
        """Take the head."""

    def write(self, data: bytes) -> None:
        """Take a piece of the body."""


class Talk:
    """A connection. ``said_close``: the last answer announced that the server closes."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._http = Connection(CLIENT, forgive=FORGIVEN)
        self._is_open = True
        self._has_ended = False
        self.used = 0
        """Answers that were complete."""
        self.said_close = False

    @property
    def can_ask(self) -> bool:
        """Whether another request may be sent: both sides keep the connection, and nothing came unasked."""
        return self._is_open and self._http.mine != "error" and not self.said_close and not self._is_over()

    def _is_over(self) -> bool:
        """Tell whether the server has closed, or said something that nobody asked for."""
        ready, _, _ = select.select([self._sock], [], [], 0)
        if not ready and not (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            return self._http.unread_bytes > 0
        self._sock.settimeout(0)
        try:
            self._sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):  # something of TLS itself, such as a session ticket
            return False
        except OSError:
            return True
        return True

    def ask(self, request: Request, sink: Sink, timeout_s: float) -> Response:
        """Send a request, pass its answer on, return its head. Raises FetchError; then the connection is of no use."""
        if self._http.mine == DONE:
            self._http.start_next_cycle()
        self._sock.settimeout(timeout_s)
        try:
            out = self._http.send(request) + self._http.send(EndOfMessage())
        except LocalProtocolError as error:
            raise FetchError(f"this can't be asked: {error}") from error
        response, interim = None, 0
        try:
            self._sock.sendall(out)
            while True:
                event = self._next(response, timeout_s)
                if isinstance(event, Response):
                    response = event
                    sink.begin(event)
                elif isinstance(event, Data):
                    sink.write(event.data)
                elif isinstance(event, EndOfMessage) and response is not None:
                    break
                elif isinstance(event, InformationalResponse):
                    interim += 1
                    if interim > MOST_INTERIM:
                        raise FetchError(f"more than {MOST_INTERIM} interim responses (1xx), and no answer")
        except OSError as error:
            self.close()
            raise self._broken(response, str(error.strerror or error)) from error
        except FetchError:
            self.close()
            raise
        self.used += 1
        self.said_close = self._http.mine != DONE
        return response

    def _next(self, response: Response | None, timeout_s: float) -> Event:
        """Return the next event. Raises FetchError, OSError."""
        while True:
            try:
                event = self._http.next_event()
            except RemoteProtocolError as error:
                raise FetchError(f"what the server sent is not HTTP/1.1: {printable(str(error))}") from error
            if event is not None:
                return event
            try:
                data = self._sock.recv(RECEIVED)
            except TimeoutError as error:
                raise FetchError(f"nothing came for {timeout_s:g} s") from error
            if not data and (response is None or response.framing != "until-close"):
                raise self._broken(response, "the server closed the connection")
            self._has_ended = not data
            self._http.receive(data)

    def _broken(self, response: Response | None, why: str) -> FetchError:
        if response is None and not self._http.unread_bytes:
            return NotAnsweredError(f"{why} without an answer")
        return FetchError(f"broken off: {why} in the middle of the answer")

    def close(self) -> None:
        """Close this end."""
        self._is_open = False
        self._sock.close()

    def wait_for_close(self, timeout_s: float) -> None:
        """Wait until the server closes, then close; what it may say meanwhile is nobody's answer."""
        if self._is_open and not self._has_ended:
            self._sock.settimeout(timeout_s)
            with suppress(OSError):
                while self._sock.recv(RECEIVED):
                    pass
        self.close()
