"""The calculator's caching proxy: clients on one side, one server (the origin) on the other.

It stands on what the HTTP proxy stands on: the stores, those who wait for one answer, the arithmetic of ages, the
counters and the administrator's address. Its own are the protocol (`whywire.protocols.calc`), the connections
(`whywire.apps.calc.front` and `upstream`) and the rules of reuse (`whywire.apps.calc.cache`).

A miss opens a connection of its own to the origin, passes the request on as it came, closes that connection, answers,
stores. A hit is answered alone. Requests for the same that come while a miss is on its way wait for its answer, where
that may be stored. With no answer from the origin the proxy answers by itself, with a status of the 500 class that is
never stored.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from whywire.apps.calc.cache import Entry, described, key, key_of, may_store, serves, variant, wants_cached
from whywire.apps.calc.front import Front, Now, Patience
from whywire.apps.calc.running import until_signal
from whywire.apps.calc.upstream import Origin, OriginError
from whywire.apps.proxy.counts import Counts
from whywire.apps.proxy.side import SideDoor
from whywire.apps.proxy.waiting import Crowd, Waiting
from whywire.apps.stores.memory import MemoryStore
from whywire.apps.stores.model import Body, Store, TornError
from whywire.apps.stores.model import Entry as Kept
from whywire.protocols.calc import Message
from whywire.protocols.calc.content import failure

HIT, MISS, FORWARDED, ERROR = "hit", "miss", "forwarded", "error"
_READ = 1 << 17
"""More than an answer has."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the proxy is started with. Times in seconds."""

    origin_host: str
    origin_port: int
    host: str = "127.0.0.1"
    port: int = 9998
    """0: one that the kernel chooses."""
    store: Store = field(default_factory=MemoryStore)
    admin: str = ""
    """The administrator's address; empty: none."""
    connect_s: float = 5.0
    answer_s: float = 30.0
    """How long the origin may take from the request to its whole answer."""
    upstream: int = 256
    """Connections to the origin at a time; more misses wait for one of them."""
    patience: Patience = field(default_factory=Patience)
    say: Callable[[str], None] | None = None
    """Called with lines for a person: where it listens, then one a request. None: silent."""
    now: Now = time.time


class Calculator:
    """The proxy in an event loop: `start`, `stop`. For an administrator it is a `whywire.apps.proxy.admin.Managed`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.store = options.store
        self.counts = Counts()
        self._origin = Origin(options.origin_host, options.origin_port, options.connect_s, options.answer_s,
                              options.upstream)
        host = f"[{options.origin_host}]" if ":" in options.origin_host else options.origin_host
        self._name = f"{host.lower()}:{options.origin_port}"
        self._waiting: Crowd[tuple[str, str], Message | OriginError | None] = Crowd(None)
        self._tasks: set[asyncio.Task[None]] = set()
        self._side = SideDoor(self, options.admin)
        self.front = Front(self.answer, options.patience, now=options.now)

    async def start(self) -> int:
        """Open the store and the administrator's address, listen; return the port. Raises OSError, WhywireError."""
        await self.store.open()
        try:
            await self._side.open()
            return await self.front.start(self._options.host, self._options.port)
        except BaseException:
            await self._side.close()
            await self.store.close()
            raise

    async def stop(self) -> None:
        """Finish what is under way, close everything."""
        await self.front.stop()
        await self._side.close()
        for task in (left := set(self._tasks)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self.store.close()

    # ---- a client asks ----

    async def answer(self, request: Message) -> bytes:
        """Return the bytes of the answer to a request."""
        why = ""
        try:
            how, answer = await self._find(request)
        except OriginError as error:
            self.counts.errors += 1
            how, why = ERROR, f" ({self._name}: {error.text})"
            answer = failure(error.status, error.text, now=int(self._options.now()))
        if self._options.say is not None:
            self._options.say(f"{how:9} {(request.text or '')[:60]!r}, {len(answer)} bytes{why}")
        return answer

    async def _find(self, request: Message) -> tuple[str, bytes]:
        name = key(request, self._name), variant(request)
        if not wants_cached(request):
            answer = await self._ask(name, request)
            self.counts.passed += 1
            return FORWARDED, answer.raw
        if (found := await self._stored(name, request)) is not None:
            self.counts.hits += 1
            return HIT, found
        if (group := self._waiting.find(name)) is not None:
            landed = _or_raise(await group.wait())
            if landed is not None and may_store(landed) and self._fits(landed, request):
                self.counts.collapsed += 1
                return MISS, landed.raw
            answer = await self._ask(name, request)
        else:
            answer = await self._lead(name, request)
        self.counts.misses += 1
        return MISS, answer.raw

    def _fits(self, answer: Message, request: Message) -> bool:
        now = self._options.now()
        return serves(Entry(now, answer), request, now)

    async def _lead(self, name: tuple[str, str], request: Message) -> Message:
        """Ask for all who wait. A task does: it goes on when the client that was first leaves."""
        group = self._waiting.lead(name)
        task = asyncio.create_task(self._go(name, request, group))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        answer = _or_raise(await asyncio.shield(group.landed))
        return await self._ask(name, request) if answer is None else answer

    async def _go(self, name: tuple[str, str], request: Message, group: Waiting[Message | OriginError | None]) -> None:
        try:
            group.say(await self._ask(name, request))
        except OriginError as error:
            group.say(error)
        finally:
            self._waiting.leave(name, group)

    async def _ask(self, name: tuple[str, str], request: Message) -> Message:
        answer = await self._origin.ask(request.raw)
        if may_store(answer):
            entry = Entry(self._options.now(), answer)
            packed = entry.pack()
            writer = await self.store.put(*name, entry.meta, len(packed))
            if await writer.write(packed):
                await writer.commit()
            else:
                await writer.abort()
        return answer

    async def _stored(self, name: tuple[str, str], request: Message) -> bytes | None:
        for kept in await self.store.find(name[0]):
            if kept.variant == name[1]:
                try:
                    entry = Entry.unpack(await _whole(await self.store.body(kept), kept.length))
                except TornError:
                    entry = None
                if entry is None:
                    await self.store.delete(*name)
                elif serves(entry, request, self._options.now()):
                    return entry.answer.raw
        return None

    # ---- an administrator asks ----

    def links(self) -> dict[str, int]:
        """Return what there is to count about connections to the origin."""
        origin = self._origin
        return {"open": origin.open, "opened": origin.opened, "failed": origin.failed}

    def key_of(self, url: str) -> str:
        """Return the key of ``calc://HOST:PORT/EXPRESSION``."""
        return key_of(url)

    def described(self, entry: Kept) -> dict[str, Any]:
        """Return status, age and freshness of a stored answer."""
        return dict(described(entry.meta, self._options.now()))

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove what is stored below a key."""
        return await self.store.delete(key, variant)

    async def clear(self) -> int:
        """Remove all."""
        return await self.store.clear()


def _or_raise(landed: Message | OriginError | None) -> Message | None:
    """Return the leader's answer; its error is the error of all who waited."""
    if isinstance(landed, OriginError):
        raise landed
    return landed


async def _whole(body: Body, length: int) -> bytes:
    found = b""
    try:
        while len(found) < length:
            found += await body.read(len(found), _READ)
        return found
    finally:
        await body.close()


def run(options: Options) -> int:
    """Serve until SIGINT or SIGTERM, then stop in order; return 0. Raises WhywireError where it can't listen."""
    proxy = Calculator(options)
    return until_signal("the proxy", options.host, options.port, proxy.start, proxy.stop, options.say)
