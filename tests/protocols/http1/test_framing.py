"""RFC 9112 section 6.3, rule by rule."""

from __future__ import annotations

import pytest

from whywire.protocols.http1 import framing
from whywire.protocols.http1.events import CHUNKED, LENGTH, NO_BODY, TUNNEL, UNTIL_CLOSE


def fields(**named: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.replace("_", "-").encode(), value.encode()) for name, value in named.items())


@pytest.mark.parametrize(("status", "method", "headers", "kind", "length"), [
    (200, "HEAD", fields(content_length="5"), NO_BODY, 0),
    (304, "GET", fields(content_length="5"), NO_BODY, 0),
    (204, "GET", fields(content_length="5"), NO_BODY, 0),
    (103, "GET", (), NO_BODY, 0),
    (101, "GET", (), TUNNEL, 0),
    (200, "CONNECT", fields(content_length="5"), TUNNEL, None),
    (407, "CONNECT", fields(content_length="5"), LENGTH, 5),
    (200, "GET", fields(transfer_encoding="chunked"), CHUNKED, None),
    (200, "GET", fields(transfer_encoding="gzip, Chunked"), CHUNKED, None),
    (200, "GET", fields(transfer_encoding="gzip"), UNTIL_CLOSE, None),
    (200, "GET", fields(content_length="5"), LENGTH, 5),
    (200, "GET", fields(content_length="0"), NO_BODY, 0),
    (200, None, (), UNTIL_CLOSE, None),
])
def test_responses(status: int, method: str | None, headers: object, kind: str, length: int | None) -> None:
    found = framing.of_response(status, method, "1.1", headers, 0)  # type: ignore[arg-type]
    assert (found.kind, found.length, found.flaws) == (kind, length, ())


@pytest.mark.parametrize(("version", "headers", "kind", "flaws"), [
    ("1.1", (), NO_BODY, []),
    ("1.1", fields(content_length="7"), LENGTH, []),
    ("1.1", fields(content_length="7, 7"), LENGTH, ["repeated-length"]),
    ("1.1", fields(content_length="7, 8"), NO_BODY, ["conflicting-lengths"]),
    ("1.1", fields(content_length="+7"), NO_BODY, ["bad-length"]),
    ("1.1", fields(content_length=""), NO_BODY, ["bad-length"]),
    ("1.1", fields(content_length="9" * 19), NO_BODY, ["bad-length"]),
    ("1.1", fields(transfer_encoding="chunked", content_length="7"), CHUNKED, ["length-and-chunked"]),
    ("1.1", fields(transfer_encoding="chunked", content_length="x"), CHUNKED, ["length-and-chunked"]),
    ("1.1", fields(transfer_encoding="chunked, gzip"), NO_BODY, ["chunked-not-last", "unknown-coding"]),
    ("1.1", fields(transfer_encoding="chunked, chunked"), CHUNKED, ["chunked-twice"]),
    ("1.1", fields(transfer_encoding="chunked;a=b"), NO_BODY, ["chunked-not-last", "unknown-coding"]),
    ("1.1", fields(transfer_encoding="gzip, chunked"), CHUNKED, ["unknown-coding"]),
    ("1.1", fields(transfer_encoding="xchunked"), NO_BODY, ["chunked-not-last", "unknown-coding"]),
    ("1.0", fields(transfer_encoding="chunked"), CHUNKED, ["chunked-in-1.0"]),
])
def test_requests(version: str, headers: object, kind: str, flaws: list[str]) -> None:
    found = framing.of_request(version, headers, 0)  # type: ignore[arg-type]
    assert (found.kind, [flaw.kind for flaw in found.flaws]) == (kind, flaws)


def test_two_length_fields_are_one_list() -> None:
    headers = (*fields(content_length="3"), *fields(content_length="3"))
    length, flaws = framing.content_length(headers, 0)
    assert (length, [flaw.kind for flaw in flaws]) == (3, ["repeated-length"])


@pytest.mark.parametrize(("version", "connection", "kind", "alive"), [
    ("1.1", None, NO_BODY, True), ("1.1", "Close", NO_BODY, False), ("1.1", "upgrade, close", NO_BODY, False),
    ("1.0", None, NO_BODY, False), ("1.0", "Keep-Alive", NO_BODY, True), ("1.1", "keep-alive", UNTIL_CLOSE, False),
])
def test_keep_alive(version: str, connection: str | None, kind: str, alive: bool) -> None:
    headers = () if connection is None else fields(connection=connection)
    assert framing.keeps_alive(version, headers, kind) is alive
