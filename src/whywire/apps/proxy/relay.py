"""From an answer's head and pieces to the client: framing left to the door, errors in the middle cut the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Protocol

from whywire.apps.http.app import ClientGone, Reply
from whywire.apps.http.pages import error_page, reason_of
from whywire.apps.proxy.answer import Answer
from whywire.apps.proxy.fields import Fields, end_to_end
from whywire.apps.proxy.patience import Patience
from whywire.apps.proxy.settings import NAME
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.stores.model import Body, TornError

PIECE = 1 << 18
_FRAMING = frozenset(("content-length", "connection", "transfer-encoding"))


def begin(reply: Reply, status: int, headers: Fields, length: int | None, reason: str = "") -> None:
    """Start the reply: the fields of framing are the door's, Date is the origin's where it gave one."""
    names = [name for name, _ in headers]
    fields = headers if _FRAMING.isdisjoint(names) else [field for field in headers if field[0] not in _FRAMING]
    reply.start(status, fields, length=length, reason=reason, date="date" not in names)


class Flow(Protocol):
    """Content on its way: an asynchronous iterator that can be closed early."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """Let go of it."""


async def live(reply: Reply, pieces: Flow, trailers: Callable[[], Fields], *, ready: bool = False,
               patient: bool = True) -> None:
    """Send content as it comes. What breaks in the middle cuts the connection, so that nobody takes it for whole.

    ``ready``: content is there already, and so the head goes out with it; else it goes out at once. ``patient``: when
    the client leaves, the wait for the next piece ends at once; else with that piece.
    """
    patience = Patience()
    patience.join(reply if patient else None)
    try:
        with patience:
            async with aclosing(pieces) as flow:
                if not ready:
                    await reply.write(b"")
                async for piece in flow:
                    await reply.write(piece)
        await reply.end(end_to_end(trailers()))
    except UpstreamError as error:
        reply.cut(error.text)
    except ClientGone:
        pass


async def first_piece(body: Body, span: tuple[int, int] | None) -> bytes:
    """Return the first bytes of ``span`` of a large body. Raises TornError, while there is time to ask the origin."""
    if body.data is not None or span is None or span[0] == span[1]:
        return b""
    return await body.read(span[0], min(PIECE, span[1] - span[0]))


async def stored(reply: Reply, body: Body, begin_at: int, end_at: int, first: bytes = b"") -> None:
    """Send the bytes from ``begin_at`` to ``end_at`` of a stored body, of which ``first`` are there already."""
    try:
        if body.data is not None:
            await reply.write(body.data[begin_at:end_at])
        else:
            if first:
                await reply.write(first)
            at = begin_at + len(first)
            while at < end_at:
                piece = await body.read(at, min(PIECE, end_at - at))
                await reply.write(piece)
                at += len(piece)
        await reply.end()
    except TornError as error:
        reply.cut(str(error))
    except ClientGone:
        pass


async def whole(reply: Reply, content: bytes) -> None:
    """Send content that is there, and end."""
    with suppress(ClientGone):
        await reply.write(content)
        await reply.end()


def at_once(reply: Reply, content: bytes) -> None:
    """Send content that is there, and not much, without waiting for a client that reads slowly."""
    with suppress(ClientGone):
        reply.put(content)


async def finish(reply: Reply) -> None:
    """End an answer that has no content."""
    with suppress(ClientGone):
        await reply.end()


async def trouble(reply: Reply, error: UpstreamError, cache_status: str = "") -> None:
    """Give the proxy's own answer: what happened on the way to the origin, never to be stored."""
    reply.why = error.text
    await refuse(reply, error.status, error.told[:1].upper() + error.told[1:] + ".", error.error, cache_status)


async def refuse(reply: Reply, status: int, text: str, error: str = "", cache_status: str = "") -> None:
    """Give an answer of the proxy's own."""
    page = error_page(status, reason_of(status), text)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
               ("Cache-Status", cache_status or f"{NAME}; detail={error or 'refused'}")]
    if error:
        headers.append(("Proxy-Status", f"{NAME}; error={error}"))
    reply.start(status, headers, length=len(page))
    try:
        await reply.write(page)
        await reply.end()
    except ClientGone:
        pass


def said_length(answer: Answer) -> int | None:
    """Return what Content-Length says to the client: for HEAD and 304 what the origin says, the body's length else."""
    if answer.length != 0:
        return answer.length
    said = [value for name, value in answer.headers if name == "content-length"]
    return int(said[0]) if said and said[0].isdigit() else 0 if answer.status not in (204, 304) and said else None
