"""Small pieces become larger ones; what fails is given up once, with its reason."""

from __future__ import annotations

import asyncio

from whywire.apps.stores.gathering import WRITE_AT_ONCE, Gathering
from whywire.apps.stores.model import Entry


class Into(Gathering):
    def __init__(self, most: int = 1 << 30) -> None:
        super().__init__(Entry("k", "", b"", 0), most)
        self.pieces: list[bytes] = []
        self.why = ""
        self.discarded = 0

    async def append(self, data: bytes) -> str:
        self.pieces.append(data)
        return self.why

    async def discard(self) -> None:
        self.discarded += 1

    async def read(self, offset: int, size: int) -> bytes:
        return b"".join(self.pieces)[offset:offset + size]

    async def commit(self, meta: bytes | None = None) -> Entry | None:
        return Entry("k", "", meta or b"", self.written) if await self.flush() else None


def test_small_pieces_become_larger_ones() -> None:
    async def work() -> None:
        into = Into()
        for _ in range(5):
            assert await into.write(b"x" * (WRITE_AT_ONCE // 2))
        assert [len(piece) for piece in into.pieces] == [WRITE_AT_ONCE, WRITE_AT_ONCE]
        assert into.written == 2 * WRITE_AT_ONCE
        found = await into.commit()
        assert found is not None
        assert found.length == 5 * WRITE_AT_ONCE // 2

    asyncio.run(work())


def test_what_is_too_large_or_refused_is_given_up_once() -> None:
    async def work() -> None:
        large, refused, aborted = Into(10), Into(), Into()
        assert not await large.write(b"x" * 11)
        assert large.failed == "larger than 10 bytes"
        refused.why = "full"
        assert await refused.write(b"x")
        assert await refused.commit() is None
        assert (refused.failed, refused.written) == ("full", 0)
        await aborted.abort()
        for one in (large, refused, aborted):
            await one.abort()
            assert not await one.write(b"y")
            assert one.discarded == 1

    asyncio.run(work())
