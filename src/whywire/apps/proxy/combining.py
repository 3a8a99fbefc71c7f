"""Old bytes of a stored body and new ones of an arriving answer, put together (RFC 9111 section 3.4)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from whywire.apps.cache import Piece
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.stores.model import Body, TornError, Writer

MOST = 1 << 18


async def combined(old: Body, arriving: AsyncGenerator[bytes, None], pieces: Sequence[Piece], writer: Writer, *,
                   whole: bool) -> AsyncGenerator[bytes, None]:
    """Write ``pieces`` in order. Yield them, or (not ``whole``) what arrives, each byte once. Raises UpstreamError."""
    rest, at = b"", 0  # what arrived and was not used yet, and where in the arriving body it begins
    async with aclosing(arriving) as flow:
        for piece in pieces:
            start, stop = piece.span
            while piece.old and start < stop:
                data = await _old(old, start, stop)
                start += len(data)
                await writer.write(data)
                if whole:
                    yield data
            while not piece.old and at < stop:
                rest = rest or await anext(flow)
                skipped, used, rest = rest[:max(0, start - at)], rest[max(0, start - at):stop - at], rest[stop - at:]
                at += len(skipped) + len(used)
                await writer.write(used)
                if used or (skipped and not whole):
                    yield used if whole else skipped + used
        if rest and not whole:
            yield rest
        async for data in flow:
            if not whole:
                yield data


async def landing(flow: AsyncGenerator[bytes, None],
                  land: Callable[[], Awaitable[None]]) -> AsyncGenerator[bytes, None]:
    """Yield what ``flow`` yields, the last piece only after ``land``: whoever has it all finds it stored."""
    last = b""
    async with aclosing(flow) as pieces:
        async for piece in pieces:
            if last:
                yield last
            last = piece
    await land()
    if last:
        yield last


async def _old(body: Body, start: int, stop: int) -> bytes:
    try:
        return await body.read(start, min(MOST, stop - start))
    except TornError as error:
        raise UpstreamError("http_response_incomplete", f"what was stored is gone: {error}") from error
