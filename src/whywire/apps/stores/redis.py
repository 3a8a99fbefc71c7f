"""Entries in Redis or Valkey, for many proxies that share one cache.

    <prefix>k:<key>     hash: variant -> record (see `record`), which names the body
    <prefix>b:<number>  string: the body, complete before any record names it
    <prefix>n           the last number given to a body

The server may evict any of them and may go away at any time: what is missing is a miss. While it is away nothing is
asked of it for a moment, everything passes through, and removals are remembered; they are done before anything is read
again, and when there were too many of them, everything is removed (`owed`). How much it keeps is the server's setting
(maxmemory).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from whywire.apps.stores import record
from whywire.apps.stores.count import Count
from whywire.apps.stores.gathering import Gathering
from whywire.apps.stores.model import Body, Entry, Stats, Store, TornError, Writer
from whywire.apps.stores.owed import Owed
from whywire.apps.stores.sums import BLOCK, Sums

T = TypeVar("T")
TROUBLES = (RedisError, OSError, TimeoutError)
KEPT = 7 * 86400
"""Seconds after which the server drops what nobody wrote anew."""
UNFINISHED = 600
"""Seconds after which it drops a body that was begun and never named."""


class RedisBody(Body):
    """A body, fetched and checked block by block; a small one comes in one piece."""

    def __init__(self, store: RedisStore, entry: Entry, first: bytes) -> None:
        self._store, self._entry = store, entry
        self._sums = Sums.of(entry.ident.sums)
        self._at, self._block = 0, first
        self._check(0, first)
        if entry.length <= BLOCK:
            self.data = first

    def _check(self, number: int, block: bytes) -> None:
        wanted = min(BLOCK, self._entry.length - number * BLOCK)
        if len(block) != wanted or (wanted and not self._sums.right(number, block)):
            self._store.failures += 1
            raise TornError(f"{self._entry.key}: the body is gone or its checksum is wrong")

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes of the block that holds ``offset``."""
        number = offset // BLOCK
        if not 0 <= offset < self._entry.length:
            raise TornError(f"{offset} is not in a body of {self._entry.length} bytes")
        if number != self._at:
            block = await self._store.block(self._entry.ident.number, number)
            self._check(number, block)
            self._at, self._block = number, block
        begin = offset - number * BLOCK
        return self._block[begin:begin + size]


class RedisWriter(Gathering):
    """Appends to a body that nobody knows yet."""

    def __init__(self, store: RedisStore, entry: Entry, number: int) -> None:
        super().__init__(entry, store.most)
        self._store, self._number = store, number

    async def append(self, data: bytes) -> str:
        """Append to the body, which the server drops by itself where nobody ever names it."""
        name = self._store.body_name(self._number)
        try:
            async with self._store.client.pipeline(transaction=True) as pipe:
                pipe.append(name, data)
                pipe.expire(name, UNFINISHED)
                length, _ = await self._store.ask(pipe.execute())
        except TROUBLES as error:
            return f"the server does not take it: {error}"
        self.sums.add(data)
        return "" if length == self.written + len(data) else "the server lost a part of it"

    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes that were written already."""
        if offset >= self.written:
            await self.flush()
        if self.failed or offset >= self.written:
            raise TornError(self.failed or "not written yet")
        data = await self._store.part(self._number, offset, min(size, self.written - offset))
        if not data:
            raise TornError("the server lost it")
        return data

    async def commit(self, meta: bytes | None = None) -> Entry | None:
        """Name the body in the key's hash."""
        if not await self.flush():
            return None
        entry = self.entry
        entry.length, entry.meta = self.written, entry.meta if meta is None else meta
        entry.ident = record.Record(self._number, self.written, self.sums.packed(), entry.meta)
        if not await self._store.name_body(entry):
            self.end("the server is lost")
            return None
        self.end("committed")
        return entry

    async def discard(self) -> None:
        """Remove the body."""
        if self.written:
            await self._store.quietly(self._store.client.unlink(self._store.body_name(self._number)), 0)


class RedisStore(Store):
    """``url``: redis://HOST:PORT/DB or unix://PATH. ``retry``: seconds of rest after a failure. ``owed``: a file that
    remembers the removals to be made up for, should this process end first."""

    name = "redis"
    hot_for = 1.0

    def __init__(self, url: str, most: int = 64 << 20, *, prefix: str = "whywire:", timeout: float = 1.0,
                 retry: float = 1.0, owed: Path | None = None) -> None:
        super().__init__()
        self.most, self.prefix, self.retry = most, prefix, retry
        self.failures = 0
        self.client: Redis = Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout,
                                            retry_on_timeout=False, max_connections=64)
        self._away_until = 0.0
        self._owed = Owed(owed)
        self._settling = asyncio.Lock()
        self._count = Count(self._counted)

    def body_name(self, number: int) -> str:
        """Return the name of a body."""
        return f"{self.prefix}b:{number}"

    def _key_name(self, key: str) -> str:
        return f"{self.prefix}k:{key}"

    # ---- reaching the server ----

    @property
    def away(self) -> bool:
        """The server did not answer a moment ago."""
        return time.monotonic() < self._away_until

    async def ask(self, question: Awaitable[T]) -> T:
        """Wait for an answer. Without one everybody keeps away for a moment; an answer that refuses (no memory left, a
        read-only replica) concerns this question alone."""
        try:
            return await question
        except ResponseError:
            self.failures += 1
            raise
        except TROUBLES:
            self._lost()
            raise

    def _lost(self) -> None:
        self.failures += 1
        self._away_until = time.monotonic() + self.retry

    async def quietly(self, question: Any, default: T) -> T:
        """Wait for an answer, or return ``default`` at once."""
        if self.away:
            question.close()
            return default
        try:
            return cast(T, await self.ask(question))
        except TROUBLES:
            return default

    async def _settle(self) -> bool:
        """Make up for removals that failed. True: what the server holds may be used."""
        if self.away:
            return False
        if self._owed:
            async with self._settling:  # nobody reads before all is done
                if self._owed.everything:
                    await self.clear()
                while not self._owed.everything and (removal := self._owed.first()) is not None:
                    if await self._removed(*removal) is None:
                        break
                    self._owed.done(removal)
        return not self.away and not self._owed

    # ---- the store ----

    async def close(self) -> None:
        """Make up for what is owed, where that can be; let go of the connections."""
        await self._count.stop()
        await self._settle()
        await self.client.aclose()

    async def find(self, key: str) -> list[Entry]:
        """Return the variants; none while the server is away."""
        if not await self._settle():
            return []
        none: dict[bytes, bytes] = {}
        found = await self.quietly(self.client.hgetall(self._key_name(key)), none)
        entries = [_entry(key, variant, packed) for variant, packed in found.items()]
        return sorted((one for one in entries if one), key=lambda one: -one.ident.number)

    async def block(self, number: int, block: int) -> bytes:
        """Return a block of a body; less or nothing when the server lost it."""
        return await self.part(number, block * BLOCK, BLOCK)

    async def part(self, number: int, offset: int, size: int) -> bytes:
        """Return bytes of a body; less or nothing when the server lost it."""
        return await self.quietly(self.client.getrange(self.body_name(number), offset, offset + size - 1), b"")

    async def body(self, entry: Entry) -> Body:
        """Fetch the first block, and with it all of a small body."""
        try:
            return RedisBody(self, entry, await self.block(entry.ident.number, 0) if entry.length else b"")
        except TornError:
            await self.delete(entry.key, entry.variant)
            raise

    async def put(self, key: str, variant: str, meta: bytes, length: int | None) -> Writer:
        """Begin an entry under a number of its own."""
        number = await self.quietly(self.client.incr(f"{self.prefix}n"), 0) if await self._settle() else 0
        writer = RedisWriter(self, Entry(key, variant, meta, 0), number)
        if length is not None and length > self.most:
            writer.failed = f"larger than {self.most:,} bytes"
        elif not number:
            writer.failed = "the server is lost"
        return writer

    async def name_body(self, entry: Entry) -> bool:
        """Make a complete body visible; tell whether that worked."""
        name, made = self._key_name(entry.key), entry.ident
        if not await self._settle():
            return False
        try:
            old = await self.ask(cast(Any, self.client.hget(name, entry.variant)))
            async with self.client.pipeline(transaction=True) as pipe:
                pipe.hset(name, entry.variant, record.packed(made))
                pipe.expire(name, KEPT)
                pipe.expire(self.body_name(made.number), KEPT)
                before = record.unpacked(old) if old else None
                if before is not None and before.number != made.number:
                    pipe.unlink(self.body_name(before.number))
                await self.ask(pipe.execute())
        except TROUBLES:
            return False
        return True

    async def update(self, entry: Entry, meta: bytes) -> Entry | None:
        """Put new meta in place of the old, where the record still names the same body."""
        entry.alive = False
        fresh = Entry(entry.key, entry.variant, meta, entry.length, entry.ident._replace(meta=meta))
        same = any(one.variant == entry.variant and one.ident.number == entry.ident.number
                   for one in await self.find(entry.key))
        return fresh if same and await self.name_body(fresh) else None

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove variants; what can't be removed now is remembered."""
        found = None if self.away else await self._removed(key, variant)
        if found is None:
            self._owed.add(key, variant)
        return found or 0

    async def _removed(self, key: str, variant: str | None) -> int | None:
        """Remove variants; None when that did not work, and then nothing is read before it did."""
        try:
            found = await self.ask(cast(Any, self.client.hgetall(self._key_name(key))))
            chosen = {name: packed for name, packed in found.items() if variant in (None, name.decode())}
            if chosen:
                bodies = [one.number for one in map(record.unpacked, chosen.values()) if one]
                # no transaction: a server without memory left refuses even removals in one
                async with self.client.pipeline(transaction=False) as pipe:
                    pipe.hdel(self._key_name(key), *chosen)
                    if bodies:
                        pipe.unlink(*map(self.body_name, bodies))
                    await self.ask(pipe.execute())
        except TROUBLES:
            self._lost()
            return None
        return len(chosen)

    async def entries(self, prefix: str = "", most: int = 100) -> list[Entry]:
        """Return entries in the server's order."""
        found: list[Entry] = []
        if not await self._settle():
            return found
        begin = len(self._key_name(""))
        try:
            async for name in self.client.scan_iter(match=f"{_literal(self._key_name(prefix))}*", count=500):
                found += await self.find(name.decode()[begin:])
                if len(found) >= most:
                    break
        except TROUBLES:
            self.failures += 1
        return found[:most]

    async def clear(self) -> int:
        """Remove everything of this prefix; what can't be removed now is remembered."""
        keys = 0
        try:
            async for name in self.client.scan_iter(match=f"{_literal(self.prefix)}[kb]:*", count=500):
                kind = name[len(self.prefix):len(self.prefix) + 2]
                keys += await self.ask(self.client.hlen(name)) if kind == b"k:" else 0
                await self.ask(self.client.unlink(name))
        except TROUBLES:
            self._lost()
            self._owed.add_all()
            return keys
        self._owed.all_done()
        return keys

    async def stats(self) -> Stats:
        """Return what the server says of itself; its memory holds other things too."""
        info: dict[str, Any] = await self.quietly(self.client.info(), {})
        entries = await self._count.now() if info else 0
        return Stats(self.name, entries, info.get("used_memory", 0), info.get("maxmemory", 0),
                     info.get("evicted_keys", 0), self.failures, up=bool(info))

    async def _counted(self) -> int | None:
        """Return how many entries there are, by their keys' names and lengths; None: the server is lost."""
        count, cursor = 0, None
        try:
            while cursor != 0:
                cursor, names = await self.ask(self.client.scan(
                    cursor or 0, match=f"{_literal(self._key_name(''))}*", count=1000))
                async with self.client.pipeline(transaction=False) as pipe:
                    for name in names:
                        pipe.hlen(name)
                    count += sum(await self.ask(pipe.execute()))
        except TROUBLES:
            return None
        return count


def _literal(text: str) -> str:
    """Return ``text`` with what MATCH reads as a pattern made plain."""
    return "".join(f"\\{one}" if one in "*?[]\\^-" else one for one in text)


def _entry(key: str, variant: bytes, packed: bytes) -> Entry | None:
    found = record.unpacked(packed)
    return found and Entry(key, variant.decode(), found.meta, found.length, found)
