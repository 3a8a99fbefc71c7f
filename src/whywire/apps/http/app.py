"""The contract between the door and the program behind it: what a request is, and how it is answered.

The door reads requests, refuses the bad ones, and does framing, Date, Connection, the missing body of HEAD, 204 and
304, and HTTP/1.0. An app sees good requests only and says what the answer is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol

from whywire.apps.http.clock import date_line

__all__ = [
    "App", "Body", "BodyError", "ClientGone", "FileChanged", "HeadFacts", "Headers", "Reply", "Request", "date_line",
]

Headers = Sequence[tuple[str, str]]


class BodyError(Exception):
    """The client broke off in its body, or broke its framing. ``status``: what to answer with, if that still helps."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class ClientGone(Exception):  # noqa: N818 (the contract's name)
    """The client closed the connection, or stopped reading for longer than the write timeout."""


class FileChanged(Exception):  # noqa: N818 (the contract's name)
    """The file ended before the length that was promised; the connection is cut."""


class Body:
    """A request's content: an asynchronous iterator of its pieces. This one is empty; the door makes the others.

    Iterating asks the client for more (and sends 100 Continue where it waits for that), so a slow reader holds back
    the sender. Raises BodyError.
    """

    kind: str = "none"
    """"none", "length" or "chunked"."""
    length: int | None = 0
    """Bytes; None: not known before the end."""
    trailers: tuple[tuple[str, str], ...] = ()
    """Known after the end of a chunked body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration


class Request:
    """One request, as the full parser understood it."""

    __slots__ = ("body", "headers", "host", "method", "peer", "raw_head", "scheme", "target", "version")

    def __init__(self, method: str, target: str, version: str, headers: tuple[tuple[str, str], ...], host: str | None,
                 body: Body, peer: str, scheme: str = "http", raw_head: bytes = b"") -> None:
        self.method = method
        self.target = target
        """Exactly as received: origin-form, absolute-form, authority-form (CONNECT) or ``*``."""
        self.version = version
        """"1.0" or "1.1"; what calls itself 1.2 to 1.9 is read as 1.1 (RFC 9110 section 2.5)."""
        self.headers = headers
        """Names in lower case, values as latin-1, in the order received."""
        self.host = host
        """Host and port that are asked for: those of an absolute-form target, else the Host field; None: neither."""
        self.body = body
        self.peer = peer
        """"127.0.0.1:51234", "[::1]:51234" or "unix:"."""
        self.scheme = scheme
        self.raw_head = raw_head

    def get(self, name: str) -> str | None:
        """Return the field ``name`` (lower case), several joined with ", " (RFC 9110 section 5.3); None without it."""
        found = [value for key, value in self.headers if key == name]
        return ", ".join(found) if found else None


class HeadFacts:
    """What the full parser found in one header block, computed once and remembered under the block's bytes."""

    __slots__ = ("accept_encoding", "cache_control", "headers", "host", "log_tail", "scratch")

    def __init__(self, headers: tuple[tuple[str, str], ...], host: str, accept_encoding: str = "",
                 cache_control: str = "") -> None:
        self.headers = headers
        self.host = host
        self.accept_encoding = accept_encoding
        """Accept-Encoding, several joined; empty without it. The same for the next."""
        self.cache_control = cache_control
        self.scratch: dict[Any, Any] = {}
        """The app may keep here what it computed from these headers; it lives as long as the block is remembered."""
        self.log_tail: str | None = None
        """The access log's own."""


class Reply(Protocol):
    """How an app answers one request."""

    why: str
    """For the log alone: what went wrong, where something did."""

    @property
    def started(self) -> bool:
        """The final status has been said."""

    @property
    def gone(self) -> bool:
        """Nobody is there any more to hear the answer."""

    async def inform(self, status: int, headers: Headers = ()) -> None:
        """Send an interim answer, 1xx but 101; not sent to HTTP/1.0 (RFC 9110 section 15.2)."""

    def start(self, status: int, headers: Headers, *, length: int | None, reason: str = "", date: bool = True) -> None:
        """Say the final status and the fields, without those of framing and connection, which the door writes.

        ``length`` None: chunked on HTTP/1.1, until close on 1.0. Nothing is sent before the first write, or the end.
        Raises ValueError for a field that would break the head (response splitting), and for a second start.
        """

    async def write(self, data: bytes) -> None:
        """Send content; waits when the client reads slowly. Raises ClientGone, and ValueError above ``length``."""

    def finish(self) -> None:
        """End an answer that was taken by `Prompt.prompt`, complete or without a client: nothing follows."""

    def carry_on(self, rest: Awaitable[None]) -> None:
        """Let a task do what is left of an answer that was taken by `Prompt.prompt`, as `App.answer` would."""

    def put(self, data: bytes) -> None:
        """Send content without waiting, for what is small; a later `write` waits. Raises as `write` does."""

    async def send_file(self, fd: int, offset: int, length: int) -> None:
        """Send a part of an open file, by sendfile where that is possible. Raises ClientGone, FileChanged."""

    async def end(self, trailers: Headers = ()) -> None:
        """End the answer. Trailers go with a chunked one, and are left out elsewhere."""

    def watch(self, gone: Callable[[], object] | None) -> None:
        """Call ``gone`` when the client is known to have left, in place of what was to be called before."""

    def cut(self, why: str) -> None:
        """Break the connection off, because what was promised can't be kept; the log says ``why``."""

    def close_after(self) -> None:
        """Close the connection behind this answer; before `start`, the answer says so."""

    def take_over(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Hand over the raw connection, behind a 101 or an answer to CONNECT that was started and ended."""


class App(Protocol):
    """The program behind the door."""

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:
        """Return the whole answer to a simple request, or None for the full path.

        Called only for GET or HEAD on HTTP/1.1 with a target in origin-form and a header block that the full parser
        accepts: no body, no connection field other than keep-alive, no conditional, no range, one good Host. The bytes
        are complete, with Date (`date_line`); for HEAD without content.
        """

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer a request: `Reply.start`, content, `Reply.end`."""


class Prompt(App, Protocol):
    """An app that answers some simple requests, of the kind `App.quick` gets, by callbacks alone."""

    def prompt(self, request: Request, facts: HeadFacts, reply: Reply) -> bool:
        """Begin to answer what `quick` did not: True when `Reply.finish` or `Reply.carry_on` will follow, but later."""
