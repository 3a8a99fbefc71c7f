"""Events as bytes. What the grammar forbids is refused: a header can't smuggle a line end into the head."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from whywire.protocols.http1 import grammar
from whywire.protocols.http1.events import Headers, InformationalResponse, Request, Response


class UnwritableError(ValueError):
    """The event can't be written as a correct message; the text says what is wrong with it."""


def write_head(event: Request | Response | InformationalResponse) -> bytes:
    """Return the bytes of a head, its empty line included. Raises UnwritableError."""
    if isinstance(event, Request):
        return write_request(event.method, event.target, event.headers, event.version)
    known = _known_status if len(event.reason) <= SHORT else _status_line
    return known(event.version, event.status, event.reason) + write_fields(event.headers) + b"\r\n"


def _status_line(version: str, status: int, reason: str) -> bytes:
    line = f"HTTP/{version} {status:03} {reason}".encode("latin-1", "replace")
    if grammar.STATUS_LINE.fullmatch(line) is None:
        raise UnwritableError(f"no status line of RFC 9112 section 4: {line!r}")
    return line + b"\r\n"


_known_status = lru_cache(maxsize=128)(_status_line)


def write_request(method: str, target: str, headers: Iterable[tuple[bytes, bytes]], version: str = "1.1") -> bytes:
    """Return the bytes of a request's head, its empty line included. Raises UnwritableError."""
    line = f"{method} {target} HTTP/{version}".encode("latin-1", "replace")
    if grammar.REQUEST_LINE.fullmatch(line) is None:
        raise UnwritableError(f"no request line of RFC 9112 section 3: {line!r}")
    return line + b"\r\n" + write_fields(headers) + b"\r\n"


def write_fields(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return header fields (or trailers), each with its line end. Names as given. Raises UnwritableError."""
    return b"".join([_known(name, value) if len(value) <= SHORT else _field(name, value) for name, value in headers])


def _field(name: bytes, value: bytes) -> bytes:
    if grammar.FIELD_NAME.fullmatch(name) is None:
        raise UnwritableError(f"not a field name (RFC 9110 section 5.1): {name!r}")
    if grammar.FIELD_VALUE.fullmatch(value) is None or value.strip(b" \t") != value:
        raise UnwritableError(f"not a value (RFC 9110 section 5.5) of the field {name!r}: {value!r}")
    return name + b": " + value + b"\r\n"


SHORT = 128
"""Bytes of a value up to which its line is remembered: the same ones are written again and again."""
_known = lru_cache(maxsize=4096)(_field)


def write_chunk(data: bytes) -> bytes:
    """Return one chunk (RFC 9112 section 7.1); nothing for no data, because a chunk of size 0 is the last one."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def write_last_chunk(trailers: Headers = ()) -> bytes:
    """Return the last chunk, the trailers and the empty line. Raises UnwritableError."""
    return b"0\r\n" + write_fields(trailers) + b"\r\n"
