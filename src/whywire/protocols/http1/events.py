"""What leaves the reader, and what the writer takes. Offsets count the bytes of a stream from its first one, 0.

The fields behind the headers are filled in by the reader; who writes a message leaves them alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from whywire.protocols.http1.flaws import Flaw

Headers = tuple[tuple[bytes, bytes], ...]
"""Names in lower case (as read), values without the whitespace around them, in the order sent."""

NO_BODY, LENGTH, CHUNKED, UNTIL_CLOSE, TUNNEL = "none", "length", "chunked", "until-close", "tunnel"
"""How a body's end is found (RFC 9112 section 6.3)."""


def find(headers: Headers, name: bytes) -> bytes | None:
    """Return the field ``name`` (lower case), several joined by a comma (RFC 9110 5.3); None without it."""
    values = [value for key, value in headers if key == name]
    return b", ".join(values) if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What requests and responses have in common."""

    version: str = "1.1"
    headers: Headers = ()
    start: int = 0
    """Offset of the first byte of the first line; empty lines before it do not belong to the message."""
    end: int | None = None
    """Offset behind the empty line; None: bytes of the head are missing."""
    framing: str = NO_BODY
    """NO_BODY, LENGTH, CHUNKED, UNTIL_CLOSE or TUNNEL."""
    length: int | None = 0
    """Body bytes that the head promises; None: it does not say."""
    keeps_alive: bool = True
    """The connection may carry another message after this one (RFC 9112 section 9.3)."""
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Head):
    """The head of a request."""

    method: str
    target: str
    expects_continue: bool = False
    may_switch: bool = False
    """CONNECT, or it offers an Upgrade: what follows is HTTP only if the answer says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Head):
    """The head of a final response: status 200 and above, and 101."""

    status: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationalResponse(Head):
    """An interim response: 1xx but 101. The final one follows."""

    status: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """A piece of the body's content: chunk lines are taken out."""

    data: bytes
    at: int = 0


@dataclass(frozen=True, slots=True)
class EndOfMessage:
    """The message is complete."""

    at: int = 0
    """Offset behind its last byte; of a body until close, of the end of the stream."""
    body_bytes: int = 0
    """Content: of a chunked body without the chunk lines."""
    trailers: Headers = ()
    by_close: bool = False
    """The end of the stream ended it."""
    flaws: tuple[Flaw, ...] = ()
    """What was wrong behind the head: in chunk lines, in trailers."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From here on the stream is no HTTP: after a 101, or a successful CONNECT."""

    at: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """From here on no sense can be made; the reader stays where it is until `Reader.resume`."""

    at: int
    flaw: Flaw
    in_message: bool
    """A message had begun (its head, or the part of it that is there, was given out) and is not complete."""
    body_bytes: int = 0
    """Content bytes of that message so far."""


@dataclass(frozen=True, slots=True)
class ConnectionClosed:
    """The stream ended between two messages."""

    at: int = 0


Event = Request | Response | InformationalResponse | Data | EndOfMessage | Upgraded | Malformed | ConnectionClosed
