"""Heads as events: what follows from the fields."""

from __future__ import annotations

import pytest

from whywire.protocols.http1 import build
from whywire.protocols.http1.events import InformationalResponse, Response
from whywire.protocols.http1.head import StartLine
from whywire.protocols.http1.limits import Limits


@pytest.mark.parametrize(("version", "name", "value", "expects", "switches"), [
    ("1.1", b"expect", b"100-Continue", True, False), ("1.0", b"expect", b"100-continue", False, False),
    ("1.1", b"upgrade", b"websocket", False, True), ("1.0", b"upgrade", b"websocket", False, False),
])
def test_what_a_request_wants(version: str, name: bytes, value: bytes, expects: bool, switches: bool) -> None:
    event = build.request(StartLine(version, "GET", "/"), ((b"host", b"h"), (name, value)), 0, 9, ())
    assert (event.expects_continue, event.may_switch) == (expects, switches)


def test_connect_may_switch() -> None:
    assert build.request(StartLine("1.1", "CONNECT", "h:1"), ((b"host", b"h:1"),), 0, 9, ()).may_switch


@pytest.mark.parametrize(("status", "kind"), [(100, InformationalResponse), (101, Response), (200, Response)])
def test_101_is_final(status: int, kind: type) -> None:
    assert type(build.response(StartLine("1.1", status=status), (), 0, 9, (), "GET")) is kind


def test_a_cut_head_says_nothing_of_a_body() -> None:
    event = build.response(StartLine("1.1", status=200), ((b"content-length", b"5"),), 0, None, (), "GET")
    assert (event.framing, event.length, event.end) == ("none", None, None)


def test_many_fields_are_counted() -> None:
    block = b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 3 + b"\r\n"
    headers, flaws = build.read_fields(StartLine("1.1", "GET", "/"), block, 0, Limits(fields=2))
    assert len(headers) == 3
    assert [flaw.kind for flaw in flaws] == ["too-many-fields"]
