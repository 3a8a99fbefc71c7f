"""The quick miss: a plain request for what is not stored, on a connection that waits, answered without a task.

The request leaves in the same turn of the event loop in which it came, and so does an answer that comes whole; it is
stored in the next turn. Whatever is not so ordinary goes on where the full path would be at that moment
(`Fetcher.go_on`, `Fetcher.do`), with what has happened until then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whywire.apps import cache
from whywire.apps.cache import Decision, Outcome, Stored
from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.proxy import plain, relay
from whywire.apps.proxy.answer import Answer
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.fields import Fields, onward
from whywire.apps.proxy.groups import Group, Landed
from whywire.apps.proxy.keeper import Found
from whywire.apps.proxy.link import Link
from whywire.apps.proxy.place import Place, place
from whywire.apps.proxy.upstream import as_bytes
from whywire.protocols.http1.writer import write_fields

if TYPE_CHECKING:
    from whywire.apps.proxy.core import Proxy

CLIENTS = 64
"""Addresses for which the same header block is remembered as it goes to the origin."""

CLOCK = 0.002
"""Seconds by which a timer may be early: loops count in milliseconds."""


@dataclass(slots=True)
class Onward:
    """What a header block becomes on its way to the origin, whatever the target."""

    headers: Fields
    block: bytes
    """With the empty line."""
    base: str
    """What comes before the target in its URI, and in its key."""
    prefix: str
    decision: Decision


class Prompt:
    """Begins quick misses, where the store can tell at once what is not in it."""

    def __init__(self, proxy: Proxy, origin: Place) -> None:
        self.proxy, self.origin = proxy, origin
        self._has = proxy.keeper.store.has
        self.waiting: dict[Errand, float] = {}
        """Who waits for the head of an answer, and until when: the same time for all, so the first is the next."""
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, request: Request, facts: HeadFacts, reply: Reply) -> bool:
        """Ask the origin now, if this is a plain miss that nobody else has asked for."""
        if request.method != "GET":
            return False
        client = request.peer.rpartition(":")[0]
        known = facts.scratch.get(("onward", client)) or self._onward(request, facts, client)
        if known is None:
            return False
        proxy, key = self.proxy, known.prefix + request.target
        name: tuple[str, Fields] = (key, ())
        if self._has(key) or proxy.groups.find(name) is not None or proxy.keeper.is_unstorable(key):
            return False
        errand = Errand(self, request, reply, known, key)
        head = b"GET %b HTTP/1.1\r\n%b" % (request.target.encode("ascii"), known.block)
        link = proxy.origins.begin(self.origin, head, errand.heard)
        if link is None:
            return False
        errand.begun(link, proxy.groups.lead(name))
        return True

    def wait(self, errand: Errand, until: float, loop: asyncio.AbstractEventLoop) -> None:
        """Call `Errand.late` at loop time ``until``, unless it left ``waiting`` before. One timer serves all."""
        self.waiting[errand] = until
        if self._timer is None:
            self._timer = loop.call_at(until, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time() + CLOCK
        for errand in [one for one, until in self.waiting.items() if until <= now]:
            if self.waiting.pop(errand, None) is not None:
                errand.late()
        if self.waiting and self._timer is None:
            self._timer = loop.call_at(next(iter(self.waiting.values())), self._look, loop)

    def _onward(self, request: Request, facts: HeadFacts, client: str) -> Onward | None:
        """Return what the full path would make of a request with this header block; None: it has to look itself."""
        named = place(self.origin.scheme, request.host or "")
        if not cache.is_plain(facts.headers) or any(name == "via" for name, _ in facts.headers) or named is None:
            return None
        host = named.authority
        headers = onward(request, host, self.proxy.settings, self.proxy.name)
        base = f"{self.origin.scheme}://{host}"
        decision = cache.lookup(cache.Request("GET", f"{base}/", headers), [], self.proxy.keeper.now())
        if decision.fwd != "uri-miss" or decision.do != "forward" or decision.set_fields or decision.drop_fields:
            return None
        block = write_fields(as_bytes(headers)) + b"\r\n"
        known = Onward(headers, block, base, cache.key(f"{base}/")[:-1], decision)
        if len(facts.scratch) < CLIENTS:
            facts.scratch["onward", client] = known
        return known


class Errand:
    """One quick miss, from its request to the store."""

    __slots__ = ("_asked", "_asking", "_group", "_known", "_link", "_prompt", "_proxy")

    def __init__(self, prompt: Prompt, request: Request, reply: Reply, known: Onward, key: str) -> None:
        self._prompt, self._proxy, self._known = prompt, prompt.proxy, known
        self._asking = Asking(request, reply, prompt.origin, request.target, known.headers)
        self._asking.uri, self._asking.key = known.base + request.target, key
        self._asked = prompt.proxy.keeper.now()
        self._link: Link
        self._group: Group

    def begun(self, link: Link, group: Group) -> None:
        """The request is on its way."""
        self._link, self._group = link, group
        self._proxy.counts.misses += 1
        group.patience.join(self._asking.reply)
        group.patience.ended = self._given_up
        if link.until is not None:
            self._prompt.wait(self, link.until, link.loop)

    def heard(self, data: bytes | None) -> None:
        """The origin's first bytes, or its end."""
        found = None if data is None else plain.read(data)
        if found is None:
            self._hand_over()
            return
        self._settle()
        answer = Answer(self._proxy.origins, self._link, found)
        try:
            outcome = self._proxy.fetcher.read(self._asking, self._known.decision, Found([], []), answer, self._asked)
            if outcome.do == "pass" and outcome.store is not None and not (outcome.remove or outcome.updates):
                self._answer(answer, outcome, outcome.store)
            else:
                self._carry_on(self._proxy.fetcher.do(self._asking, Found([], []), self._group, answer, outcome,
                                                      last=True))
        except Exception as error:  # the door says it, and answers as it does for every mistake of ours
            self._carry_on(_fail(error))

    def _answer(self, answer: Answer, outcome: Outcome, stored: Stored) -> None:
        reply, content = self._asking.needs_reply, answer.content or b""
        self._group.answered = True
        relay.begin(reply, outcome.status, outcome.headers, len(content), answer.reason)
        relay.at_once(reply, content)
        answer.complete = True
        answer.let_go()
        reply.finish()
        self._link.loop.call_soon(self._store, stored, content)

    def _store(self, stored: Stored, content: bytes) -> None:
        keeper, key = self._proxy.keeper, self._asking.key
        whole = cache.completed(stored, len(content))
        keeper.note(key, storable=True)
        if whole is not None:
            keeper.keep(key, whole, content)
        self._group.say(Landed(stored=stored, again=True))
        self._leave()

    def _settle(self) -> None:
        self._group.patience.ended = None
        self._prompt.waiting.pop(self, None)

    def _leave(self) -> None:
        self._proxy.groups.leave((self._asking.key, ()), self._group)

    def _given_up(self) -> None:
        """Nobody waits any more."""
        self._settle()
        self._proxy.origins.drop(self._link)
        self._group.say(Landed(again=True))
        self._leave()
        self._asking.needs_reply.finish()

    def late(self) -> None:
        """No head has come in time."""
        self._hand_over()

    def _hand_over(self) -> None:
        """Something else than a plain answer: a task has to look at it."""
        self._settle()
        self._link.hear_nothing()
        self._carry_on(self._proxy.fetcher.go_on(self._asking, self._known.decision, Found([], []), self._group,
                                                 self._link, self._asked))

    def _carry_on(self, rest: Coroutine[Any, Any, object]) -> None:
        self._asking.needs_reply.carry_on(self._proxy.lead_on(self._asking, self._group, rest))


async def _fail(error: Exception) -> None:
    raise error
