"""A page of memory between the wire and the watcher: what has moved, and which processes the programs are."""

from __future__ import annotations

import mmap
from struct import Struct

_FIELDS = Struct("=QQQq")
_PROCESS = Struct("=i")
_PROCESSES_AT = 64


class WireState:
    """Memory shared over a fork: the wire writes its counters, the watcher the programs' process ids."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def put(self, taken: int, delivered: int, on_the_way: int, last_ns: int) -> None:
        """Say how many frames were taken and delivered, are on the way, and when one last moved."""
        _FIELDS.pack_into(self._page, 0, taken, delivered, on_the_way, last_ns)

    def get(self) -> tuple[int, int, int, int]:
        """Return what `put` was given last."""
        taken, delivered, on_the_way, last_ns = _FIELDS.unpack_from(self._page, 0)
        return taken, delivered, on_the_way, last_ns

    def put_process(self, host: int, pid: int) -> None:
        """Say which process runs the program of host number ``host``; 0: none."""
        _PROCESS.pack_into(self._page, _PROCESSES_AT + host * _PROCESS.size, pid)

    def process(self, host: int) -> int:
        """Return what `put_process` was given last."""
        (pid,) = _PROCESS.unpack_from(self._page, _PROCESSES_AT + host * _PROCESS.size)
        return int(pid)
