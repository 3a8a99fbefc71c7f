"""Asking the origin and doing with its answer what the cache engine says."""

from __future__ import annotations

import asyncio

from whywire.apps import cache
from whywire.apps.cache import Decision, Outcome, Stored
from whywire.apps.http.app import ClientGone
from whywire.apps.proxy import relay
from whywire.apps.proxy.answer import Answer
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.combining import combined, landing
from whywire.apps.proxy.counts import Counts
from whywire.apps.proxy.fields import Fields, homeward
from whywire.apps.proxy.flight import Flight
from whywire.apps.proxy.groups import Group, Landed
from whywire.apps.proxy.keeper import Found, Keeper
from whywire.apps.proxy.link import Link
from whywire.apps.proxy.patience import Patience
from whywire.apps.proxy.settings import ProxySettings
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.upstream import Interim, Origins
from whywire.apps.stores.model import Body, TornError, Writer

NOT_INTERIM = frozenset(("content-length", "date"))
"""What a 1xx must not frame (RFC 9110 section 8.6), and what the door says by itself."""


class Fetcher:
    """The way to the origin and back."""

    def __init__(self, settings: ProxySettings, keeper: Keeper, origins: Origins, counts: Counts) -> None:
        self.settings, self.keeper, self.origins, self.counts = settings, keeper, origins, counts
        self.tasks: set[asyncio.Task[None]] = set()
        """Flights and background validations, which outlive the request that began them, and whoever stores."""

    def spawn(self, task: asyncio.Task[None]) -> None:
        """Keep a task until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def fetch(self, asking: Asking, decision: Decision, found: Found, group: Group | None) -> None:
        """Ask, answer, store. ``group`` hears what the head says. Raises ClientGone when nobody waits any more."""
        patience = Patience() if group is None else group.patience
        patience.join(asking.reply)
        await self._fetch(asking, decision, found, group, patience)

    async def go_on(self, asking: Asking, decision: Decision, found: Found, group: Group, begun: Link,
                    asked: float) -> None:
        """Go on with a `fetch` whose request was sent at the time ``asked``, and was answered by something unusual."""
        await self._fetch(asking, decision, found, group, group.patience, begun, asked)

    async def _fetch(self, asking: Asking, decision: Decision, found: Found, group: Group | None, patience: Patience,
                     begun: Link | None = None, asked: float = 0.0) -> None:
        for last in (False, True):
            asked = asked if begun is not None else self.keeper.now()
            try:
                with patience:
                    answer = await self.origins.ask(asking.ask(decision), self._interim(asking), begun)
            except UpstreamError as error:
                await self._failed(asking, decision, found, group, error)
                return
            except ClientGone:
                await self._given_up(asking, group)
                raise
            outcome = self.read(asking, decision, found, answer, asked)
            if await self.do(asking, found, group, answer, outcome, last=last):
                return
            decision, begun = cache.plain_forward(decision), None

    def read(self, asking: Asking, decision: Decision, found: Found, answer: Answer, asked: float) -> Outcome:
        """Return what the cache makes of an answer to what was asked at the time ``asked``."""
        response = cache.Response(answer.status, homeward(answer.headers, answer.version), answer.reason)
        return cache.on_response(asking.for_cache, response, asked, self.keeper.now(), decision, found.stored)

    async def do(self, asking: Asking, found: Found, group: Group | None, answer: Answer, outcome: Outcome, *,
                 last: bool) -> bool:
        """Do it; False: it has to be asked for once more, without conditions of ours."""
        try:
            return outcome.do != "retry" and await self._act(asking, found, group, answer, outcome, last=last)
        finally:
            if answer.flight is None:
                await answer.close()

    def _interim(self, asking: Asking) -> Interim:
        async def pass_on(status: int, headers: Fields) -> None:
            if asking.reply is not None and not asking.reply.gone:
                fields = tuple(field for field in homeward(headers, "1.1")[:-1] if field[0] not in NOT_INTERIM)
                await asking.reply.inform(status, fields)
        return pass_on

    async def _failed(self, asking: Asking, decision: Decision, found: Found, group: Group | None,
                      error: UpstreamError) -> None:
        """No answer came: something stored, if that may be used, or an error answer."""
        answer = cache.on_failure(asking.for_cache, decision, self.keeper.now())
        error.status = cache.failure_status(decision, error.status)
        if group is not None:
            group.say(Landed(again=answer is not None, error=error))
        if asking.reply is None:
            return
        if answer is not None and await self.serve(asking, found, answer) is not None:
            self.counts.stale += 1
            return
        self.counts.errors += 1
        await relay.trouble(asking.reply, error, decision.cache_status)

    async def _given_up(self, asking: Asking, group: Group | None) -> None:
        """Nobody waits for the head any more. What the origin did meanwhile is not known."""
        if group is not None:
            group.say(Landed(again=True))
        if asking.request.method not in cache.SAFE:
            await self.keeper.invalidate(asking.key)

    async def _act(self, asking: Asking, found: Found, group: Group | None, answer: Answer, outcome: Outcome, *,
                   last: bool) -> bool:
        """Open what is needed, settle what changes, answer: in this order, because settling may remove the needed.

        False: a stored body that is needed is gone (evicted, invalidated), and it is not the ``last`` time to ask.
        """
        key = asking.key
        needed = outcome.base or (None if outcome.answer is None else outcome.answer.stored)
        old = await self.keeper.body(found, needed) if needed is not None else None
        if needed is not None and old is None and outcome.do != "pass" and not last:
            return False
        try:
            await self.keeper.settle(key, found, outcome)
            if outcome.do == "serve":
                await self._serve_stored(asking, group, answer, outcome, old)
                return True
            if group is not None:
                self.keeper.note(key, storable=outcome.store is not None)
            writer = await self._begin(key, answer, outcome, old)
            if outcome.pieces and writer is not None and old is not None:
                await self._combine(asking, answer, outcome, writer, old)
            elif outcome.do == "combine":
                await relay.refuse(asking.needs_reply, 502, "What was stored is gone. Please ask again.")
            elif writer is None or outcome.store is None:
                await self._pass(asking, group, answer, outcome)
            elif answer.is_here:
                await self._send_whole(asking, group, answer, outcome, writer)
            else:
                await self._fly(asking, group, answer, outcome, writer)
            return True
        finally:
            if old is not None:
                await old.close()

    async def _serve_stored(self, asking: Asking, group: Group | None, answer: Answer, outcome: Outcome,
                            body: Body | None) -> None:
        """The origin confirmed what is stored, or failed in a way that lets it stand in."""
        self.counts.validated += answer.status == 304
        self.counts.stale += answer.status != 304
        if group is not None:
            group.say(Landed(again=True))
        await answer.close()
        if asking.reply is None or outcome.answer is None:
            return
        if body is None and outcome.answer.span is not None:
            await relay.refuse(asking.reply, 502, "What was stored is gone. Please ask again.")
            return
        await self._send(asking, outcome.answer, body)

    async def _begin(self, key: str, answer: Answer, outcome: Outcome, old: Body | None) -> Writer | None:
        if outcome.store is None or (outcome.pieces and old is None):
            return None
        length = answer.length
        if outcome.pieces:
            length = sum(one.span[1] - one.span[0] for one in outcome.pieces)
        return await self.keeper.begin(key, outcome.store, length)

    async def _pass(self, asking: Asking, group: Group | None, answer: Answer, outcome: Outcome) -> None:
        """Nothing is stored: the client alone sets the pace."""
        if group is not None:
            group.say(Landed())
        if asking.reply is not None:
            relay.begin(asking.reply, outcome.status, outcome.headers, relay.said_length(answer), answer.reason)
            await relay.live(asking.reply, answer.pieces(), lambda: answer.trailers, ready=answer.link.ready)

    async def _send_whole(self, asking: Asking, group: Group | None, answer: Answer, outcome: Outcome,
                          writer: Writer) -> None:
        """All of a small body came with its head: send it, and store it while it leaves, however slow the client is."""
        assert outcome.store is not None
        content = await answer.whole()
        if group is not None:
            group.answered = True
        try:
            if asking.reply is not None:
                relay.begin(asking.reply, outcome.status, outcome.headers, relay.said_length(answer), answer.reason)
                relay.at_once(asking.reply, content)
        finally:
            await self._keep(writer, content, outcome.store, group)
        if asking.reply is not None:
            await relay.finish(asking.reply)

    async def _keep(self, writer: Writer, content: bytes, stored: Stored, group: Group | None) -> None:
        whole, task = cache.completed(stored, len(content)), asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            if whole is not None and (not content or await writer.write(content)):
                await self.keeper.commit(writer, whole)
        finally:
            await writer.abort()
            if group is not None:
                group.say(Landed(stored=stored, again=True))
            self.tasks.discard(task)

    async def _fly(self, asking: Asking, group: Group | None, answer: Answer, outcome: Outcome, writer: Writer) -> None:
        """Store while it streams; the flight goes on when this client leaves."""
        stored = outcome.store
        assert stored is not None
        flight = Flight(answer, writer, self.settings.ahead, done=lambda: self._land(writer, flight, stored),
                        broken=lambda: self._keep_part(writer, flight, stored))
        answer.flight = flight
        self.spawn(flight.start())
        if group is not None:
            group.say(Landed(flight, stored))
        if asking.reply is not None:
            relay.begin(asking.reply, outcome.status, outcome.headers, answer.length, answer.reason)
            pieces = flight.pieces()
            await asyncio.sleep(0)  # what came with the head lands now, and leaves with the head
            await relay.live(asking.reply, pieces, lambda: flight.trailers, ready=flight.ready)
        else:
            await flight.finished()

    async def _land(self, writer: Writer, flight: Flight, stored: Stored) -> Body | None:
        whole = cache.completed(stored, flight.received)
        entry = None if whole is None else await self.keeper.commit(writer, whole)
        if entry is None:
            await writer.abort()
        if entry is None or not flight.lags:
            return None
        try:
            return await self.keeper.store.body(entry)
        except TornError:
            return None

    async def _keep_part(self, writer: Writer, flight: Flight, stored: Stored) -> None:
        """The origin broke off: what came may be the beginning of a later, whole answer (RFC 9111 section 3.3)."""
        part = cache.broken_off(stored, flight.received, flight.answer.length)
        if part is None or await self.keeper.commit(writer, part) is None:
            await writer.abort()

    async def _combine(self, asking: Asking, answer: Answer, outcome: Outcome, writer: Writer, old: Body) -> None:
        """Old bytes and new ones make one body (RFC 9111 section 3.4); the client gets it, or what arrives."""
        whole = outcome.do == "combine"
        length = sum(one.span[1] - one.span[0] for one in outcome.pieces)

        async def land() -> None:
            stored = cache.completed(outcome.store, length) if outcome.store is not None else None
            if stored is not None and answer.complete and not writer.failed:
                await self.keeper.commit(writer, stored)
        flow = landing(combined(old, answer.pieces(), outcome.pieces, writer, whole=whole), land)
        try:
            if asking.reply is None:
                async for _ in flow:
                    pass
            else:
                relay.begin(asking.reply, outcome.status, outcome.headers, length if whole else answer.length,
                            answer.reason)
                await relay.live(asking.reply, flow, lambda: (), patient=False)
        finally:
            await writer.abort()

    async def serve(self, asking: Asking, found: Found, answer: cache.Answer) -> Body | None:
        """Answer from the store. None: the body turned out to be gone, and nothing was said yet."""
        body = await self.keeper.body(found, answer.stored)
        if body is None:
            return None
        try:
            first = await relay.first_piece(body, answer.span)
            await self._send(asking, answer, body, first)
        except TornError:
            await self.keeper.lose(found, answer.stored)
            return None
        finally:
            await body.close()
        return body

    async def _send(self, asking: Asking, answer: cache.Answer, body: Body | None, first: bytes = b"") -> None:
        reply = asking.needs_reply
        reason = answer.stored.reason if answer.status == answer.stored.status else ""
        relay.begin(reply, answer.status, answer.headers, answer.length, reason)
        if body is None or answer.span is None:
            await relay.finish(reply)
        else:
            await relay.stored(reply, body, *answer.span, first)
