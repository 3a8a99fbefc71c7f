"""The calculator's caching proxy: clients on one side, one server (the origin) on the other.

For the command `whywire proxy calc://HOST:PORT` this is the whole surface::

    from whywire.apps.calc.proxy import Options, run
    run(Options(origin_host, origin_port, host="127.0.0.1", port=9998, store=None, say=print)) -> int

`run` returns the exit code (0) when SIGINT or SIGTERM stopped it, and raises WhywireError where it can't listen.
Who has an event loop of his own uses `Proxy`: `start`, `stop`, `counts`. A store is anything with the methods of
`Store`; without one the answers are kept in memory (`Memory`).

A miss opens a connection of its own to the origin, passes the request on as it came, closes that connection, answers,
stores. A hit is answered alone. Requests for the same that come while a miss is on its way wait for its answer, where
that may be stored. With no answer from the origin the proxy answers by itself, with a status of the 500 class that is
never stored.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from whywire.apps.calc.cache import Entry, key, may_store, serves, wants_cached
from whywire.apps.calc.front import Front, Log, Now, Patience
from whywire.apps.calc.running import until_signal
from whywire.apps.calc.upstream import Origin, OriginError
from whywire.protocols.calc import Message
from whywire.protocols.calc.content import failure

HIT, MISS, FORWARDED, ERROR = "hit", "miss", "forwarded", "error"


class Store(Protocol):
    """Where packed answers are kept. It may lose any of them at any time; only ``open`` may raise."""

    async def open(self) -> None:
        """Begin. Raises WhywireError when it can't be used at all."""

    async def close(self) -> None:
        """End; nothing is asked of it any more."""

    async def get(self, key: str) -> bytes | None:
        """Return what was put last under ``key``; None: nothing (any more)."""

    async def put(self, key: str, value: bytes) -> None:
        """Keep ``value``, at most 66 kB, under ``key``."""

    async def delete(self, key: str) -> None:
        """Forget what is under ``key``, if anything is."""


class Memory:
    """The store in memory: the answers used last stay, up to so many bytes."""

    def __init__(self, most_bytes: int = 64 << 20) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._most = most_bytes
        self.size = 0
        """Bytes of keys and values."""

    async def open(self) -> None:
        """There is nothing to begin."""

    async def close(self) -> None:
        """There is nothing to end."""

    async def get(self, key: str) -> bytes | None:
        """Return the value of ``key``, which is now the one used last."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes) -> None:
        """Keep ``value``; those not used for the longest time go."""
        await self.delete(key)
        self._kept[key] = value
        self.size += len(key) + len(value)
        while self.size > self._most:
            old, gone = self._kept.popitem(last=False)
            self.size -= len(old) + len(gone)

    async def delete(self, key: str) -> None:
        """Forget ``key``."""
        value = self._kept.pop(key, None)
        if value is not None:
            self.size -= len(key) + len(value)


@dataclass(frozen=True, slots=True)
class Options:
    """What the proxy is started with."""

    origin_host: str
    origin_port: int
    host: str = "127.0.0.1"
    port: int = 9998
    """0: one that the kernel chooses."""
    store: Store | None = None
    connect_s: float = 5.0
    answer_s: float = 30.0
    """How long the origin may take from the request to its whole answer."""
    upstream: int = 100
    """Connections to the origin at a time; more misses wait for one of them."""
    patience: Patience = field(default_factory=Patience)
    say: Callable[[str], None] | None = None
    """Called with lines for a person: where it listens, then one a request. None: silent."""
    now: Now = time.time


class Proxy:
    """The proxy in an event loop. ``counts`` has how many requests were a hit, a miss, forwarded or an error."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._store: Store = options.store or Memory()
        self._origin = Origin(options.origin_host, options.origin_port, options.connect_s, options.answer_s,
                              options.upstream)
        self._name = f"{options.origin_host}:{options.origin_port}"
        self._under_way: dict[str, asyncio.Task[Message]] = {}
        self.front = Front(self.answer, options.patience, now=options.now)
        self.counts = dict.fromkeys((HIT, MISS, FORWARDED, ERROR), 0)
        """hit: from the store. miss: asked the origin, or waited for who did. forwarded: the client wants no stored
        answer. error: the proxy's own answer."""

    async def start(self) -> int:
        """Open the store, listen; return the port. Raises OSError, WhywireError."""
        await self._store.open()
        try:
            return await self.front.start(self._options.host, self._options.port)
        except OSError:
            await self._store.close()
            raise

    async def stop(self) -> None:
        """Finish what is under way, close everything."""
        await self.front.stop()
        for task in (left := set(self._under_way.values())):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._store.close()

    async def answer(self, request: Message) -> bytes:
        """Return the bytes of the answer to a request."""
        try:
            how, answer = await self._find(request)
        except OriginError as error:
            how, answer = ERROR, failure(error.status, error.text, now=int(self._options.now()))
        self.counts[how] += 1
        if self._options.say is not None:
            self._options.say(f"{how:9} {(request.text or '')[:60]!r}, {len(answer)} bytes")
        return answer

    async def _find(self, request: Message) -> tuple[str, bytes]:
        name = key(request, self._name)
        if not wants_cached(request):
            return FORWARDED, (await self._ask(name, request)).raw
        if (found := await self._stored(name, request)) is not None:
            return HIT, found
        if (task := self._under_way.get(name)) is not None:
            answer = await asyncio.shield(task)  # an error that it ends with is this request's error too
            if may_store(answer) and self._fits(answer, request):
                return MISS, answer.raw
            return MISS, (await self._ask(name, request)).raw
        task = self._under_way[name] = asyncio.create_task(self._ask(name, request))
        task.add_done_callback(lambda done: self._landed(name, done))
        return MISS, (await asyncio.shield(task)).raw

    def _landed(self, name: str, task: asyncio.Task[Message]) -> None:
        self._under_way.pop(name, None)
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody may have

    async def _stored(self, name: str, request: Message) -> bytes | None:
        packed = await self._store.get(name)
        if packed is None:
            return None
        entry = Entry.unpack(packed)
        if entry is None:
            await self._store.delete(name)
            return None
        return entry.answer.raw if serves(entry, request, self._options.now()) else None

    def _fits(self, answer: Message, request: Message) -> bool:
        now = self._options.now()
        return serves(Entry(now, answer), request, now)

    async def _ask(self, name: str, request: Message) -> Message:
        answer = await self._origin.ask(request.raw)
        if may_store(answer):
            await self._store.put(name, Entry(self._options.now(), answer).pack())
        return answer


def run(options: Options) -> int:
    """Serve until SIGINT or SIGTERM, then stop in order; return 0. Raises WhywireError where it can't listen."""
    proxy = Proxy(options)
    return until_signal("the proxy", options.host, options.port, proxy.start, proxy.stop, options.say)


__all__ = ["ERROR", "FORWARDED", "HIT", "MISS", "Log", "Memory", "Options", "Proxy", "Store", "run"]
