"""A writer that gathers small pieces and hands them on in larger ones, with their checksums."""

from __future__ import annotations

from abc import abstractmethod

from whywire.apps.stores.model import Entry, Writer
from whywire.apps.stores.sums import Sums

WRITE_AT_ONCE = 1 << 18


class Gathering(Writer):
    """What the disk's writer and that of Redis share. ``most``: the largest body."""

    def __init__(self, entry: Entry, most: int) -> None:
        self.entry = entry
        self.sums = Sums()
        self.written = 0
        """Bytes that were handed on."""
        self._most = most
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    @abstractmethod
    async def append(self, data: bytes) -> str:
        """Put ``data`` behind what is ``written``, and into ``sums``; return why not, empty where that worked."""

    @abstractmethod
    async def discard(self) -> None:
        """Remove what was handed on. Never raises."""

    async def write(self, data: bytes) -> bool:
        """Take bytes; they are handed on in larger pieces."""
        if self.failed:
            return False
        self._waiting.append(bytes(data))
        self._waiting_bytes += len(data)
        if self.written + self._waiting_bytes > self._most:
            await self.give_up(f"larger than {self._most:,} bytes")
        elif self._waiting_bytes >= WRITE_AT_ONCE:
            await self.flush()
        return not self.failed

    async def flush(self) -> bool:
        """Hand on what waits; tell whether all is well."""
        if self.failed or not self._waiting_bytes:
            return not self.failed
        data = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        why = await self.append(data)
        if why:
            await self.give_up(why)
            return False
        self.written += len(data)
        return True

    async def give_up(self, why: str) -> None:
        """Remember the reason, remove what there is."""
        self.end(why)
        await self.discard()

    def end(self, why: str) -> None:
        """Take no more; what still waits is forgotten."""
        self.failed, self._waiting, self._waiting_bytes = why, [], 0

    async def abort(self) -> None:
        """Throw it away; after a commit: nothing to do."""
        if not self.failed:
            await self.give_up("aborted")
