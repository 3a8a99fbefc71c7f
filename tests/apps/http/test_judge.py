"""Understood, and not served. test_compliance.py shows the answers; here the limits, which it does not reach."""

from __future__ import annotations

import pytest

from whywire.apps.http.judge import Refusal, checked, host_of
from whywire.apps.http.settings import Settings
from whywire.protocols.http1.connection import SERVER, Connection
from whywire.protocols.http1.events import Request


def head(data: bytes) -> Request:
    connection = Connection(SERVER)
    connection.receive(data + b"\r\n\r\n")
    event = connection.next_event()
    assert isinstance(event, Request)
    return event


@pytest.mark.parametrize(("fields", "status"), [
    (b"Content-Length: 11", 413), (b"X: " + b"y" * 30, 431), (b"Expect: 100-continue, more", 417),
    (b"Content-Length: 1\r\nContent-Length: 1", 400),
])
def test_refused(fields: bytes, status: int) -> None:
    with pytest.raises(Refusal) as caught:
        checked(head(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields), Settings(body=10, field=30))
    assert caught.value.status == status


@pytest.mark.parametrize("fields", [b"Content-Length: 10", b"X: " + b"y" * 29, b"Expect: 100-Continue"])
def test_let_pass(fields: bytes) -> None:
    checked(head(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields), Settings(body=10, field=30))


@pytest.mark.parametrize(("line", "host"), [
    (b"GET / HTTP/1.1", "a:1"), (b"GET http://b/ HTTP/1.1", "b"), (b"GET http://b:2?x HTTP/1.1", "b:2"),
    (b"CONNECT c:3 HTTP/1.1", "c:3"), (b"OPTIONS * HTTP/1.1", "a:1"),
])
def test_the_host_that_is_asked_for(line: bytes, host: str) -> None:
    assert host_of(head(line + b"\r\nHost: a:1")) == host
    assert host_of(head(b"GET / HTTP/1.0")) is None
