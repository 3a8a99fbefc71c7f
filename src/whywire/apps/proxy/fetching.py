"""Asking the origin and doing with its answer what the cache engine says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from whywire.apps import cache
from whywire.apps.cache import Decision, Outcome, Stored
from whywire.apps.proxy import relay
from whywire.apps.proxy.asking import Asking, fields_with
from whywire.apps.proxy.counts import Counts
from whywire.apps.proxy.fields import homeward
from whywire.apps.proxy.flight import Flight
from whywire.apps.proxy.groups import Group, Landed
from whywire.apps.proxy.keeper import Found, Keeper
from whywire.apps.proxy.settings import NAME, ProxySettings
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.upstream import Answer, Fields, Origins
from whywire.apps.stores.model import Body, TornError, Writer


class Fetcher:
    """The way to the origin and back."""

    def __init__(self, settings: ProxySettings, keeper: Keeper, origins: Origins, counts: Counts) -> None:
        self.settings, self.keeper, self.origins, self.counts = settings, keeper, origins, counts
        self.tasks: set[asyncio.Task[None]] = set()
        """Flights and background validations: they outlive the request that began them."""

    def spawn(self, task: asyncio.Task[None]) -> None:
        """Keep a task until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def fetch(self, asking: Asking, decision: Decision, found: Found, group: Group | None) -> None:
        """Ask, answer, store. ``group`` hears what the head says."""
        request = asking.for_cache
        for _ in range(2):
            asked = self.keeper.now()
            try:
                answer = await self.origins.ask(asking.ask(decision), self._interim(asking))
            except UpstreamError as error:
                await self._failed(asking, decision, found, group, error)
                return
            fields = homeward(answer.headers, answer.version)
            response = cache.Response(answer.status, fields, answer.reason)
            try:
                outcome = cache.on_response(request, response, asked, self.keeper.now(), decision, found.stored,
                                            background=asking.reply is None)
                await self.keeper.settle(cache.key(request.uri), found, outcome)
            except BaseException:
                await answer.close()
                raise
            if outcome.do != "retry":
                break
            await answer.close()
            decision = cache.plain_forward(request, decision)
        else:
            return
        await self._act(asking, found, group, answer, outcome)

    def _interim(self, asking: Asking):  # type: ignore[no-untyped-def]
        async def pass_on(status: int, headers: Fields) -> None:
            if asking.reply is not None and not asking.reply.gone:
                await asking.reply.inform(status, homeward(headers, "1.1")[:-1])
        return pass_on

    async def _failed(self, asking: Asking, decision: Decision, found: Found, group: Group | None,
                      error: UpstreamError) -> None:
        """No answer came: something stored, if that may be used, or an error answer."""
        answer = cache.on_failure(asking.for_cache, decision, self.keeper.now())
        if group is not None:
            group.say(Landed(again=answer is not None, error=error))
        if asking.reply is None:
            return
        if answer is not None and await self.serve(asking, found, answer):
            self.counts.stale += 1
            return
        self.counts.errors += 1
        await relay.trouble(asking.reply, error, decision.cache_status)

    async def _act(self, asking: Asking, found: Found, group: Group | None, answer: Answer, outcome: Outcome) -> None:
        if outcome.do == "serve":
            self.counts.validated += 1
            if group is not None:
                group.say(Landed(again=True))
            await answer.close()
            if asking.reply is None or outcome.answer is None:
                return
            if not await self.serve(asking, found, outcome.answer):
                await relay.refuse(asking.reply, 502, "What was stored is gone. Please ask again.")
            return
        key = cache.key(asking.uri)
        writer = await self._begin(key, answer, outcome)
        if group is not None:
            self.keeper.note(key, storable=outcome.store is not None)
        if outcome.do == "combine":
            await self._combine(asking, found, group, answer, outcome, writer)
        elif writer is None or outcome.store is None:
            if group is not None:
                group.say(Landed())
            await self._pass(asking, answer, outcome)
        else:
            await self._fly(asking, group, answer, outcome, writer)

    async def _begin(self, key: str, answer: Answer, outcome: Outcome) -> Writer | None:
        if outcome.store is None:
            return None
        try:
            length = answer.length if outcome.do == "pass" else sum(one.span[1] - one.span[0] for one in outcome.pieces)
            return await self.keeper.begin(key, outcome.store, length)
        except BaseException:
            await answer.close()
            raise

    async def _pass(self, asking: Asking, answer: Answer, outcome: Outcome) -> None:
        """Nothing is stored: the client alone sets the pace."""
        try:
            if asking.reply is not None:
                relay.begin(asking.reply, outcome.status, outcome.headers, answer.length, answer.reason)
                await relay.live(asking.reply, answer.pieces(), lambda: answer.trailers)
        finally:
            await answer.close()

    async def _fly(self, asking: Asking, group: Group | None, answer: Answer, outcome: Outcome, writer: Writer) -> None:
        """Store while it streams; the flight goes on when this client leaves."""
        stored = outcome.store
        assert stored is not None
        flight = Flight(answer, writer, self.settings.ahead, done=lambda: self._land(writer, flight, stored),
                        broken=lambda: self._keep_part(writer, flight, stored))
        self.spawn(flight.start())
        if group is not None:
            group.say(Landed(flight, stored))
        if asking.reply is not None:
            relay.begin(asking.reply, outcome.status, outcome.headers, answer.length, answer.reason)
            await relay.live(asking.reply, flight.pieces(), lambda: flight.trailers)
        else:
            await flight.finished()

    async def _land(self, writer: Writer, flight: Flight, stored: Stored) -> Body | None:
        entry = await self.keeper.commit(writer, cache.completed(stored, flight.received))
        if entry is None or not flight.lags:
            return None
        try:
            return await self.keeper.store.body(entry)
        except TornError:
            return None

    async def _keep_part(self, writer: Writer, flight: Flight, stored: Stored) -> None:
        """The origin broke off: what came may be the beginning of a later, whole answer (RFC 9111 section 3.3)."""
        part = cache.broken_off(stored, flight.received)
        if part is None or await self.keeper.commit(writer, part) is None:
            await writer.abort()

    async def _combine(self, asking: Asking, found: Found, group: Group | None, answer: Answer, outcome: Outcome,
                       writer: Writer | None) -> None:
        """Old bytes and new ones make one body (RFC 9111 section 3.4)."""
        if group is not None:
            group.say(Landed())
        old = await self._old_body(found, outcome)
        try:
            length = sum(one.span[1] - one.span[0] for one in outcome.pieces)
            if asking.reply is None:
                return
            if old is None:
                await relay.refuse(asking.reply, 502, "What was stored is gone. Please ask again.")
                return
            relay.begin(asking.reply, outcome.status, outcome.headers, length, answer.reason)
            whole = _combined(old, answer, outcome, writer)
            await relay.live(asking.reply, whole, lambda: ())
            if writer is not None and not writer.failed and answer.complete and outcome.store is not None:
                await self.keeper.commit(writer, cache.completed(outcome.store, length))
        finally:
            if writer is not None:
                await writer.abort()
            if old is not None:
                await old.close()
            await answer.close()

    async def _old_body(self, found: Found, outcome: Outcome) -> Body | None:
        for stored in found.stored:
            if outcome.store is not None and stored.variant == outcome.store.variant:
                opened = await self.keeper.body(found, stored)
                return opened[1] if opened else None
        return None

    async def serve(self, asking: Asking, found: Found, answer: cache.Answer, note: str = "") -> bool:
        """Answer from the store; False when the body turned out to be gone, and nothing was said yet."""
        reply = asking.reply
        assert reply is not None
        opened = None
        if answer.span is not None and asking.request.method != "HEAD":
            opened = await self.keeper.body(found, answer.stored)
            if opened is None:
                return False
        headers = fields_with(answer.headers, "cache-status", f"{NAME}; {note}") if note else answer.headers
        body = opened[1] if opened else None
        try:
            relay.begin(reply, answer.status, headers, answer.length, answer.stored.reason if answer.status ==
                        answer.stored.status else "")
            if body is None or answer.span is None:
                await reply.end()
            else:
                await relay.stored(reply, body, *answer.span)
        finally:
            if body is not None:
                await body.close()
        return True


async def _combined(old: Body, answer: Answer, outcome: Outcome, writer: Writer | None) -> AsyncIterator[bytes]:
    """Yield old and new bytes in order, and write them. Raises UpstreamError."""
    new = answer.pieces()
    rest, came = b"", 0
    for piece in outcome.pieces:
        at, stop = piece.span
        while at < stop:
            if piece.old:
                try:
                    data = await old.read(at, min(relay.PIECE, stop - at))
                except TornError as error:
                    raise UpstreamError("http_response_incomplete", str(error)) from error
            else:
                while came + len(rest) <= at:  # bytes of the answer before the span are old ones once more
                    came, rest = came + len(rest), await anext(new)
                rest, came = rest[at - came:], at
                data = rest[:stop - at]
                rest, came = rest[len(data):], came + len(data)
            at += len(data)
            if writer is not None:
                await writer.write(data)
            yield data
    async for _ in new:
        pass
