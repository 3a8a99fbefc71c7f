"""What the wire says about itself while it runs: a page of memory that it writes and the watcher reads."""

from __future__ import annotations

import mmap
from struct import Struct

_FIELDS = Struct("=QQQq")


class WireState:
    """Counters of the wire in memory shared over a fork. One process writes, others read."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def put(self, taken: int, delivered: int, on_the_way: int, last_ns: int) -> None:
        """Say how many frames were taken and delivered, are on the way, and when one last moved."""
        _FIELDS.pack_into(self._page, 0, taken, delivered, on_the_way, last_ns)

    def get(self) -> tuple[int, int, int, int]:
        """Return what `put` was given last."""
        taken, delivered, on_the_way, last_ns = _FIELDS.unpack_from(self._page, 0)
        return taken, delivered, on_the_way, last_ns
