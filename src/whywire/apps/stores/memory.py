"""Entries in this process's memory: the least recently used ones go when the bytes are used up."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict

from whywire.apps.stores.model import Body, Entry, Stats, Store, TornError, Writer

OVERHEAD = 2048
"""Bytes that an entry costs beside its texts and its body, with what its owner makes of its meta (measured)."""
JOIN = 1 << 20
"""Bodies up to here are kept in one piece."""


class MemoryBody(Body):
    """A body as its pieces."""

    def __init__(self, pieces: list[bytes], length: int) -> None:
        self._pieces, self._length = pieces, length
        self.data = pieces[0] if len(pieces) == 1 else b"" if not length else None
        self._starts = [0]
        for piece in pieces[:-1]:
            self._starts.append(self._starts[-1] + len(piece))

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes of the piece that holds ``offset``."""
        if not 0 <= offset < self._length:
            raise TornError(f"{offset} is not in a body of {self._length} bytes")
        index = bisect_right(self._starts, offset) - 1
        begin = offset - self._starts[index]
        return self._pieces[index][begin:begin + size]


class MemoryWriter(Writer):
    """Collects the pieces; what is being written counts against the store's bytes."""

    def __init__(self, store: MemoryStore, entry: Entry) -> None:
        self._store, self._entry = store, entry
        self._pieces: list[bytes] = []
        self._starts: list[int] = []
        self._length = 0

    async def write(self, data: bytes) -> bool:
        """Keep a piece."""
        if self.failed:
            return False
        if self._length + len(data) > self._store.most:
            self._give_up(f"larger than {self._store.most:,} bytes")
            return False
        self._starts.append(self._length)
        self._pieces.append(bytes(data))
        self._length += len(data)
        self._store.reserve(len(data))
        return True

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes of the piece that holds ``offset``."""
        if not 0 <= offset < self._length:
            raise TornError(self.failed or "not written yet")
        index = bisect_right(self._starts, offset) - 1
        begin = offset - self._starts[index]
        return self._pieces[index][begin:begin + size]

    async def commit(self, meta: bytes | None = None) -> Entry | None:
        """Hand the pieces to the store."""
        if self.failed:
            return None
        self._entry.meta = self._entry.meta if meta is None else meta
        pieces = [b"".join(self._pieces)] if self._length <= JOIN else self._pieces
        self._entry.length, self._entry.ident = self._length, pieces
        self._store.reserve(-self._length)
        self.failed, self._length = "committed", 0
        return self._store.add(self._entry)

    async def abort(self) -> None:
        """Forget the pieces."""
        if not self.failed:
            self._give_up("aborted")

    def _give_up(self, why: str) -> None:
        self._store.reserve(-self._length)
        self.failed, self._pieces, self._starts, self._length = why, [], [], 0


class MemoryStore(Store):
    """``limit`` bytes in all, ``most`` for one body (default: an eighth)."""

    name = "memory"
    keeps_scratch = True
    hot_for = math.inf

    def __init__(self, limit: int = 256 << 20, most: int | None = None) -> None:
        super().__init__()
        self.limit = limit
        self.most = limit // 8 if most is None else most
        self._keys: dict[str, dict[str, Entry]] = {}
        self._order: OrderedDict[Entry, int] = OrderedDict()  # the least recently used first, with its cost
        self._size = 0
        self._evicted = 0

    async def close(self) -> None:
        """Forget everything."""
        await self.clear()

    def touch(self, entry: Entry) -> None:
        """Note that ``entry`` was used just now."""
        if entry.alive:
            self._order.move_to_end(entry)

    def peek(self, key: str) -> tuple[Entry, bytes] | tuple[None, None]:
        """Return the only entry of a key with its body, where it has one and that is in one piece; not touched."""
        variants = self._keys.get(key)
        if variants is None or len(variants) != 1:
            return None, None
        entry = next(iter(variants.values()))
        return (entry, entry.ident[0]) if len(entry.ident) == 1 else (None, None)

    def has(self, key: str) -> bool:
        """Tell whether something is stored below ``key``."""
        return key in self._keys

    def keep(self, key: str, variant: str, content: bytes) -> Entry | None:
        """Store a whole body."""
        return None if len(content) > self.most else self.add(Entry(key, variant, b"", len(content), [content]))

    async def find(self, key: str) -> list[Entry]:
        """Return the variants; they count as used."""
        found = list(reversed(self._keys.get(key, {}).values()))
        for entry in found:
            self._order.move_to_end(entry)
        return found

    async def body(self, entry: Entry) -> Body:
        """Return the pieces; they stay, whatever becomes of the entry."""
        return MemoryBody(entry.ident, entry.length)

    async def put(self, key: str, variant: str, meta: bytes, length: int | None) -> Writer:
        """Begin an entry; one that is known to be too large is given up at once."""
        writer = MemoryWriter(self, Entry(key, variant, meta, 0))
        if length is not None and length > self.most:
            writer.failed = f"larger than {self.most:,} bytes"
        return writer

    def reserve(self, size: int) -> None:
        """Count bytes that are being written, and make room for them."""
        self._size += size
        while self._size > self.limit and self._order:
            self._evicted += 1
            self._remove(next(iter(self._order)))

    def add(self, entry: Entry) -> Entry | None:
        """Make ``entry`` visible in place of its predecessor."""
        cost = OVERHEAD + entry.length + len(entry.meta) + 2 * (len(entry.key) + len(entry.variant))
        if cost > self.limit:
            return None
        variants = self._keys.get(entry.key, {})
        if entry.variant in variants:
            self._remove(variants[entry.variant])
        self.reserve(cost)
        self._keys.setdefault(entry.key, {})[entry.variant] = entry
        self._order[entry] = cost
        return entry

    def _remove(self, entry: Entry) -> None:
        entry.alive = False
        self._size -= self._order.pop(entry)
        variants = self._keys[entry.key]
        del variants[entry.variant]
        if not variants:
            del self._keys[entry.key]
        self.removed(entry.key)

    async def update(self, entry: Entry, meta: bytes) -> Entry | None:
        """Put a new record with the same body in place of the old one."""
        if not entry.alive:
            return None
        return self.add(Entry(entry.key, entry.variant, meta, entry.length, entry.ident))

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove variants."""
        found = [one for one in self._keys.get(key, {}).values() if variant in (None, one.variant)]
        for entry in found:
            self._remove(entry)
        return len(found)

    async def entries(self, prefix: str = "", most: int = 100) -> list[Entry]:
        """Return entries, the most recently used first."""
        found: list[Entry] = []
        for entry in reversed(self._order):
            if len(found) >= most:
                break
            if entry.key.startswith(prefix):
                found.append(entry)
        return found

    async def clear(self) -> int:
        """Remove everything."""
        count = len(self._order)
        for entry in list(self._order):
            self._remove(entry)
        return count

    async def stats(self) -> Stats:
        """Return the counters."""
        return Stats(self.name, len(self._order), self._size, self.limit, self._evicted)
