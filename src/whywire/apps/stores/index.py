"""The disk store's index: one SQLite table. All calls come from one thread.

Write-ahead logging without a sync per commit: a kill -9 loses nothing, a power cut may lose the last entries, never
more than whole ones.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries(
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, variant TEXT NOT NULL, meta BLOB NOT NULL,
    length INTEGER NOT NULL, sums BLOB NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL,
    UNIQUE(key, variant));
CREATE INDEX IF NOT EXISTS by_use ON entries(used);
CREATE TABLE IF NOT EXISTS numbers(last INTEGER NOT NULL);
INSERT INTO numbers SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM numbers);
"""
VERSION = 1
OVERHEAD = 4096 + 512
"""A file takes whole blocks of the disk, and its row some room in the index."""
COLUMNS = "number, key, variant, meta, length, sums"
TOUCHED_AT_MOST = 256


class Row(NamedTuple):
    """What the index knows of an entry."""

    number: int
    """The body's file name; never used twice."""
    key: str
    variant: str
    meta: bytes
    length: int
    sums: bytes

    @property
    def size(self) -> int:
        """Bytes that it is counted with."""
        return OVERHEAD + self.length + len(self.meta) + len(self.key) + len(self.variant)


class Index:
    """The table. Raises sqlite3.Error where the disk or the file does not play along."""

    def __init__(self, path: Path) -> None:
        self.evicted = 0
        self._touched: dict[int, None] = {}
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        try:
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
            version = self._base.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError(f"an index of version {version}")
            self._base.executescript(SCHEMA)
            self._base.execute(f"PRAGMA user_version={VERSION}")
            self._clock = int(self._base.execute("SELECT COALESCE(MAX(used), 0) FROM entries").fetchone()[0])
            self._count()
        except sqlite3.Error:
            self._base.close()
            raise

    def _count(self) -> None:
        """Count what there is; from here on the sums are carried along."""
        self.count, self.size = self._base.execute("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM entries").fetchone()

    def close(self) -> None:
        """Write down what was used, and close."""
        try:
            self._flush()
        finally:
            self._base.close()

    def find(self, key: str) -> list[Row]:
        """Return the rows of ``key``, the newest first; they count as used."""
        rows = self._rows("WHERE key = ? ORDER BY number DESC", key)
        for row in rows:
            self._touched.pop(row.number, None)
            self._touched[row.number] = None
        if len(self._touched) > TOUCHED_AT_MOST:
            self._flush()
        return rows

    def _rows(self, rest: str, *values: object) -> list[Row]:
        return [Row(*row) for row in self._base.execute(f"SELECT {COLUMNS} FROM entries {rest}", values)]

    def _flush(self) -> None:
        touched, self._touched = self._touched, {}
        first, self._clock = self._clock + 1, self._clock + len(touched)
        self._base.execute("BEGIN IMMEDIATE")
        try:
            self._base.executemany("UPDATE entries SET used = ? WHERE number = ?", enumerate(touched, first))
        finally:
            self._base.execute("COMMIT")

    def next_number(self) -> int:
        """Return a number that no file has had."""
        return int(self._base.execute("UPDATE numbers SET last = last + 1 RETURNING last").fetchone()[0])

    def add(self, row: Row) -> list[int]:
        """Add a row in place of its predecessor; return the numbers of the files that are no longer named."""
        self._clock += 1
        self._base.execute("BEGIN IMMEDIATE")
        try:
            old = self._base.execute("DELETE FROM entries WHERE key = ? AND variant = ? RETURNING number, size",
                                     (row.key, row.variant)).fetchall()
            self._base.execute(f"INSERT INTO entries({COLUMNS}, size, used) VALUES (?,?,?,?,?,?,?,?)",
                               (*row, row.size, self._clock))
            self._base.execute("COMMIT")
        except sqlite3.Error:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise
        self.count += 1 - len(old)
        self.size += row.size - sum(size for _, size in old)
        return [number for number, _ in old]

    def update(self, number: int, meta: bytes) -> bool:
        """Put other meta into a row; tell whether it was there."""
        return self._base.execute("UPDATE entries SET meta = ? WHERE number = ?", (meta, number)).rowcount > 0

    def remove(self, numbers: list[int]) -> None:
        """Remove rows."""
        for number in numbers:
            gone = self._base.execute("DELETE FROM entries WHERE number = ? RETURNING size", (number,)).fetchall()
            for (size,) in gone:
                self.count -= 1
                self.size -= size

    def make_room(self, target: int) -> list[int]:
        """Remove the least recently used rows until the sizes are at most ``target``; return their numbers."""
        gone: list[int] = []
        if self.size > target:
            self._flush()
        while self.size > target and self.count:
            oldest = self._base.execute("SELECT number, size FROM entries ORDER BY used LIMIT 64").fetchall()
            excess, numbers = self.size - target, []
            for number, size in oldest:
                if excess > 0:
                    numbers.append(number)
                excess -= size
            self.remove(numbers)
            gone += numbers
        self.evicted += len(gone)
        return gone

    def numbers(self) -> set[int]:
        """Return the numbers of all rows."""
        return {number for (number,) in self._base.execute("SELECT number FROM entries")}

    def entries(self, prefix: str, most: int) -> list[Row]:
        """Return rows whose key begins with ``prefix``, the most recently used first."""
        return self._rows("WHERE substr(key, 1, ?) = ? ORDER BY used DESC LIMIT ?", len(prefix), prefix, most)
