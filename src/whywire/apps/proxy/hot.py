"""The quick path: plain hits from prepared bytes, of which only Age and what follows from it change, once a second.

An answer is prepared when the full path served it. Which answer fits depends on the request's header block and on what
is stored below the key (`whywire.apps.cache.plain`), so a slot, one for each key, holds an answer for each combination
of the fields that any of the key's variants depends on, and is thrown away whenever something below its key changes.
"""

from __future__ import annotations

import time
from collections import deque
from functools import lru_cache

from whywire.apps import cache
from whywire.apps.cache import Stored
from whywire.apps.http.app import HeadFacts
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.counts import Counts
from whywire.apps.proxy.fields import is_changed_here
from whywire.apps.proxy.keeper import Found, Keeper
from whywire.apps.proxy.place import Place
from whywire.apps.proxy.settings import ProxySettings
from whywire.apps.stores.model import Body, Entry
from whywire.protocols.http1.events import Response
from whywire.protocols.http1.grammar import PLAIN_FIELDS
from whywire.protocols.http1.writer import UnwritableError, write_head

HOSTS = 1000
BYTES = 128 << 20
"""What all prepared answers may take; the oldest go first."""
COST = 1536
"""What one takes beside its body."""
VARIANTS = 64
HIT = b"whywire; hit"
MINE = frozenset(("cache-status", "age", "content-length"))
NO_KEY = "-"
NOTHING: tuple[None, None] = (None, None)
NOWHERE: tuple[None, None, str] = (None, None, "")
Signature = tuple[str | None, ...]


class Prepared:
    """One stored answer as bytes."""

    __slots__ = ("_age", "_before", "_fresh_until", "_status", "_warm_until", "body", "entry", "head", "next_second")

    def __init__(self, entry: Entry, stored: Stored, body: bytes, before: tuple[bytes, bytes], start: float,
                 warm_until: float) -> None:
        self.body = body
        self.entry = entry
        self._before, self._status = before
        self._age = stored.age(stored.response_time) - stored.response_time + start
        """What the monotonic clock is added to."""
        self._fresh_until, self._warm_until = stored.fresh_until - start, warm_until
        self.next_second = 0.0
        """Until then, by the monotonic clock, ``head`` is right as it is."""
        self.head = b""

    def renew(self, now: float) -> bool:
        """Write the bytes for this second; False when the full path has to look at it again."""
        fresh_until, warm_until = self._fresh_until, self._warm_until
        if not self.entry.alive or now >= warm_until or now >= fresh_until:
            return False
        age, ttl = self._age + now, fresh_until - now
        self.head = b"%bage: %d\r\ncache-status: %b; ttl=%d\r\n\r\n" % (self._before, age, self._status, ttl)
        self.next_second = min(now + 1 - age % 1, now + (ttl % 1 or 1), fresh_until, warm_until)
        return True


class Slot:
    """The prepared answers of one key."""

    __slots__ = ("answers", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.answers: dict[Signature, Prepared] = {}


class Hot:
    """Prepared answers by host and target."""

    def __init__(self, keeper: Keeper, counts: Counts, settings: ProxySettings, origin: Place | None) -> None:
        self._keeper, self._counts, self._settings, self._origin = keeper, counts, settings, origin
        self._hosts: dict[str, dict[bytes, Slot]] = {}
        self._order: deque[tuple[dict[bytes, Slot], bytes, Slot, int]] = deque()
        self._size = 0
        keeper.changed = keeper.store.removed = self.forget
        self._touch = getattr(keeper.store, "touch", None)
        self._peek = getattr(keeper.store, "peek", None)

    # ---- the quick path ----

    def answer(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:
        """Return the whole answer, or None."""
        scratch = facts.scratch
        hosts, slots, prefix = scratch.get("slots", NOWHERE)
        if hosts is not self._hosts:
            prefix = scratch.get("prefix") or self._prefix_of(facts)
            slots = self._slots(facts, prefix)
            if slots is None:
                return None
        slot = slots.get(target)
        if slot is None and (slot := self._first(target, prefix)) is None:
            return None
        prepared = slot.answers.get(self._signature(slot.names, facts) if slot.names else ())
        if prepared is None:
            return None
        now = time.monotonic()
        if now >= prepared.next_second or not prepared.entry.alive:
            if not prepared.renew(now):
                _drop(slots, target)
                return None
            if self._touch is not None:
                self._touch(prepared.entry)
        self._counts.hits += 1
        head: bytes = prepared.head
        return head + prepared.body if method == b"GET" else head

    def _slots(self, facts: HeadFacts, prefix: str) -> dict[bytes, Slot] | None:
        slots = self._hosts.get(prefix)
        if slots is not None:
            facts.scratch["slots"] = self._hosts, slots, prefix
        return slots

    def _prefix_of(self, facts: HeadFacts) -> str:
        """Return what keys of these requests begin with, and remember it; no key does where the full path decides."""
        plain = self._origin is not None and cache.is_plain(facts.headers)
        prefix: str = self._prefix(facts.host) if plain else NO_KEY
        facts.scratch["prefix"] = prefix
        return prefix

    def _prefix(self, host: str) -> str:
        scheme = self._origin.scheme if self._origin is not None else "http"
        return cache.key(f"{scheme}://{host.lower()}/")[:-1]

    def _signature(self, names: tuple[str, ...], facts: HeadFacts) -> Signature:
        found: Signature | None = facts.scratch.get(names)
        if found is None:
            values = {name: [value for key, value in facts.headers if key == name] for name in names}
            found = tuple(", ".join(values[name]) if values[name] else None for name in names)
            if len(facts.scratch) < VARIANTS:
                facts.scratch[names] = found
        return found

    # ---- filling and emptying ----

    def _first(self, target: bytes, prefix: str) -> Slot | None:
        """Prepare what is asked for the first time since it was stored, where there is nothing to choose from."""
        entry, content = NOTHING if self._peek is None else self._peek(prefix + target.decode("ascii"))
        if entry is None or content is None or not isinstance(entry.scratch, Stored) or entry.scratch.vary:
            return None
        return self._prepare(prefix, target, (), (), entry, entry.scratch, content)

    def warm(self, asking: Asking, found: Found, answer: cache.Answer, body: Body) -> None:
        """Prepare what was a plain hit just now for the next time."""
        stored, entry = answer.stored, found.entry(answer.stored)
        content = body.data
        if (self._origin is None or entry is None or content is None or answer.status != stored.status
                or not cache.is_plain(asking.headers)):
            return
        names = tuple(sorted({name for one in found.stored for name, _ in one.vary}))
        if any(is_changed_here(name) for name in names):
            return
        key = asking.key
        prefix = self._prefix(asking.request.host or "")
        if key.startswith(prefix):
            self._prepare(prefix, key[len(prefix):].encode("latin-1"), names, self._signature_of(asking, names), entry,
                          stored, content)

    def _prepare(self, prefix: str, target: bytes, names: tuple[str, ...], signature: Signature, entry: Entry,
                 stored: Stored, content: bytes) -> Slot | None:
        if (len(content) > self._settings.hot or stored.status in (204, 304)
                or not cache.plain_hit(stored, self._keeper.now())):
            return None
        before = self._before(stored, len(content))
        if before is None:
            return None
        shared = self._touch is not None  # the store holds the body in memory anyway
        slot = self._slot(prefix, target, names, COST + (0 if shared else len(content)))
        start = self._keeper.now() - time.monotonic()
        slot.answers[signature] = Prepared(
            entry, stored, content, before, start, time.monotonic() + self._keeper.store.hot_for)
        return slot

    def _slot(self, prefix: str, target: bytes, names: tuple[str, ...], cost: int) -> Slot:
        if len(self._hosts) >= HOSTS and prefix not in self._hosts:
            self.clear()
        slots = self._hosts.setdefault(prefix, {})
        slot = slots.get(target)
        if slot is None or slot.names != names or len(slot.answers) >= VARIANTS:
            _drop(slots, target)
            slot = slots[target] = Slot(names)
        self._order.append((slots, target, slot, cost))
        self._size += cost
        while self._size > BYTES:
            there, oldest, old, freed = self._order.popleft()
            self._size -= freed
            if there.get(oldest) is old:
                _drop(there, oldest)
        return slot

    def _signature_of(self, asking: Asking, names: tuple[str, ...]) -> Signature:
        return tuple(asking.request.get(name) for name in names)

    def _before(self, stored: Stored, length: int) -> tuple[bytes, bytes] | None:
        """Return the head before what changes, and Cache-Status before its ttl; None: it can't be written."""
        line = _status_line(stored.status, stored.reason)
        lines, others = [], []
        for name, value in stored.headers:
            if name not in MINE:
                lines.append(f"{name}: {value}\r\n")
            elif name == "cache-status" and value.strip(" \t"):
                others.append(value)
        status = ", ".join([*others, HIT.decode()]).encode("latin-1") if others else HIT
        block = f"{''.join(lines)}content-length: {length}\r\n\r\n".encode("latin-1")
        return None if line is None or PLAIN_FIELDS.fullmatch(block) is None else (line + block[:-2], status)

    def forget(self, key: str) -> None:
        """Something below ``key`` changed."""
        if self._origin is None:
            return
        start = key.find("/", len(self._origin.scheme) + 3)
        slots = self._hosts.get(key[:start])
        if slots is not None:
            _drop(slots, key[start:].encode("latin-1", "replace"))

    def clear(self) -> None:
        """Everything changed."""
        self._hosts = {}
        self._order.clear()
        self._size = 0


@lru_cache(maxsize=128)
def _status_line(status: int, reason: str) -> bytes | None:
    try:
        return write_head(Response(status=status, reason=reason))[:-2]
    except UnwritableError:
        return None


def _drop(slots: dict[bytes, Slot], target: bytes) -> None:
    """Forget a slot and let its bodies go at once: the order of the slots still knows its shell."""
    slot = slots.pop(target, None)
    if slot is not None:
        slot.answers.clear()
