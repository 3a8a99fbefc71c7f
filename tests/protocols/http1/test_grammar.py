"""The expressions against what the RFCs allow and forbid."""

from __future__ import annotations

import pytest

from whywire.protocols.http1 import grammar


@pytest.mark.parametrize(("line", "fits"), [
    (b"GET / HTTP/1.1", True), (b"M-SEARCH * HTTP/1.1", True), (b"GET http://a/b?c=d HTTP/1.0", True),
    (b"GET  / HTTP/1.1", False), (b"GET / HTTP/1.1 ", False), (b"GET /a b HTTP/1.1", False), (b"GET /", False),
    (b"G(T / HTTP/1.1", False), (b"GET / http/1.1", False), (b"GET / HTTP/1.10", False), (b"GET /\xe4 HTTP/1.1", False),
])
def test_request_line(line: bytes, fits: bool) -> None:
    assert (grammar.REQUEST_LINE.fullmatch(line) is not None) is fits


@pytest.mark.parametrize(("line", "fits"), [
    (b"HTTP/1.1 200 OK", True), (b"HTTP/1.1 200 ", True), (b"HTTP/1.1 404 Nicht gefunden \xe4", True),
    (b"HTTP/1.1 200", False), (b"HTTP/1.1 20 OK", False), (b"ICY 200 OK", False), (b"HTTP/1.1 200 a\x00b", False),
])
def test_status_line(line: bytes, fits: bool) -> None:
    assert (grammar.STATUS_LINE.fullmatch(line) is not None) is fits


@pytest.mark.parametrize(("line", "size"), [
    (b"0", 0), (b"1A", 26), (b"ffffffffffffffff", 2 ** 64 - 1), (b'5;name="quo\\"ted";other', 5), (b"5 ; a = b", 5),
    (b"", None), (b"-1", None), (b"0x5", None), (b"5;", None), (b"5;a=b c", None), (b"1" * 17, None),
])
def test_chunk_line(line: bytes, size: int | None) -> None:
    match = grammar.CHUNK_LINE.fullmatch(line)
    assert (None if match is None else int(match["size"], 16)) == size


@pytest.mark.parametrize(("host", "fits"), [
    (b"example.org", True), (b"example.org:80", True), (b"[::1]:8080", True), (b"127.0.0.1", True), (b"a:", True),
    (b"", False), (b"a,b", False), (b"user@a", False), (b"a/b", False), (b"a b", False), (b"a:80:80", False),
    (b"[::1", False), (b":80", False),
])
def test_host(host: bytes, fits: bool) -> None:
    assert (grammar.HOST.fullmatch(host) is not None) is fits


def test_elements_leave_out_empty_ones() -> None:
    assert grammar.elements(b" Close ,, keep-alive\t,") == [b"close", b"keep-alive"]


@pytest.mark.parametrize(("data", "begins"), [
    (b"GET /x HTTP/1.1\r\nHost: a", True), (b"POST /x HTTP/1.0\n", True), (b"GET /x HTTP/1.1", False),
    (b"\r\nGET /x HTTP/1.1\r\n", False), (b"text GET /x HTTP/1.1\r\n", False),
])
def test_a_request_is_found_again(data: bytes, begins: bool) -> None:
    assert (grammar.REQUEST_START.match(data) is not None) is begins
