"""What is written is read back the same, and what the grammar forbids is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.feeding import read
from whywire.protocols.http1 import REQUEST, RESPONSE, InformationalResponse, Request, Response
from whywire.protocols.http1.writer import (
    UnwritableError,
    write_chunk,
    write_fields,
    write_head,
    write_last_chunk,
)


@pytest.mark.parametrize(("event", "written"), [
    (Request(method="GET", target="/", headers=((b"Host", b"h"),)), b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    (Response(status=200, reason="OK", version="1.0"), b"HTTP/1.0 200 OK\r\n\r\n"),
    (InformationalResponse(status=100, reason=""), b"HTTP/1.1 100 \r\n\r\n"),
])
def test_heads(event: Request | Response | InformationalResponse, written: bytes) -> None:
    assert write_head(event) == written


@pytest.mark.parametrize("event", [
    Request(method="GE T", target="/"), Request(method="GET", target="/a b"), Request(method="GET", target="/\r\nX: y"),
    Request(method="", target="/"), Response(status=1000), Response(status=200, reason="a\r\nb"),
    Response(status=200, headers=((b"a:", b"b"),)), Response(status=200, headers=((b"a", b"b\r\nc: d"),)),
    Response(status=200, headers=((b"a", b" b"),)), Response(status=200, headers=((b"a", b"b\x00"),)),
])
def test_what_would_be_another_message_is_refused(event: Request | Response) -> None:
    with pytest.raises(UnwritableError):
        write_head(event)


def test_chunks() -> None:
    assert write_chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    assert write_chunk(b"") == b""
    assert write_last_chunk(((b"a", b"b"),)) == b"0\r\na: b\r\n\r\n"
    assert write_fields(()) == b""


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-!~", min_size=1, max_size=8).map(lambda text: b"x" + text.encode())
VALUES = st.binary(max_size=12).map(lambda raw: bytes(b for b in raw if b == 9 or 32 <= b != 127).strip(b" \t"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=5), st.text("/abc?=%&", max_size=8), st.integers(200, 999))
def test_heads_come_back(headers: list[tuple[bytes, bytes]], path: str, status: int) -> None:
    fields = ((b"host", b"h"), *headers)
    back = read(REQUEST, write_head(Request(method="GET", target="/" + path, headers=fields)))[0]
    assert isinstance(back, Request)
    assert (back.target, back.headers, back.flaws) == ("/" + path, fields, ())
    answer = read(RESPONSE, write_head(Response(status=status, headers=fields)), methods=["HEAD"])[0]
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers, answer.flaws) == (status, fields, ())
