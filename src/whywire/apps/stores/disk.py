"""Entries on disk: a file per body, and an index in SQLite. Survives kill -9 and a full disk.

A body is written to ``new/``, then renamed into ``bodies/``, then named in the index: in this order, so that the index
never names what is not complete. The index keeps the length and a CRC-32 per block of `BLOCK` bytes; a block is given
out only after its sum was right, so neither a crash of the machine nor a failing disk shows half a body. Files that the
index does not name are removed when the store opens.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TypeVar

from whywire.apps.stores.gathering import Gathering
from whywire.apps.stores.index import Index, Row
from whywire.apps.stores.model import Body, Entry, Stats, Store, TornError, Writer
from whywire.apps.stores.sums import BLOCK, Sums
from whywire.base.errors import WhywireError

T = TypeVar("T")
SMALL = 1 << 16


class DiskBody(Body):
    """An open file whose blocks are checked as they are read."""

    def __init__(self, store: DiskStore, entry: Entry, fd: int) -> None:
        self._store, self._entry, self._fd = store, entry, fd
        self._sums = Sums.of(entry.ident.sums)
        self._at, self._block = -1, b""

    def load_small(self) -> None:
        """Read and check all of a small body at once."""
        self._block = self.data = self._load(0) if self._entry.length else b""
        self._at = 0

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes of the block that holds ``offset``."""
        number = offset // BLOCK
        if number != self._at:
            self._block = await self._store.io(self._load, number)
            self._at = number
        begin = offset - number * BLOCK
        return self._block[begin:begin + size]

    def _load(self, number: int) -> bytes:
        wanted = min(BLOCK, self._entry.length - number * BLOCK)
        try:
            block = os.pread(self._fd, wanted, number * BLOCK) if wanted > 0 else b""
        except OSError as error:
            block, why = b"", str(error.strerror)
        else:
            why = "bytes are missing" if len(block) < wanted else "the checksum is wrong"
        if len(block) != wanted or wanted <= 0 or not self._sums.right(number, block):
            self._store.lost(self._entry)
            raise TornError(f"{self._entry.key}: {why}")
        return block

    async def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def __del__(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)


class DiskWriter(Gathering):
    """Writes a temporary file, in pieces of some size."""

    def __init__(self, store: DiskStore, entry: Entry, path: Path) -> None:
        super().__init__(entry, store.most)
        self._store, self._path = store, path
        self._fd = -1

    async def append(self, data: bytes) -> str:
        """Write to the end of the file."""
        try:
            await self._store.io(self._append, data)
        except OSError as error:
            self._store.failures += 1
            return f"the disk refused it: {error.strerror}"
        return ""

    def _append(self, data: bytes) -> None:
        if self._fd < 0:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        view = memoryview(data)
        while view:
            done = os.write(self._fd, view)
            view = view[done:]
        self.sums.add(data)

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes that were written already."""
        if offset >= self.written:
            await self.flush()
        if self.failed or offset >= self.written:
            raise TornError(self.failed or "not written yet")
        return await self._store.io(os.pread, self._fd, min(size, self.written - offset), offset)

    async def commit(self, meta: bytes | None = None) -> Entry | None:
        """Rename the file and name it in the index."""
        if not await self.flush():
            return None
        entry = self.entry
        entry.length, entry.meta = self.written, entry.meta if meta is None else meta
        row = Row(0, entry.key, entry.variant, entry.meta, self.written, self.sums.packed())
        try:
            entry.ident = await self._store.index_do(self._store.take_in, row, self._path, self._fd)
        except (OSError, sqlite3.Error) as error:
            self._store.failures += 1
            await self.give_up(f"the disk refused it: {error}")
            return None
        self.end("committed")
        self._close()
        return entry

    async def discard(self) -> None:
        """Remove the file."""
        self._close()
        with contextlib.suppress(OSError):
            await self._store.io(os.unlink, self._path)

    def _close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)


class DiskStore(Store):
    """``limit`` bytes in ``folder`` in all, ``most`` for one body; ``sync``: outlive a power cut too."""

    name = "disk"
    hot_for = 1.0

    def __init__(self, folder: Path, limit: int = 10 << 30, most: int | None = None, *, sync: bool = False) -> None:
        super().__init__()
        self.folder, self.limit, self.sync = folder, limit, sync
        self.most = limit // 8 if most is None else most
        self.failures = 0
        self._numbers = count(1)
        self._unsure: set[str] = set()  # keys whose removal did not work yet
        self._lock = -1
        self._index: Index | None = None
        self._lane = ThreadPoolExecutor(1, "whywire-index")
        self._files = ThreadPoolExecutor(4, "whywire-files")

    # ---- threads ----

    async def io(self, work: Callable[..., T], *arguments: object) -> T:
        """Run file work beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._files, work, *arguments)

    async def index_do(self, work: Callable[..., T], *arguments: object) -> T:
        """Run index work beside the loop, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._lane, work, *arguments)

    async def _try(self, work: Callable[..., T], default: T, *arguments: object) -> T:
        try:
            return await self.index_do(work, *arguments)
        except (sqlite3.Error, OSError):
            self.failures += 1
            return default

    @property
    def index(self) -> Index:
        """The index, once the store is open."""
        assert self._index is not None, "the store is not open"
        return self._index

    # ---- the store ----

    async def open(self) -> None:
        """Make the folders, open the index (a broken one is begun anew), remove what it does not name."""
        try:
            await self.index_do(self._open)
        except BlockingIOError as error:
            await self.close()
            raise WhywireError(f"the cache folder {self.folder} is in use by another process",
                               "Name another folder, or share a cache with --store redis://HOST.", 1) from error
        except (OSError, sqlite3.Error) as error:
            await self.close()
            raise WhywireError(f"the cache folder {self.folder} can't be used: {error}",
                               "Name a folder that you may write to, on a disk with room.", 1) from error

    def _open(self) -> None:
        for name in ("new", "bodies"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path = self.folder / "index.sqlite"
        try:
            self._index = Index(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            for end in ("", "-wal", "-shm"):
                Path(f"{path}{end}").unlink(missing_ok=True)
            self._index = Index(path)
        self._sweep()

    def _sweep(self) -> None:
        """Remove what a process before us left behind: temporary files, and bodies that the index does not name."""
        for path in (self.folder / "new").iterdir():
            path.unlink(missing_ok=True)
        known = self.index.numbers()
        for folder in (self.folder / "bodies").iterdir():
            for path in folder.iterdir():
                if path.name.isdigit() and int(path.name) not in known:
                    path.unlink(missing_ok=True)

    async def close(self) -> None:
        """Close the index."""
        if self._index is not None:
            await self._try(self._index.close, None)
            self._index = None
        if self._lock >= 0:
            lock, self._lock = self._lock, -1
            os.close(lock)
        self._lane.shutdown()
        self._files.shutdown()

    def path_of(self, number: int) -> Path:
        """Return the path of a body."""
        return self.folder / "bodies" / f"{number % 256:02x}" / str(number)

    async def find(self, key: str) -> list[Entry]:
        """Return the variants that the index names; they count as used."""
        if key in self._unsure:
            await self.delete(key)
            return []
        rows: list[Row] = []
        return [_entry(row) for row in await self._try(self.index.find, rows, key)]

    async def body(self, entry: Entry) -> Body:
        """Open the file, and hold its length against the index."""
        try:
            return await self.io(self._open_body, entry)
        except OSError as error:
            self.lost(entry)
            raise TornError(f"{entry.key}: {error.strerror}") from error

    def _open_body(self, entry: Entry) -> DiskBody:
        fd = os.open(self.path_of(entry.ident.number), os.O_RDONLY | os.O_CLOEXEC)
        body, size = DiskBody(self, entry, fd), os.fstat(fd).st_size
        if size != entry.length:
            self.lost(entry)
            raise TornError(f"{entry.key}: {size} bytes on disk, {entry.length} in the index")
        if size <= SMALL:
            body.load_small()
        return body

    def lost(self, entry: Entry) -> None:
        """Forget an entry whose body can't be trusted."""
        self.failures += 1
        entry.alive = False
        self._lane.submit(self._forget, [entry.ident.number])

    def _forget(self, numbers: list[int]) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.index.remove(numbers)
        self._unlink(numbers)

    def _unlink(self, numbers: list[int]) -> None:
        for number in numbers:
            with contextlib.suppress(OSError):
                self.path_of(number).unlink(missing_ok=True)

    async def put(self, key: str, variant: str, meta: bytes, length: int | None) -> Writer:
        """Begin an entry; one that is known to be too large is given up at once."""
        path = self.folder / "new" / str(next(self._numbers))
        writer = DiskWriter(self, Entry(key, variant, meta, 0), path)
        if length is not None and length > self.most:
            writer.failed = f"larger than {self.most:,} bytes"
        return writer

    def take_in(self, row: Row, path: Path, fd: int) -> Row:
        """Give a finished file its place: room first, then the name, then the index (runs in the index's thread)."""
        if fd < 0:
            path.touch()
        elif self.sync:
            os.fsync(fd)
        self._unlink(self.index.make_room(self.limit - row.size))
        number = self.index.next_number()
        target = self.path_of(number)
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
        found = row._replace(number=number)
        try:
            self._unlink(self.index.add(found))
        except sqlite3.Error:
            self._unlink([number])
            raise
        return found

    async def update(self, entry: Entry, meta: bytes) -> Entry | None:
        """Put new meta in place of the old."""
        done = await self._try(self.index.update, False, entry.ident.number, meta)
        entry.alive = False
        return _entry(entry.ident._replace(meta=meta)) if done else None

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove variants, index first. What the index refuses to forget loses its file, and so can't be served."""
        try:
            found = await self.index_do(self.index.find, key)
        except sqlite3.Error:
            self.failures += 1
            self._unsure.add(key)
            return 0
        self._unsure.discard(key)
        rows = [row for row in found if variant in (None, row.variant)]
        await self.index_do(self._forget, [row.number for row in rows])
        return len(rows)

    async def entries(self, prefix: str = "", most: int = 100) -> list[Entry]:
        """Return entries, the most recently used first."""
        rows: list[Row] = []
        return [_entry(row) for row in await self._try(self.index.entries, rows, prefix, most)]

    async def clear(self) -> int:
        """Remove everything."""
        none: set[int] = set()
        numbers = await self._try(self.index.numbers, none)
        await self.index_do(self._forget, list(numbers))
        return len(numbers)

    async def stats(self) -> Stats:
        """Return the counters."""
        index, free = self.index, shutil.disk_usage(self.folder).free
        return Stats(self.name, index.count, index.size, self.limit, index.evicted, self.failures,
                     more={"disk_free": free})


def _entry(row: Row) -> Entry:
    return Entry(row.key, row.variant, row.meta, row.length, row)
