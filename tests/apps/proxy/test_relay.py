"""From head and pieces to the client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from whywire.apps.http.app import ClientGone
from whywire.apps.proxy import relay
from whywire.apps.proxy.trouble import broke_off
from whywire.apps.stores.memory import MemoryBody


class Heard:
    """A reply that remembers. ``leaves``: the client is gone after so many writes."""

    def __init__(self, leaves: int = 100) -> None:
        self.leaves = leaves
        self.head: tuple[int, dict[str, str], int | None, bool] | None = None
        self.writes: list[bytes] = []
        self.trailers: Sequence[tuple[str, str]] | None = None
        self.why = ""

    def start(self, status: int, headers: Sequence[tuple[str, str]], *, length: int | None, reason: str = "",
              date: bool = True) -> None:
        assert reason is not None
        self.head = status, dict(headers), length, date

    async def write(self, data: bytes) -> None:
        if len(self.writes) >= self.leaves:
            raise ClientGone
        self.writes.append(data)

    async def end(self, trailers: Sequence[tuple[str, str]] = ()) -> None:
        self.trailers = trailers

    def watch(self, gone: object) -> None:
        """Whoever leaves here is found out by a write."""

    def cut(self, why: str) -> None:
        self.why = why


class Pieces:
    """Content; ``breaks``: instead of its end."""

    def __init__(self, pieces: list[bytes], *, breaks: bool = False) -> None:
        self.pieces, self.breaks, self.closed = list(pieces), breaks, False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self.pieces:
            return self.pieces.pop(0)
        if self.breaks:
            raise broke_off("http://a", "reset")
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


def live(reply: Heard, flow: Pieces, *, ready: bool = False) -> None:
    asyncio.run(relay.live(reply, flow, lambda: (("x-sum", "1"), ("set-cookie", "a")), ready=ready))  # type: ignore[arg-type]


def test_the_head_goes_out_before_content_that_takes_its_time() -> None:
    for ready in (False, True):
        reply, flow = Heard(), Pieces([b"a", b"b"])
        live(reply, flow, ready=ready)
        assert reply.writes == ([b"a", b"b"] if ready else [b"", b"a", b"b"])
        assert reply.trailers == (("x-sum", "1"),)
        assert flow.closed


def test_what_breaks_cuts_and_does_not_end() -> None:
    reply, flow = Heard(), Pieces([b"a"], breaks=True)
    live(reply, flow)
    assert "reset" in reply.why
    assert reply.trailers is None
    assert flow.closed


def test_a_client_that_leaves_closes_the_flow() -> None:
    reply, flow = Heard(leaves=2), Pieces([b"a", b"b", b"c"])
    live(reply, flow)
    assert flow.closed
    assert (reply.why, reply.trailers) == ("", None)


def test_framing_is_left_out_and_date_kept() -> None:
    reply = Heard()
    relay.begin(reply, 200, (("content-length", "3"), ("connection", "x"), ("date", "then"), ("etag", "e")), 3)  # type: ignore[arg-type]
    assert reply.head == (200, {"date": "then", "etag": "e"}, 3, False)


def test_a_span_of_a_stored_body_is_sent_in_pieces() -> None:
    reply = Heard()
    body = MemoryBody([b"0123", b"4567", b"89"], 10)
    asyncio.run(relay.stored(reply, body, 2, 9))  # type: ignore[arg-type]
    assert b"".join(reply.writes) == b"2345678"
    assert reply.trailers == ()


def test_a_stored_body_that_is_torn_cuts() -> None:
    reply = Heard()
    asyncio.run(relay.stored(reply, MemoryBody([b"01", b"2"], 3), 0, 9))  # type: ignore[arg-type]
    assert "not in a body" in reply.why
    assert reply.trailers is None


def test_answers_of_the_proxys_own_are_never_stored() -> None:
    reply = Heard()
    asyncio.run(relay.trouble(reply, broke_off("http://a", "reset <b>")))  # type: ignore[arg-type]
    assert reply.head is not None
    status, headers, length, _ = reply.head
    assert (status, headers["Cache-Control"], headers["Proxy-Status"]) == (
        502, "no-store", "whywire; error=connection_terminated")
    assert length == len(reply.writes[0])
    assert b"&lt;b&gt;" in reply.writes[0]
