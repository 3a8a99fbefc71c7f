"""Old and new bytes in any order, arriving in pieces of any size."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from whywire.apps.cache import Piece
from whywire.apps.proxy.combining import combined
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.stores.memory import MemoryBody, MemoryStore

OLD, NEW = b"0123456789", b"abcdefghij"


async def arriving(step: int) -> AsyncGenerator[bytes, None]:
    for at in range(0, len(NEW), step):
        yield NEW[at:at + step]


@pytest.mark.parametrize("step", [1, 3, 10])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("pieces", "expected"), [
    ([Piece(True, (0, 5)), Piece(False, (0, 10))], b"01234abcdefghij"),
    ([Piece(False, (0, 10)), Piece(True, (7, 10))], b"abcdefghij789"),
    ([Piece(True, (0, 2)), Piece(False, (3, 6)), Piece(True, (9, 10))], b"01def9"),
    ([Piece(True, (0, 10))], b"0123456789"),
    ([Piece(False, (1, 3)), Piece(False, (8, 10))], b"bcij"),
])
def test_pieces_make_the_stored_body(step: int, whole: bool, pieces: list[Piece], expected: bytes) -> None:
    async def test() -> None:
        store = MemoryStore()
        writer = await store.put("k", "", b"", None)
        flow = combined(MemoryBody([OLD[:4], OLD[4:]], 10), arriving(step), pieces, writer, whole=whole)
        given = b"".join([piece async for piece in flow])
        entry = await writer.commit()
        assert entry is not None
        body = await store.body(entry)
        assert body.data == expected
        assert given == (expected if whole else NEW)
    asyncio.run(test())


def test_an_old_body_that_is_gone_is_an_error() -> None:
    async def test() -> None:
        writer = await MemoryStore().put("k", "", b"", None)
        with pytest.raises(UpstreamError, match="gone"):
            async for _ in combined(MemoryBody([], 0), arriving(5), [Piece(True, (0, 5))], writer, whole=True):
                pass
        await writer.abort()
    asyncio.run(test())
