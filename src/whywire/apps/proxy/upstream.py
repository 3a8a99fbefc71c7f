"""Asking origins: kept connections, time limits, and the one safe way to ask twice.

A kept connection may be closed by the origin at the moment a request is sent on it. Then, and only then, it is asked
again, on a new connection: when no byte of an answer came, the method is idempotent (RFC 9110 section 9.2.2) and there
is no content that is gone already. Other methods are sent on new connections only, so that the race can't meet them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from whywire.apps.http.app import Body, BodyError
from whywire.apps.proxy import plain, trouble
from whywire.apps.proxy.answer import Answer, stop
from whywire.apps.proxy.fields import Fields, end_to_end
from whywire.apps.proxy.link import Link
from whywire.apps.proxy.place import Place, addresses
from whywire.apps.proxy.plain import text_fields
from whywire.apps.proxy.settings import Guard, ProxySettings
from whywire.apps.proxy.trouble import UpstreamError
from whywire.protocols.http1.connection import LocalProtocolError
from whywire.protocols.http1.events import Data, EndOfMessage, InformationalResponse, Request, Response
from whywire.protocols.http1.writer import write_request

Interim = Callable[[int, Fields], Awaitable[None]]
PATIENCE = 1.0
"""Seconds that an origin has for its 100 Continue (RFC 9110 section 10.1.1: not for ever)."""
IDEMPOTENT = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"))


@dataclass(slots=True)
class Ask:
    """What is asked of an origin. ``headers`` hold no framing: that comes from ``body``."""

    place: Place
    method: str
    target: str
    headers: Fields
    body: Body | None = None
    upgrade: bool = False
    expects: bool = False
    """The client holds its content back until 100 Continue: so do we, until the origin says so."""


class Origins:
    """All connections to origins. ``guard``: what a forward proxy may connect to; None for a reverse one."""

    def __init__(self, settings: ProxySettings, guard: Guard | None = None) -> None:
        self.settings, self._guard = settings, guard
        self._kept: dict[Place, deque[Link]] = {}
        self._places: dict[Link, Place] = {}
        self._free = asyncio.Semaphore(settings.links)
        self.opened = self.reused = self.retried = self.failed = 0
        self._closed = False

    def begin(self, where: Place, head: bytes, hears: Callable[[bytes | None], object]) -> Link | None:
        """Send a request's head on a kept connection, if that can be done at once: see `Link.begin`.

        What follows is `ask` with this link, or an `Answer` made from it, or `drop`.
        """
        if self._free.locked():
            return None
        link = self._take(where)
        if link is None:
            return None
        times = self.settings.timeouts
        if not link.begin(head, hears, link.loop.time() + times.head if times.head else None):
            self._drop(link)
            return None
        with contextlib.suppress(StopIteration):
            self._free.acquire().send(None)  # it is not locked: nothing is awaited
        self.reused += 1
        return link

    def drop(self, link: Link) -> None:
        """Break an exchange off."""
        link.hear_nothing()
        self._drop(link)
        self._free.release()

    async def ask(self, ask: Ask, interim: Interim | None = None, begun: Link | None = None) -> Answer:
        """Send a request, return the head of the answer to it. Raises UpstreamError, and BodyError of the client.

        ``begun``: it was sent on this link already.
        """
        may_repeat = ask.method in IDEMPOTENT and ask.body is None and not ask.upgrade
        if begun is None:
            await self._wait_for_room(ask.place)
        link = begun
        try:
            if link is None and may_repeat:
                link = self._take(ask.place)
                self.reused += link is not None
            if link is not None:
                try:
                    return await self._exchange(link, ask, interim, begun=begun is not None)
                except UpstreamError as error:
                    if link.heard or error.error != "connection_terminated":
                        raise
                    self._drop(link)
                    self.retried += 1
            link = await self._connect(ask.place)
            return await self._exchange(link, ask, interim)
        except BaseException as error:
            self.failed += isinstance(error, UpstreamError)
            if link is not None:
                self._drop(link)
            self._free.release()
            raise

    async def _wait_for_room(self, where: Place) -> None:
        """Wait until one more connection may be open. Raises UpstreamError."""
        if not self._free.locked():
            await self._free.acquire()
            return
        times = self.settings.timeouts
        try:
            async with asyncio.timeout(times.connect + times.head if times.head else None):
                await self._free.acquire()
        except TimeoutError:
            raise trouble.too_slow_to_connect(str(where), times.connect + times.head) from None

    async def tunnel(self, where: Place) -> Link:
        """Open a connection for other things than HTTP; `give_back` lets go of it. Raises UpstreamError."""
        await self._wait_for_room(where)
        try:
            return await self._connect(where)
        except BaseException as error:
            self.failed += isinstance(error, UpstreamError)
            self._free.release()
            raise

    # ---- connections ----

    def _take(self, where: Place) -> Link | None:
        kept = self._kept.get(where)
        while kept:
            link = kept.pop()
            if not kept:
                del self._kept[where]
            if link.usable and link.loop.time() - link.idle_since < self.settings.timeouts.kept:
                return link
            self._drop(link)
        return None

    async def _connect(self, where: Place) -> Link:
        limit = self.settings.timeouts.connect
        if self._closed:
            raise trouble.refused(str(where), ConnectionAbortedError("the proxy stops"))
        try:
            async with asyncio.timeout(limit or None):
                link = await self._open(where)
        except TimeoutError:
            raise trouble.too_slow_to_connect(str(where), limit) from None
        self._places[link] = where
        self.opened += 1
        return link

    async def _open(self, where: Place) -> Link:
        """Connect to the addresses in turn: to those that were looked at, not to the name once more."""
        loop = asyncio.get_running_loop()
        more: dict[str, Any] = {}
        if where.scheme == "https":
            import ssl
            more = {"ssl": ssl.create_default_context(), "server_hostname": where.host}
        last: OSError = ConnectionRefusedError("no address")
        for family, address in await addresses(where, self._guard):
            try:
                _, link = await loop.create_connection(lambda: Link(str(where)), address, where.port, family=family,
                                                       **more)
                return link
            except OSError as error:
                last = error
        raise trouble.refused(str(where), last) from last

    def give_back(self, link: Link, *, whole: bool) -> None:
        """Keep a connection for the next request, if another one may follow on it."""
        self._free.release()
        where = self._places.get(link)
        if whole and where is not None and link.usable:
            try:
                link.next_cycle()
            except LocalProtocolError:
                self._drop(link)
                return
            link.idle_since = link.loop.time()
            link.used += 1
            kept = self._kept.setdefault(where, deque())
            kept.append(link)
            self._trim(kept)
        else:
            self._drop(link)

    def _trim(self, kept: deque[Link]) -> None:
        """Bound what is kept: first of this place, then of the one that waits longest."""
        if sum(map(len, self._kept.values())) <= self.settings.idle_links:
            return
        if len(kept) > 1:
            self._drop(kept.popleft())
            return
        oldest = next(iter(self._kept))
        self._drop(self._kept[oldest].popleft())
        if not self._kept[oldest]:
            del self._kept[oldest]

    def _drop(self, link: Link) -> None:
        self._places.pop(link, None)
        link.close()

    @property
    def kept(self) -> int:
        """Connections that wait for a request."""
        return sum(map(len, self._kept.values()))

    @property
    def open_links(self) -> int:
        """Connections that are open."""
        return len(self._places)

    def sweep(self) -> None:
        """Close what was not used for long, or was closed by the origin."""
        oldest = asyncio.get_running_loop().time() - self.settings.timeouts.kept
        for where, kept in list(self._kept.items()):
            for link in [one for one in kept if not one.usable or one.idle_since < oldest]:
                kept.remove(link)
                self._drop(link)
            if not kept:
                del self._kept[where]

    async def close(self) -> None:
        """Close all connections; there will be no new ones."""
        self._closed = True
        for link in list(self._places):
            self._drop(link)
        self._kept.clear()
        await asyncio.sleep(0)

    # ---- one exchange ----

    async def _exchange(self, link: Link, ask: Ask, interim: Interim | None, *, begun: bool = False) -> Answer:
        link.heard = link.heard and begun
        sender: asyncio.Task[None] | None = None
        if ask.method == "GET" and ask.body is None and not ask.upgrade:
            answer = await self._glance(link, ask, begun=begun)
            if answer is not None:
                return answer
        else:
            sender = await self._send(link, ask)
        try:
            return Answer(self, link, await self._await_head(link, sender, interim), sender)
        except BaseException:
            await stop(sender)
            raise

    async def _glance(self, link: Link, ask: Ask, *, begun: bool) -> Answer | None:
        """Send a request without content. None: the parser has to look at what comes."""
        times = self.settings.timeouts
        until = asyncio.get_running_loop().time() + times.head if times.head else None
        until = link.until if begun else until
        head = b"" if begun else write_request(ask.method, ask.target, as_bytes(ask.headers))
        found = plain.read(await link.glance(head, until, times.head))
        if found is None:
            link.catch_up(self._head(ask))
            return None
        return Answer(self, link, found)

    async def _send(self, link: Link, ask: Ask) -> asyncio.Task[None] | None:
        """Send the head; return the task that sends the content."""
        limit = self.settings.timeouts.idle
        await link.send(self._head(ask), limit)
        if ask.body is None:
            await link.send(EndOfMessage(), limit)
            return None
        if ask.expects:
            link.held = asyncio.Event()
        return asyncio.create_task(_send_body(link, ask.body, limit))

    def _head(self, ask: Ask) -> Request:
        fields = as_bytes(ask.headers)
        if ask.body is not None:
            if ask.body.length is None:
                fields.append((b"transfer-encoding", b"chunked"))
            else:
                fields.append((b"content-length", b"%d" % ask.body.length))
        return Request(method=ask.method, target=ask.target, headers=tuple(fields), may_switch=ask.upgrade)

    async def _await_head(self, link: Link, sender: asyncio.Task[None] | None, interim: Interim | None) -> Response:
        times, loop = self.settings.timeouts, asyncio.get_running_loop()
        while True:
            if sender is not None:
                await self._while_sending(link, sender)
            until = loop.time() + times.head if times.head else None
            event = await link.event(until, times.head, "the head of an answer")
            if isinstance(event, Response):
                return event
            if isinstance(event, InformationalResponse):
                if event.status == 100 and link.held is not None:
                    link.held.set()
                elif event.status != 100 and interim is not None:
                    await interim(event.status, text_fields(event.headers))

    async def _while_sending(self, link: Link, sender: asyncio.Task[None]) -> None:
        """Wait until the content is sent or an answer begins; raise what the client did wrong meanwhile."""
        hearing = asyncio.ensure_future(link.hears())
        try:
            await asyncio.wait((sender, hearing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await stop(hearing)
        if sender.done() and not sender.cancelled() and not link.heard:
            error = sender.exception()
            if isinstance(error, BodyError):
                raise error
            if error is not None and not isinstance(error, UpstreamError):
                raise error


def as_bytes(fields: Fields) -> list[tuple[bytes, bytes]]:
    """Return fields as the writer takes them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]


async def _send_body(link: Link, body: Body, limit: float) -> None:
    if link.held is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await link.held.wait()
    async for piece in body:
        await link.send(Data(piece), limit)
    passed = end_to_end(body.trailers)
    trailers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in passed)
    await link.send(EndOfMessage(trailers=trailers), limit)
