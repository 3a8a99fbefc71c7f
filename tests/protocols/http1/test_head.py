"""First lines and fields: what is understood, and what is reported."""

from __future__ import annotations

import pytest

from whywire.protocols.http1 import head
from whywire.protocols.http1.flaws import Flaw


def kinds(flaws: object) -> list[str]:
    assert isinstance(flaws, list | tuple)
    return [flaw.kind for flaw in flaws]


@pytest.mark.parametrize(("line", "method", "target", "flaws"), [
    (b"GET /a HTTP/1.1", "GET", "/a", []),
    (b"GET  /a\tHTTP/1.1 ", "GET", "/a", ["loose-start-line"]),
    (b"GET /a b HTTP/1.1", "GET", "/a b", ["loose-start-line"]),
    (b"GET /\xc3\xa4 HTTP/1.1", "GET", "/\xc3\xa4", ["raw-target"]),
    (b"GET /\x01 HTTP/1.1", "GET", "/\x01", ["raw-target"]),
    (b"GET  /\xe4 HTTP/1.1", "GET", "/\xe4", ["loose-start-line"]),
    (b"OPTIONS * HTTP/1.1", "OPTIONS", "*", []),
    (b"GET * HTTP/1.1", "GET", "*", ["bad-target"]),
    (b"CONNECT a:443 HTTP/1.1", "CONNECT", "a:443", []),
    (b"CONNECT /a HTTP/1.1", "CONNECT", "/a", ["bad-target"]),
    (b"GET a:443 HTTP/1.1", "GET", "a:443", ["bad-target"]),
    (b"GET http://a/b HTTP/1.1", "GET", "http://a/b", []),
    (b"GET http:///b HTTP/1.1", "GET", "http:///b", ["bad-target"]),
    (b"GET /a#b HTTP/1.1", "GET", "/a#b", ["bad-target"]),
])
def test_request_line(line: bytes, method: str, target: str, flaws: list[str]) -> None:
    parsed = head.request_line(line, 7)
    assert isinstance(parsed, head.StartLine)
    assert (parsed.method, parsed.target, kinds(parsed.flaws)) == (method, target, flaws)
    assert all(flaw.at == 7 for flaw in parsed.flaws)


@pytest.mark.parametrize(("line", "kind"), [
    (b"GET /a", "bad-request-line"), (b"", "bad-request-line"), (b"\x16\x03\x01", "bad-request-line"),
    (b"PRI * HTTP/2.0", "unsupported-version"), (b"GET / HTTP/0.9", "unsupported-version"),
])
def test_no_request_line(line: bytes, kind: str) -> None:
    parsed = head.request_line(line, 3)
    assert isinstance(parsed, Flaw)
    assert (parsed.kind, parsed.at) == (kind, 3)


@pytest.mark.parametrize(("line", "status", "reason", "flaws"), [
    (b"HTTP/1.1 200 OK", 200, "OK", []), (b"HTTP/1.0 404 ", 404, "", []),
    (b"HTTP/1.1 200", 200, "", ["loose-start-line"]), (b"HTTP/1.1  999  x", 999, "x", ["loose-start-line"]),
])
def test_status_line(line: bytes, status: int, reason: str, flaws: list[str]) -> None:
    parsed = head.status_line(line, 0)
    assert isinstance(parsed, head.StartLine)
    assert (parsed.status, parsed.reason, kinds(parsed.flaws)) == (status, reason, flaws)


@pytest.mark.parametrize("line", [b"HTTP/1.1 20 OK", b"HTTP/1.1 099 x", b"ICY 200 OK", b"HTTP/3.0 200 OK"])
def test_no_status_line(line: bytes) -> None:
    assert isinstance(head.status_line(line, 0), Flaw)


def test_lines_and_their_ends() -> None:
    lines, flaws = head.split_lines(b"a\r\nb\nc\rd\r\ne", 100)
    assert lines == [(100, b"a"), (103, b"b"), (105, b"c\rd")]
    assert [(flaw.kind, flaw.at) for flaw in flaws] == [("bare-lf", 104), ("bare-cr", 106)]


@pytest.mark.parametrize(("lines", "headers", "flaws"), [
    ([b"A: 1", b"a:2 "], ((b"a", b"1"), (b"a", b"2")), []),
    ([b"A: 1", b"  2", b"\t3 "], ((b"a", b"1 2 3"),), ["obs-fold", "obs-fold"]),
    ([b" A: 1", b"B: 2"], ((b"b", b"2"),), ["space-before-fields"]),
    ([b"no colon here", b"B: 2"], ((b"b", b"2"),), ["no-colon"]),
    ([b"A : 1"], ((b"a", b"1"),), ["space-before-colon"]),
    ([b"A(: 1"], ((b"a(", b"1"),), ["bad-field-name"]),
    ([b": 1"], ((b"", b"1"),), ["bad-field-name"]),
    ([b"A: 1\x00"], ((b"a", b"1\x00"),), ["bad-field-value"]),
    ([b"A:"], ((b"a", b""),), []),
])
def test_fields(lines: list[bytes], headers: object, flaws: list[str]) -> None:
    found, problems = head.fields([(at, line) for at, line in enumerate(lines)])
    assert (found, kinds(problems)) == (headers, flaws)


@pytest.mark.parametrize(("version", "headers", "flaws"), [
    ("1.1", [], ["no-host"]), ("1.0", [], []), ("1.1", [b"a"], []), ("1.1", [b"a", b"a"], ["many-hosts"]),
    ("1.1", [b"a, b"], ["bad-host"]), ("1.0", [b""], ["bad-host"]),
])
def test_host(version: str, headers: list[bytes], flaws: list[str]) -> None:
    assert kinds(head.host_flaws(version, tuple((b"host", value) for value in headers), 0)) == flaws
