"""The caching proxy behind the door: what a request asks for, whether the cache answers it, who asks the origin."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any

from whywire.apps import cache
from whywire.apps.cache import Decision, Stored
from whywire.apps.http.app import BodyError, HeadFacts, Reply, Request
from whywire.apps.proxy import relay
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.counts import Counts
from whywire.apps.proxy.fetching import Fetcher
from whywire.apps.proxy.fields import Fields, hops_left, onward, passes
from whywire.apps.proxy.groups import Group, Groups, Landed
from whywire.apps.proxy.hot import Hot
from whywire.apps.proxy.keeper import Found, Keeper, sized
from whywire.apps.proxy.patience import Patience
from whywire.apps.proxy.place import Place, origin, place, split
from whywire.apps.proxy.prompt import Prompt
from whywire.apps.proxy.settings import NAME, ProxySettings
from whywire.apps.proxy.switching import SWITCHES, connect, switch
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.upstream import Origins
from whywire.apps.stores.model import Store

GROUPED = frozenset(("uri-miss", "vary-miss", "miss", "stale"))
MANY_PASSES = 8
"""More proxies of this name in a row than anybody builds on purpose: a loop."""
TURNS = 4
"""How often a request that waited for another one looks into the store again, before it asks for itself."""


class Proxy:
    """An app of the door: reverse with ``settings.origin``, forward without."""

    def __init__(self, settings: ProxySettings, store: Store) -> None:
        self.settings = settings
        self.origin: Place | None = origin(settings.origin) if settings.origin else None
        self.name = f"{NAME} ({secrets.token_hex(4)})"
        """In Via to the origin; the comment tells this proxy from others of its kind, so that it knows itself again."""
        self.counts = Counts()
        self.keeper = Keeper(store)
        self.origins = Origins(settings, None if self.origin else settings.guard)
        self.groups = Groups()
        self.hot = Hot(self.keeper, self.counts, settings, self.origin)
        self.fetcher = Fetcher(settings, self.keeper, self.origins, self.counts)
        self._validating: set[str] = set()
        self.prompt = Prompt(self, self.origin).begin if self.origin is not None and settings.collapse else None

    async def open(self) -> None:
        """Open the store. Raises WhywireError."""
        await self.keeper.store.open()

    async def close(self) -> None:
        """End what goes on in the background, close connections and store."""
        await self.origins.close()
        while tasks := list(self.fetcher.tasks):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.keeper.store.close()

    # ---- the door calls ----

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:
        """Answer a plain hit at once."""
        return self.hot.answer(method, target, facts)

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer a request."""
        await self._told(reply, self._serve(request, reply))

    async def _serve(self, request: Request, reply: Reply) -> None:
        if request.method == "CONNECT":
            await connect(request, reply, self.origins, self.settings, forward=self.origin is None)
            self.counts.tunnels += 1
            return
        asking = await self._understood(request, reply)
        if asking is None:
            return
        if (request.get("upgrade") or "").lower() in SWITCHES and request.body.kind == "none":
            await switch(asking, self.origins)
            return
        await self._answer(asking)

    async def _told(self, reply: Reply, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work``; the client hears what went wrong."""
        try:
            await work
        except UpstreamError as error:
            self.counts.errors += 1
            await self._instead(reply, error)
        except BodyError as error:
            await self._instead(reply, UpstreamError("", str(error), error.status))

    async def _instead(self, reply: Reply, error: UpstreamError) -> None:
        if reply.started:
            reply.cut(error.text)
        elif not reply.gone:
            reply.close_after()
            await relay.trouble(reply, error)

    async def _understood(self, request: Request, reply: Reply) -> Asking | None:
        """Return what is asked of whom; None: it was refused."""
        absolute = split(request.target)
        if self.origin is not None:
            where, target = self.origin, absolute[1] if absolute else request.target
            host = request.host or where.authority
        elif absolute is not None:
            where, target = absolute
            host = where.authority
        else:
            await relay.refuse(reply, 400, "This is a forward proxy: the target must be a whole URL, as http://host/path.")
            return None
        named = place(where.scheme, host)
        if named is None:
            await relay.refuse(reply, 400, "Host names no host.")
            return None
        if passes(request.headers, self.name) or passes(request.headers) >= MANY_PASSES:
            await relay.refuse(reply, 508, "The request has come back to this proxy.", "proxy_loop_detected")
            return None
        if hops_left(request) == 0:
            await self._last_hop(request, reply)
            return None
        return Asking(request, reply, where, target, onward(request, named.authority, self.settings, self.name))

    async def _last_hop(self, request: Request, reply: Reply) -> None:
        """Answer OPTIONS or TRACE whose Max-Forwards is used up (RFC 9110 section 7.6.2); TRACE shows no secrets."""
        secret = frozenset(("authorization", "proxy-authorization", "cookie"))
        lines = [f"{request.method} {request.target} HTTP/{request.version}",
                 *(f"{name}: {value}" for name, value in request.headers if name not in secret), "", ""]
        echo = "\r\n".join(lines).encode("latin-1") if request.method == "TRACE" else b""
        told = ("Content-Type", "message/http") if echo else ("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE")
        reply.start(200, [told, ("Cache-Status", f"{NAME}; detail=max-forwards")], length=len(echo))
        await relay.whole(reply, echo)

    # ---- the cache's part ----

    async def _answer(self, asking: Asking) -> None:
        request = asking.for_cache
        key = asking.key
        alone: Fields | None = ()
        waited = False
        for turn in range(TURNS):
            found = await self.keeper.find(key)
            decision = cache.lookup(request, found.stored, self.keeper.now(), collapsed=waited)
            if decision.do == "refuse":
                self.counts.errors += 1
                text = "Only a stored answer was asked for, and there is none that may be used."
                await relay.refuse(asking.needs_reply, decision.status, text, cache_status=decision.cache_status)
                return
            if decision.do == "serve" and decision.answer is not None:
                if await self._hit(asking, found, decision):
                    return
                continue
            if not self._may_group(asking, decision) or self.keeper.is_unstorable(key) or alone is None:
                await self._fetch_alone(asking, decision, found)
                return
            name = (key, alone)
            group = self.groups.find(name)
            if group is None or turn == TURNS - 1:
                await self._lead(asking, decision, found, name)
                return
            waited = not group.answered
            done, alone = await self._follow(asking, name, await self._wait(asking, group))
            if done:
                return
        await self._fetch_alone(asking, cache.plain_forward(decision), found)

    def _may_group(self, asking: Asking, decision: Decision) -> bool:
        request, old = asking.request, decision.selected
        if old is not None and old.freshness.lifetime <= 0:
            return False  # each has to ask for itself anyway: behind each other they would take turns
        return (self.settings.collapse and request.method == "GET" and decision.fwd in GROUPED
                and passes(request.headers) < 2 and request.body.kind == "none" and request.get("range") is None)

    async def _fetch_alone(self, asking: Asking, decision: Decision, found: Found) -> None:
        self.counts.passed += decision.fwd not in GROUPED
        self.counts.misses += decision.fwd in GROUPED
        await self.fetcher.fetch(asking, decision, found, None)

    async def _lead(self, asking: Asking, decision: Decision, found: Found, name: tuple[str, Fields]) -> None:
        group = self.groups.lead(name)
        self.counts.misses += 1
        await self._leading(asking.key, name[1], group, self.fetcher.fetch(asking, decision, found, group))

    async def lead_on(self, asking: Asking, group: Group, rest: Coroutine[Any, Any, object]) -> None:
        """Do the rest of what began as a quick miss."""
        await self._told(asking.needs_reply, self._leading(asking.key, (), group, rest))

    async def _leading(self, key: str, fields: Fields, group: Group, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        finally:
            flight = group.landed.result().flight if group.landed.done() else None
            if flight is None or flight.task is None or flight.task.done():
                self.groups.leave((key, fields), group)
            else:  # it goes on without its leader
                flight.task.add_done_callback(lambda _: self.groups.leave((key, fields), group))

    async def _hit(self, asking: Asking, found: Found, decision: Decision) -> bool:
        answer = decision.answer
        assert answer is not None
        body = await self.fetcher.serve(asking, found, answer)
        if body is None:
            return False
        if decision.background:
            self.counts.stale += 1
            self._validate(asking, decision, found)
        else:
            self.counts.hits += 1
            self.hot.warm(asking, found, answer, body)
        return True

    def _validate(self, asking: Asking, decision: Decision, found: Found) -> None:
        """Ask the origin in the background, once at a time (RFC 5861 section 3)."""
        key = asking.key
        if key in self._validating:
            return
        self._validating.add(key)

        async def work() -> None:
            try:
                await self.fetcher.fetch(asking.in_background(), decision, found, None)
            except UpstreamError:
                pass
            finally:
                self._validating.discard(key)
        self.fetcher.spawn(asyncio.get_running_loop().create_task(work()))

    async def _wait(self, asking: Asking, group: Group) -> Landed:
        """Wait for the leader's word, who asks for as long as one of his followers is there. Raises ClientGone."""
        mine = Patience()
        group.patience.join(None)
        mine.join(asking.reply)
        try:
            with mine:
                return await group.wait()
        except BaseException:
            group.patience.leave()
            raise

    async def _follow(self, asking: Asking, name: tuple[str, Fields], landed: Landed) -> tuple[bool, Fields | None]:
        """Use what the leader's answer says: (answered, the group's further name); None for that: ask alone."""
        if landed.error is not None and not landed.again:
            self.counts.errors += 1
            await relay.trouble(asking.needs_reply, landed.error)
            return True, ()
        if landed.again:
            return False, _selecting(asking, landed.stored) or name[1]
        flight, stored = landed.flight, landed.stored
        if flight is None or stored is None:
            return False, None
        if flight.complete or flight.given_up:
            return False, name[1]
        request = asking.for_cache
        look = cache.lookup(request, [sized(stored, flight.answer.length)], self.keeper.now(), collapsed=True)
        if look.do != "serve" or look.answer is None or look.answer.status not in (304, stored.status):
            mine = _selecting(asking, stored)
            return False, mine if mine and mine != name[1] else None
        self.counts.collapsed += 1
        if look.answer.status == 304:
            relay.begin(asking.needs_reply, 304, look.answer.headers, None)
            await relay.finish(asking.needs_reply)
            return True, ()
        pieces = flight.pieces()
        relay.begin(asking.needs_reply, stored.status, look.answer.headers, flight.answer.length, stored.reason)
        await relay.live(asking.needs_reply, pieces, lambda: flight.trailers, ready=flight.ready)
        return True, ()


def _selecting(asking: Asking, stored: Stored | None) -> Fields:
    """Return the fields of the request that choose among variants, as an answer's Vary names them."""
    request = asking.for_cache
    return () if stored is None else tuple((field, request.get(field) or "") for field, _ in stored.vary)
