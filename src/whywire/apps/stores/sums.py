"""CRC-32 per block of a body, so that each block can be checked before it is given out."""

from __future__ import annotations

import struct
import zlib

BLOCK = 1 << 18


class Sums:
    """The sums of a body, collected while it is written, in pieces of any size."""

    def __init__(self) -> None:
        self._sums: list[int] = []
        self._present = self._filled = 0

    @classmethod
    def of(cls, packed: bytes) -> Sums:
        """Return the sums that `packed` returned."""
        sums = cls()
        sums._sums = list(struct.unpack(f">{len(packed) // 4}I", packed))
        return sums

    def add(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        view = memoryview(data)
        while view:
            piece = view[:BLOCK - self._filled]
            view = view[len(piece):]
            self._present = zlib.crc32(piece, self._present)
            self._filled += len(piece)
            if self._filled == BLOCK:
                self._sums.append(self._present)
                self._present = self._filled = 0

    def packed(self) -> bytes:
        """Return all sums as bytes, that of the last, shorter block included."""
        sums = [*self._sums, self._present] if self._filled else self._sums
        return struct.pack(f">{len(sums)}I", *sums)

    def right(self, number: int, block: bytes) -> bool:
        """Tell whether ``block`` is what block ``number`` was."""
        return number < len(self._sums) and zlib.crc32(block) == self._sums[number]
