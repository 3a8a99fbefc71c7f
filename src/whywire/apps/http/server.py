"""One worker: its connections, what they share, and the clock that ends every wait."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from whywire.apps.http.app import App, BodyError, ClientGone, FileChanged, HeadFacts, Request
from whywire.apps.http.body import DoorBody
from whywire.apps.http.door import Door
from whywire.apps.http.flow import ANSWERING, HEAD, LINGERING, READY, Flow
from whywire.apps.http.large import Larges
from whywire.apps.http.log import AccessLog
from whywire.apps.http.memo import Memo
from whywire.apps.http.metrics import (
    ACCEPTED,
    CUT,
    NUMBERS,
    OPEN,
    QUICK,
    REFUSED,
    SENT,
    Counting,
    Metrics,
    column_of,
)
from whywire.apps.http.pages import error_page
from whywire.apps.http.reply import DoorReply, quick_bytes
from whywire.apps.http.settings import Settings

if TYPE_CHECKING:
    from whywire.apps.http.porch import Caller

_OK = column_of(200)
GRACE = 0.1
"""Seconds in which a stop still answers requests on connections that were used before: some are on their way, and
their clients learn by the answer that the connection closes."""
HTML = ("Content-Type", "text/html; charset=utf-8")


def complain(text: str) -> None:
    """Say on standard error what an operator should know."""
    sys.stderr.write(f"whywire: {text}\n")


class Server:
    """What the connections of one worker share."""

    def __init__(self, app: App, settings: Settings, loop: asyncio.AbstractEventLoop,
                 say: Callable[[str], None] = complain, *, log: AccessLog | None = None,
                 metrics: Metrics | None = None, number: int = 0) -> None:
        self.app = app
        self.settings = settings
        self.limits = settings.limits
        self.loop = loop
        self.now = loop.time()
        self.memo = Memo(self.limits, settings.field)
        self.lines = self.memo.lines.young
        self.blocks = self.memo.blocks.young
        self.larges = Larges()
        self.doors: set[Door] = set()
        self.callers: set[Caller] = set()
        """Connections whose TLS handshake is not done."""
        self.of_address: dict[str, int] = {}
        self.draining = False
        self.say = say
        self.log = log
        self._metrics = metrics
        self._number = number
        self.values = [0.0] * len(NUMBERS)
        self._timer: asyncio.TimerHandle | None = None
        self._empty: asyncio.Future[None] | None = None

    # ---- connections ----

    def count(self, address: str) -> str:
        """Count a connection that was accepted; return why it is one too many, empty when it is welcome."""
        count = self.of_address.get(address, 0)
        self.of_address[address] = count + 1
        limit = self.settings.per_address
        if limit and count >= limit and address != "unix:":
            return "too many from this address"
        return "too many connections" if len(self.doors) + len(self.callers) >= self.settings.connections else ""

    def uncount(self, address: str) -> None:
        """A connection is gone."""
        left = self.of_address.get(address, 1) - 1
        if left:
            self.of_address[address] = left
        else:
            self.of_address.pop(address, None)
        if self._empty is not None and not self.doors and not self.callers and not self._empty.done():
            self._empty.set_result(None)

    def opened(self, door: Door) -> None:
        """A door has a connection; refuses it when there are too many."""
        too_many = self.count(door.address)
        self.doors.add(door)
        self.values[ACCEPTED] += 1
        if too_many:
            door.refuse(503, too_many)

    def closed(self, door: Door) -> None:
        """A door's connection is gone."""
        self.doors.discard(door)
        self.uncount(door.address)

    # ---- answers ----

    def answered(self, door: Door, line: bytes, facts: HeadFacts, answer: bytes) -> None:
        """A plain request was answered by `App.quick`."""
        size = len(answer) - answer.find(b"\r\n\r\n") - 4
        values = self.values
        values[QUICK] += 1
        values[SENT] += size
        if answer.startswith(b"HTTP/1.1 200"):
            values[_OK] += 1
            status = 200
        else:
            status = int(answer[9:12])
            values[column_of(status)] += 1
        if self.log is not None:
            self.log.add(door.peer, line, status, size, facts=facts)

    async def answer(self, door: Door, request: Request, reply: DoorReply, rest: Awaitable[None] | None = None) -> None:
        """Let the app answer, and see to it that there is one. ``rest``: what is left of an answer that has begun."""
        try:
            if self.settings.drain_first and isinstance(request.body, DoorBody) and not request.body.held_back:
                await self._look_through(request.body)
            await (self.app.answer(request, reply) if rest is None else rest)
            await reply.end()
        except BodyError as error:
            self._instead(door, request, reply, error.status, str(error))
        except ClientGone:
            reply.closes = True
        except FileChanged as error:
            reply.cut(str(error))
        except Exception as error:
            self.say("".join(traceback.format_exception(error)))
            self._instead(door, request, reply, 500, "")
        if not reply.taken and not reply.closes:
            await self._drain(request, reply)
        self.note(request, reply)
        door.finish(close=reply.closes)

    def note(self, request: Request, reply: DoorReply) -> None:
        """Count an answer, and log it."""
        self.values[SENT] += reply.sent
        self.values[column_of(reply.status)] += 1
        if self.log is not None:
            line = request.raw_head[:request.raw_head.find(b"\r\n")]
            self.log.add(request.peer, line, reply.status, reply.sent, request.headers,
                         took=self.loop.time() - reply.began, why=reply.why)

    async def _look_through(self, body: DoorBody) -> None:
        """Read content that nobody wants. Raises BodyError for broken framing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                async for _ in body:
                    if body.taken > self.settings.drain_body:
                        return

    def _instead(self, door: Door, request: Request, reply: DoorReply, status: int, text: str) -> None:
        """The app gave no answer: give one, or where one has begun, break it off."""
        if reply.sending:
            reply.cut(text or "the app failed within its answer")
        else:
            door.send(self.error(status, text, head_only=request.method == "HEAD"))
            reply.status = status
            reply.closes = reply.ended = True

    async def _drain(self, request: Request, reply: DoorReply) -> None:
        """Read content that the app did not want, so that the next request can be found behind it."""
        taken = 0
        try:
            async for piece in request.body:
                taken += len(piece)
                if taken > self.settings.drain_body:
                    reply.closes = True
                    return
        except BodyError:
            reply.closes = True

    def error(self, status: int, text: str, *, head_only: bool = False) -> bytes:
        """Return the bytes of an error's answer that closes the connection."""
        said = f"{text[:1].upper()}{text[1:]}." if text else ""
        fields = [HTML, ("Retry-After", "2")] if status == 503 else [HTML]
        return quick_bytes(status, fields, error_page(status, text=said), close=True, head_only=head_only)

    def refused(self, door: Door, status: int, text: str, raw: bytes) -> None:
        """Answer what is no request. What begins as HEAD does gets no content all the same (RFC 9110 9.3.2)."""
        raw = raw.lstrip(b"\r\n")
        answer = self.error(status, text, head_only=raw.startswith(b"HEAD "))
        door.send(answer)
        self.values[REFUSED] += 1
        self.values[column_of(status)] += 1
        if self.log is not None:
            self.log.add(door.peer, raw.partition(b"\n")[0][:self.settings.line].rstrip(b"\r"), status,
                         len(answer.partition(b"\r\n\r\n")[2]), why=text)

    def cut(self, door: Flow, why: str) -> None:
        """A connection is broken off because what was promised can't be kept."""
        self.values[CUT] += 1
        self.say(f"{door.peer}: connection cut: {why}")

    # ---- time ----

    def start(self) -> None:
        """Begin to look after the waits."""
        self._tick()

    def _tick(self) -> None:
        self.now = self.loop.time()
        for door in tuple(self.doors):
            look_after(door, self.now, self.settings)
        for caller in tuple(self.callers):
            caller.look_after(self.now, self.settings.head_time)
        if self.log is not None:
            self.log.flush()
        self.larges.age()
        self.publish()
        self._timer = self.loop.call_later(self.settings.tick, self._tick)

    @property
    def counting(self) -> Counting | None:
        """The app, where it counts."""
        app: Any = self.app
        return app if hasattr(app, "counted") else None

    def publish(self) -> None:
        """Show the numbers to whoever asks for the metrics."""
        if self._metrics is not None:
            self.values[OPEN] = len(self.doors) + len(self.callers)
            self._metrics.publish(self._number, self.values, self.counting)

    # ---- ends ----

    def replace(self, app: App) -> App:
        """Answer new requests by another app; return the old one. Answers that have begun stay with it."""
        old, self.app = self.app, app
        self.memo.blocks.forget()  # with what the old app kept in their scratch
        for door in self.doors:
            door.ask(app)
        return old

    async def settled(self) -> None:
        """Wait until every answer that has begun now is complete."""
        busy = [door for door in self.doors if door.state == ANSWERING or door.task is not None]
        for door in busy:
            door.answered = door.answered or self.loop.create_future()
        if busy:
            await asyncio.wait([door.answered for door in busy if door.answered is not None])

    def abort(self) -> None:
        """Cut all connections."""
        for door in tuple(self.doors):
            door.reset()
        for caller in tuple(self.callers):
            caller.leave()

    async def drain(self) -> int:
        """Answer what has begun, close the rest; return how many connections had to be aborted."""
        self.draining = True
        self.memo.switch_off()
        for _ in range(3):
            await asyncio.sleep(0)  # what was accepted already gets its door
        whole, first = self.settings.drain_time, min(1.0, self.settings.drain_time)
        grace = min(GRACE, first)
        for patience, used, new in ((grace, False, False), (first - grace, True, False), (whole - first, True, True)):
            for door in tuple(self.doors):
                if used if door.served else new:  # the first request of a new connection may be on its way
                    door.leave_when_idle()
            for caller in tuple(self.callers) if new else ():
                caller.leave_when_idle()
            if self.doors or self.callers:
                self._empty = self.loop.create_future()
                await asyncio.wait([self._empty], timeout=patience)
        left = len(self.doors) + len(self.callers)
        self.abort()
        await asyncio.sleep(0)  # the loop closes what was aborted
        if self._timer is not None:
            self._timer.cancel()
        self.larges.close()
        self.publish()
        return left


def look_after(door: Door, now: float, settings: Settings) -> None:
    """End a wait that has lasted too long."""
    waited = now - door.since
    size = door.transport.get_write_buffer_size()
    if size:
        if size != door.last_size:
            door.last_size = size
            door.since = now
        elif waited > settings.write_time:
            door.give_up()
    elif door.state == READY:
        if waited > (settings.idle_time if door.served else settings.head_time):
            door.leave_when_idle()
    elif door.state == HEAD:
        if waited > settings.head_time:
            door.refuse(408, "")
    elif door.state == LINGERING:
        if waited > settings.linger_time:
            door.transport.abort()
    elif door.state == ANSWERING:
        door.check_content(waited, settings)
