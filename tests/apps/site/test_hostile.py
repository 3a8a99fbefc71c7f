"""Arbitrary request bytes get a well-formed answer or a close, never a traceback, never a file from elsewhere."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.apps.site import ours
from tests.apps.site.asked import CANARY, REQUESTS, build, one
from tests.apps.site.fakes import ask, facts
from tests.apps.site.raw import answers_of
from whywire.apps.site import Rules, Site, SiteConfig, site
from whywire.apps.site.rules import Redirect

MARKS = (CANARY, b"secret=", b"root:x:", b"Traceback", b'File "')

PIECES = st.sampled_from([
    "/", "//", ".", "..", "%2e", "%2e%2e", "%2f", "%5c", "\\", "%00", "%c0%af", "%c0%ae", "%", "%zz", "%25", ";", "?",
    "#", "*",
    "a.txt", "canary.txt", "outside", "sub", "dir", "dir-out", "dir-in", "link-out.txt", "abs-out.txt", "link-in",
    ".env",
    ".git", "config", "pipe", "etc/passwd", "proc/self/environ", "root", "http://", "evil.example", "@", ":", "~",
    "\xe4",
    "\xc0\xaf", "%0d%0aX-Evil:1", "%0a", "deep/file.txt", "b.css", "index.html", "noindex", "a" * 300])
TARGETS = st.lists(PIECES, max_size=8).map("".join)
FIELDS = st.lists(st.sampled_from([
    "Range: bytes=0-3", "Range: bytes=-0", "Range: bytes=0-,1-,2-", "Range: bytes=5-4", "Range: " + "9" * 300,
    "If-Match: *",
    'If-Match: "x"', "If-None-Match: *", 'If-None-Match: W/"', "If-Modified-Since: x", 'If-Range: "x"',
    "Accept: text/plain",
    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "Accept-Encoding: gzip", "Accept-Encoding: *;q=0",
    "Accept-Encoding: ,;=;q=9", "Accept: \xff\xfe", "Content-Length: 3", "Transfer-Encoding: chunked",
    "Expect: 100-continue",
    "Connection: keep-alive", "Host: b.example", "X: \x00", " folded", "Bad Name: x", "X\t: y",
    "Upgrade: h2c"]), max_size=5)
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "TRACE", "CONNECT", "BREW", "get", ""])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[tuple[str, int]]:
    said: list[str] = []
    with ours.running(root, said, Rules(redirects=(Redirect("/old", "/*", tail=True),)), listing=True) as found:
        yield found
    assert said == []


def holds(data: bytes, request: bytes) -> None:
    """Assert that all that came back is answers, one behind the other, and that none tells what it must not."""
    assert [mark for mark in MARKS if mark in data] == []
    while data:
        answer = answers_of(data, True, head=request.startswith(b"HEAD "))
        assert answer is not None and answer.status >= 200 and "date" in answer.fields
        assert "x-evil" not in answer.fields
        assert re.match(r"/(?![/\\])", answer.fields.get("location", "/")), answer.fields["location"]
        if answer.rest and request.startswith(b"HEAD "):
            return  # a second request behind the first: which of the answers has content is not known here
        data = answer.rest


def exchange(address: tuple[str, int], request: bytes) -> bytes:
    """Send ``request``, end our side, return all that comes."""
    data = b""
    with socket.create_connection(address, 10) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(1 << 20):
                data += piece
        except (ConnectionResetError, BrokenPipeError):
            return data
    return data


@settings(max_examples=300)
@given(METHODS, TARGETS, FIELDS)
@example("GET", "//evil.example/..", [])
@example("GET", "/old/evil.example", [])
@example("GET", "/old\\evil.example", [])
def test_odd_requests(address: tuple[str, int], method: str, target: str, fields: list[str]) -> None:
    request = one(target, *fields, method=method)
    holds(exchange(address, request), request)


@settings(max_examples=300)
@given(st.sampled_from(sorted(REQUESTS.values())), st.data())
def test_mutated_requests(address: tuple[str, int], request: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(request)))
    cut = data.draw(st.integers(0, 4))
    request = request[:at] + data.draw(st.binary(max_size=4)) + request[at + cut:]
    holds(exchange(address, request), request)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_arbitrary_bytes(address: tuple[str, int], request: bytes) -> None:
    holds(exchange(address, request), request)


@contextmanager
def kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve ``root``; every small answer is kept."""
    monkeypatch.setattr(site, "settled", lambda *_: True)
    made = Site(SiteConfig(str(root), listing=True))
    try:
        yield made
    finally:
        made.close()


def test_the_quick_path_says_what_the_full_path_says(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hits = 0
    accepted = st.sampled_from(["", "gzip", "br, gzip", "*", "gzip;q=0", "identity;q=0", "gzip, identity;q=0"])

    with kept(root, monkeypatch) as one_site, kept(root, monkeypatch) as other:
        @settings(max_examples=400)
        @given(st.lists(st.tuples(TARGETS.map(lambda text: "/" + text), accepted), min_size=1, max_size=5))
        @example([("/a.txt", ""), ("/b.css", "gzip"), ("/", "br"), ("/index.html?x", "")])
        def same(asked: list[tuple[str, str]]) -> None:
            nonlocal hits
            for target, accepts in asked:
                if any(letter in target for letter in "\xe4\xc0\xaf#"):
                    continue
                first = ask(one_site, target, accept_encoding=accepts)
                full = ask(other, target, accept_encoding=accepts)
                assert (first.status, first.body) == (full.status, full.body)
                quick = one_site.quick(b"GET", target.encode("latin-1"), facts(accepts))
                if quick is None:
                    continue
                hits += 1
                answer = answers_of(quick, True, head=False)
                assert answer is not None and answer.status == full.status == 200 and answer.body == full.body
                told = {name.lower(): value for name, value in full.fields.items()}
                assert {**told, "content-length": str(full.length)} == {
                    name: value for name, value in answer.fields.items() if name != "date"}

        same()
    assert hits > 20
