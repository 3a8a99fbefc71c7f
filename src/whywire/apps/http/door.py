"""One connection: bytes from the client become requests, answers go out in their order.

A plain request whose header block is known is answered at once (`App.quick`); everything else is read by the full
parser, `whywire.protocols.http1.Connection`, one for each message, and answered by a task (`App.answer`). While a
message is being answered nothing behind it is looked at.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from whywire.apps.http import leaving
from whywire.apps.http.app import App, Body, HeadFacts, Request
from whywire.apps.http.body import DoorBody
from whywire.apps.http.flow import ANSWERING, GONE, HEAD, LINGERING, READY, TAKEN, Flow, named
from whywire.apps.http.judge import Refusal, checked, host_of
from whywire.apps.http.large import LARGE
from whywire.apps.http.reply import DoorReply
from whywire.apps.http.tunnel import Tunnel
from whywire.protocols.http1 import grammar
from whywire.protocols.http1.connection import SERVER, Connection, RemoteProtocolError
from whywire.protocols.http1.events import ConnectionClosed
from whywire.protocols.http1.events import Request as Head

if TYPE_CHECKING:
    from whywire.apps.http.server import Server
    from whywire.apps.http.settings import Settings

HELD = 65536
"""Bytes that may wait behind the message that is being answered; then reading stops."""
TOGETHER = 65536
"""Answers to pipelined requests leave in one write, up to about this size."""


Prompt = Callable[[Request, HeadFacts, DoorReply], bool]
_BEGINS = re.compile(rb"[\r\n]*(?:" + grammar.TOKEN + rb"|\Z)")
_TLS = b"\x16\x03"
"""A handshake record of TLS (RFC 8446 5.1)."""


class Door(Flow):
    """The server's end of one connection."""

    __slots__ = ("_body", "_connection", "_ended", "_held", "_prompt", "_quick", "_raw", "answered", "served", "task",
                 "watcher")

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.ask(server.app)
        self.answered: asyncio.Future[None] | None = None
        """Set by who waits for the end of the answer that has begun."""
        self.served = 0
        self._connection: Connection | None = None
        self._body: DoorBody | None = None
        self.task: asyncio.Task[None] | None = None
        self.watcher: DoorReply | None = None
        """Whose app wants to know when the client leaves."""
        self._held = b""
        self._raw = b""
        self._ended = False

    def ask(self, app: App) -> None:
        """From the next request on ``app`` answers."""
        self._quick = app.quick
        self._prompt: Prompt | None = getattr(app, "prompt", None)

    # ---- what the event loop says ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open, behind the handshake where there is TLS."""
        self.transport = transport
        self.scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"
        self.address, self.peer = named(transport.get_extra_info("peername"))
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio calls it so)
        """The connection is gone; who waits for it learns so."""
        self.state = GONE
        self._wake()
        self._connection = None
        self._held = self._raw = b""
        self._server.closed(self)
        if self.watcher is not None:
            self.watcher.left()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self.state == READY and not self._paused:
            end = data.find(b"\r\n")
            facts = self._server.blocks.get(data[end + 2:])
            if facts is not None:
                plain = self._server.lines.get(data[:end]) or self._server.memo.line(data[:end])
                if plain is not None:
                    answer = self._quick(plain[0], plain[1], facts)
                    if answer is not None:
                        self.served += 1
                        self.since = self._server.now
                        if len(answer) < LARGE:
                            self.transport.write(answer)
                        else:
                            self.send_large(answer)
                        self._server.answered(self, data[:end], facts, answer)
                    else:
                        self._ask(plain, facts, data)
                    return
            self._read(data)
        elif self.state == HEAD:
            self._raw += data
            self._feed(data)
        elif self.state == LINGERING:
            self._throw_away(data)
        else:
            self._later(data)

    def eof_received(self) -> bool:
        """The client ends its stream; it may still read our answer."""
        self._ended = True
        if self.state == ANSWERING:
            if self._body is not None and not self._body.ended and self._connection is not None:
                self._connection.receive(b"")
                self._wake()
            if self.watcher is not None:
                leaving.ask(self, self.watcher)
            return self.scheme == "http"
        if self.state == HEAD and self._connection is not None:
            self._feed(b"")
            return self.state == LINGERING and self.scheme == "http"
        return False

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        self._paused = True
        self.last_size = 0
        self.since = self._server.now
        if self.state in (READY, HEAD):
            self._stop_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._paused = False
        self._wake()
        if self.state in (READY, HEAD):
            self._go_on()

    # ---- reading ----

    def _read(self, data: bytes) -> None:
        """Read messages from the start of one: plain ones one after the other, the others by the full parser."""
        server, size = self._server, 0
        answers: list[bytes] = []
        while data:
            stop = data.find(b"\r\n\r\n") + 4
            if stop < 4 or not self._may_be_quick():
                break
            end = data.find(b"\r\n")
            line, block = data[:end], data[end + 2:stop]
            plain = server.memo.line(line)
            facts = server.memo.block(block) if plain is not None else None
            if plain is None or facts is None:
                break
            answer = self._quick(plain[0], plain[1], facts)
            raw, data = data[:stop], data[stop:]
            if answer is None:
                self._flush(answers)
                self._held = data
                self._ask(plain, facts, raw)
                return
            self.served += 1
            answers.append(answer)
            server.answered(self, line, facts, answer)
            size += len(answer)
            if size > TOGETHER:
                self._flush(answers)
                size = 0
                if self._paused:
                    self._held = data
                    return
        self._flush(answers)
        if data and self._paused:
            self._held = data
        elif data:
            self._parse(data)

    def _may_be_quick(self) -> bool:
        return self.served < self._server.settings.requests - 1

    def _flush(self, answers: list[bytes]) -> None:
        if answers:
            self.since = self._server.now
            self.transport.write(answers[0] if len(answers) == 1 else b"".join(answers))
            answers.clear()

    def _ask(self, plain: tuple[bytes, bytes], facts: HeadFacts, raw: bytes) -> None:
        """Let the app answer a plain request that it could not answer at once."""
        self.served += 1
        request = Request(plain[0].decode("ascii"), plain[1].decode("ascii"), "1.1", facts.headers, facts.host, Body(),
                          self.peer, self.scheme, raw)
        reply = self._start(request, None, close=False)
        if self._prompt is None or not self._prompt(request, facts, reply):
            self.work(request, reply)

    def _parse(self, data: bytes) -> None:
        """Give the start of a message to the full parser."""
        self._connection = Connection(SERVER, self._server.limits)
        self._raw = data
        self.state = HEAD
        self.since = self._server.now
        self._feed(data)

    def _feed(self, data: bytes) -> None:
        connection = self._connection
        assert connection is not None
        connection.receive(data)
        try:
            event = connection.next_event()
            if isinstance(event, Head):
                checked(event, self._server.settings)
                self._full(event, connection)
            elif isinstance(event, ConnectionClosed):
                self._leave()
            elif _BEGINS.match(self._raw) is None:  # at once: whoever speaks TLS here waits for an answer
                raise Refusal(400, "this is no HTTP request; addresses of this port begin with http://, not https://"
                              if self._raw.startswith(_TLS) else "no method begins like this")
        except RemoteProtocolError as error:
            self.refuse(error.status, str(error))
        except Refusal as refusal:
            self.refuse(refusal.status, refusal.text)

    def _full(self, head: Head, connection: Connection) -> None:
        """The full parser understood a head."""
        raw, self._raw = self._raw[head.start:head.end], b""
        line = raw[:raw.find(b"\r\n")]
        body = None
        if head.framing != "none":
            body = DoorBody(self, connection, head, self._server.settings.body)
            if self._ended:
                connection.receive(b"")  # what is here is all that there will be
        elif self._server.memo.line(line) is not None:
            self._server.memo.accepted(raw[len(line) + 2:])
        if body is None:
            connection.next_event()
        headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
        version = "1.0" if head.version == "1.0" else "1.1"
        request = Request(head.method, head.target, version, headers, host_of(head), body or Body(), self.peer,
                          self.scheme, raw)
        self.served += 1
        self.work(request, self._start(request, body, close=not head.keeps_alive))

    def _later(self, data: bytes) -> None:
        """Bytes behind the head that is being answered: its content, or the next messages."""
        if self._connection is not None:
            self._connection.receive(data)
            waiting = self._connection.unread_bytes
            self._wake()
        else:
            self._held += data
            waiting = len(self._held)
        if waiting > HELD:
            self._stop_reading()

    def watch(self, reply: DoorReply | None) -> None:
        """From now on tell ``reply`` when the client leaves."""
        self.watcher = reply
        if reply is not None and self.gone:
            self.loop.call_soon(reply.left)
        elif reply is not None and self._ended:
            leaving.ask(self, reply)

    async def more_content(self, body: DoorBody) -> None:
        """Wait for more of a request's content; sends 100 Continue where the client waits for it."""
        if self.gone:
            body.fail("the connection was lost within the content")
            return
        if body.held_back:
            body.go_ahead()
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.since = self._server.now
        self._start_reading()
        with body.awaited():
            await self._wait()

    # ---- answering ----

    def _start(self, request: Request, body: DoorBody | None, *, close: bool) -> DoorReply:
        self.state = ANSWERING
        self._body = body
        return DoorReply(self, request, close=close)

    def work(self, request: Request, reply: DoorReply, rest: Awaitable[None] | None = None) -> None:
        """Let a task answer; ``rest``: what is left to do of an answer that was begun without one."""
        self.task = self.loop.create_task(self._server.answer(self, request, reply, rest))

    def done(self, request: Request, reply: DoorReply) -> None:
        """An answer that needed no task is complete."""
        self._server.note(request, reply)
        self.finish(close=reply.closes)

    def must_close(self) -> bool:
        """Tell whether the answer that begins now is the connection's last one."""
        server, body = self._server, self._body
        waiting = self._held or (self._connection is not None and self._connection.unread_bytes)
        if server.draining or (self._ended and not waiting) or self.served >= server.settings.requests:
            return True
        if body is None or body.ended:
            return False
        body.look()
        return not body.ended and (body.held_back or body.left is None or body.left > server.settings.drain_body)

    def finish(self, *, close: bool) -> None:
        """The answer is complete: go on with the next message, or close."""
        self.task = self.watcher = None
        if self.answered is not None:
            self.answered.set_result(None)
            self.answered = None
        if self.state != ANSWERING:
            return
        connection, body = self._connection, self._body
        self._connection = self._body = None
        if connection is not None:
            self._held = connection.take_unread() + self._held
        if close or self._server.draining or (self._ended and not self._held):
            self._leave(more=body is not None and not body.ended)
            return
        self.state = READY
        self.since = self._server.now
        self._go_on()

    def _go_on(self) -> None:
        """Look at what came while we were busy."""
        if self._paused or self.state != READY:
            return
        held, self._held = self._held, b""
        if held:
            self._read(held)
        if self.state == HEAD and self._ended:
            self._feed(b"")  # the rest of that head will not come
        elif self.state == READY and self._ended and not self._held:
            self._leave()
        elif self.state in (READY, HEAD) and not self._paused:
            self._start_reading()

    # ---- endings ----

    def refuse(self, status: int, text: str) -> None:
        """Answer with an error to what is no request, and close."""
        if self.state in (GONE, LINGERING):
            return
        self._server.refused(self, status, text, self._raw)
        self._leave()

    def _leave(self, *, more: bool = True) -> None:
        """Close, in stages (RFC 9112 section 9.6): end our stream, read on for a while, then close.

        With unread bytes in its buffer the kernel would answer with RST, and that can overtake our last answer. TLS
        can't end one side alone, so there it is done only where ``more`` is to be expected from the client.
        """
        if self.gone:
            return
        self.state = LINGERING
        self.since = self._server.now
        self._connection = None
        self._held = self._raw = b""
        if self._ended or (self.scheme == "https" and not more):
            self.transport.close()
            return
        if self.scheme == "http":
            self.transport.write_eof()
        self._start_reading()

    def leave_when_idle(self) -> None:
        """The server stops: close what is between two requests; the others close behind their answer."""
        if self.state == READY:
            self._leave()

    def check_content(self, waited: float, settings: Settings) -> None:
        """End an answer's wait for content that does not come, or for a client that takes nothing by sendfile."""
        body = self._body
        if body is not None and body.waiting:
            if body.late(waited, settings):
                self._wake()
        elif self.waiters and waited > settings.write_time:
            self.give_up()

    def hand_over(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Give the raw connection to a tunnel."""
        self.state = TAKEN
        unread = self._held if self._connection is None else self._connection.take_unread() + self._held
        self._connection, self._held = None, b""
        tunnel = Tunnel(self, self._server.loop)
        self._start_reading()
        return tunnel.begin(self.transport, unread, self._ended)
