"""The contract's own few lines of code."""

from __future__ import annotations

import asyncio

from whywire.apps.http.app import Body, Request


async def pieces(body: Body) -> list[bytes]:
    return [piece async for piece in body]


def test_a_request_without_content_has_an_empty_body() -> None:
    assert asyncio.run(pieces(Body())) == []
    assert (Body().kind, Body().length) == ("none", 0)


def test_repeated_fields_are_joined() -> None:
    headers = (("accept", "a"), ("host", "x"), ("accept", "b"))
    request = Request("GET", "/", "1.1", headers, "x", Body(), "unix:")
    assert request.get("accept") == "a, b"
    assert request.get("range") is None
