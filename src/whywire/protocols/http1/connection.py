"""The strict tier: one end of an HTTP/1.x connection, without its socket. For servers and clients.

Bytes from the peer go into `receive`, events come from `next_event`; events for the peer go into `send`, which returns
the bytes. What the peer may not do raises RemoteProtocolError with the status that answers it, what the caller may not
do raises LocalProtocolError. The states of both ends follow `states.SIDES` and `states.JOINT`, and nothing else.
"""

from __future__ import annotations

from whywire.protocols.http1 import framing
from whywire.protocols.http1 import states as s
from whywire.protocols.http1.events import (
    CHUNKED,
    LENGTH,
    UNTIL_CLOSE,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Event,
    InformationalResponse,
    Malformed,
    Request,
    Response,
    Upgraded,
)
from whywire.protocols.http1.flaws import KINDS, NOTE, Flaw
from whywire.protocols.http1.limits import STRICT, Limits
from whywire.protocols.http1.reader import REQUEST, RESPONSE, Reader
from whywire.protocols.http1.writer import UnwritableError, write_chunk, write_head, write_last_chunk

CLIENT, SERVER = s.CLIENT, s.SERVER
_OTHER = {CLIENT: SERVER, SERVER: CLIENT}
_JOINT = {when: [row[1:] for row in s.JOINT if row[0] == when] for when in {row[0] for row in s.JOINT}}
Sendable = Request | Response | InformationalResponse | Data | EndOfMessage | ConnectionClosed


class ProtocolError(Exception):
    """A rule of HTTP was broken. ``status``: what a server answers with when the peer broke it."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class LocalProtocolError(ProtocolError):
    """The caller broke the rule; nothing was written."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the rule; nothing more can be read from it."""


class Connection:
    """One end of a connection, ``role`` CLIENT or SERVER.

    ``forgive`` holds kinds of flaws that are let pass (`flaws.KINDS`), where a program must understand peers that
    send them; a fatal one can't be forgiven.
    """

    def __init__(self, role: str, limits: Limits = STRICT, forgive: frozenset[str] = frozenset()) -> None:
        self.role = role
        self.states = {CLIENT: s.IDLE, SERVER: s.IDLE}
        self.request: Request | None = None
        """The request of this cycle."""
        self.response: Response | None = None
        self._reader = Reader(REQUEST if role == SERVER else RESPONSE, limits)
        self._forgive = forgive
        self._keeps_alive = True
        self._sending: str = ""
        self._left = 0
        self._peer_ended = False
        self._waits_for_continue = False

    @property
    def mine(self) -> str:
        """The state of this end."""
        return self.states[self.role]

    @property
    def theirs(self) -> str:
        """The state of the peer."""
        return self.states[_OTHER[self.role]]

    @property
    def peer_waits_for_continue(self) -> bool:
        """The client holds its body back until it sees 100 Continue, or a final response (RFC 9110 10.1.1)."""
        return self._waits_for_continue

    @property
    def unread_bytes(self) -> int:
        """Bytes that were received and belong to a later message, or to another protocol."""
        return self._reader.waiting_bytes

    def take_unread(self) -> bytes:
        """Return the bytes received behind the last event, and forget them: another protocol's, after a switch."""
        return self._reader.take_waiting()

    # ---- from the peer ----

    def receive(self, data: bytes) -> None:
        """Take bytes from the peer; empty: it ended its stream."""
        if data:
            self._reader.feed(data)
        else:
            self._peer_ended = True
            self._reader.end()

    def next_event(self) -> Event | None:
        """Return the peer's next event; None when more bytes are needed, or when this end must act first.

        A request behind the present one stays unread until `start_next_cycle`. Raises RemoteProtocolError.
        """
        if self.theirs in (s.DONE, s.MUST_CLOSE) and not (self._peer_ended and not self._reader.waiting_bytes):
            if self.theirs == s.MUST_CLOSE and self._reader.waiting_bytes and self.role == CLIENT:
                raise self._remote("bytes behind the last response that the connection carries", 502)
            return None
        if self.theirs in (s.ERROR, s.CLOSED, s.SWITCHED, s.MIGHT_SWITCH):
            return None
        event = self._reader.next_event()
        if isinstance(event, Request | Response | InformationalResponse) and event.end is None:
            event = self._reader.next_event()  # the head did not come whole: what broke off is no message
        self._check(self._reader.body_flaws)
        if event is None:
            return None
        if isinstance(event, Malformed):
            raise self._remote(event.flaw.text, KINDS[event.flaw.kind].status)
        if isinstance(event, Request | Response | InformationalResponse | EndOfMessage):
            self._check(event.flaws)
        if isinstance(event, Upgraded):
            return event
        self._note(_OTHER[self.role], event)
        return event

    def _check(self, flaws: tuple[Flaw, ...]) -> None:
        for flaw in flaws:
            if flaw.grade != NOTE and flaw.kind not in self._forgive:
                raise self._remote(flaw.text, KINDS[flaw.kind].status)

    def _remote(self, text: str, status: int) -> RemoteProtocolError:
        self.states[_OTHER[self.role]] = s.ERROR
        return RemoteProtocolError(text, 502 if self.role == CLIENT else 400 if status == 502 else status)

    # ---- to the peer ----

    def send(self, event: Sendable) -> bytes:
        """Return the bytes of ``event`` for the peer. Raises LocalProtocolError; then nothing has changed."""
        name = type(event).__name__
        if (self.role, self.mine, name) not in s.SIDES:
            raise LocalProtocolError(f"a {self.role} in the state '{self.mine}' can't send {name}", 500)
        try:
            written = self._write(event)
        except UnwritableError as error:
            raise LocalProtocolError(str(error), 500) from error
        self._note(self.role, event)
        return written

    def _write(self, event: Sendable) -> bytes:
        if isinstance(event, InformationalResponse):
            if self.request is not None and self.request.version == "1.0":
                raise LocalProtocolError("HTTP/1.0 knows no interim responses (RFC 9110 15.2)", 500)
            return write_head(event)
        if isinstance(event, Request | Response):
            written = write_head(event)
            self._begin(event)
            return written
        if isinstance(event, Data):
            return self._write_data(event.data)
        if isinstance(event, EndOfMessage):
            if self._sending == LENGTH and self._left:
                raise LocalProtocolError(f"the message ends {self._left:,} bytes before its Content-Length", 500)
            return write_last_chunk(event.trailers) if self._sending == CHUNKED else b""
        return b""

    def _begin(self, event: Request | Response) -> None:
        if isinstance(event, Request):
            found = framing.of_request(event.version, _lower(event.headers), 0)
            self._reader.answers(event.method)
        else:
            method = None if self.request is None else self.request.method
            found = framing.of_response(event.status, method, event.version, _lower(event.headers), 0)
        if found.kind == CHUNKED and isinstance(event, Response) and self.request and self.request.version == "1.0":
            raise LocalProtocolError("HTTP/1.0 knows no chunks (RFC 9112 6.1)", 500)
        if found.flaws:
            raise LocalProtocolError(found.flaws[0].text, 500)
        self._sending, self._left = found.kind, found.length or 0

    def _write_data(self, data: bytes) -> bytes:
        if self._sending == CHUNKED:
            return write_chunk(data)
        if self._sending != UNTIL_CLOSE:
            if len(data) > self._left:
                raise LocalProtocolError(f"{len(data) - self._left:,} bytes more than the head promised", 500)
            self._left -= len(data)
        return data

    # ---- both ----

    def start_next_cycle(self) -> None:
        """Begin the next request/response cycle; both ends must be done. Raises LocalProtocolError."""
        if not self._join("next cycle"):
            raise LocalProtocolError(f"no next cycle while client is '{self.states[CLIENT]}' "
                                     f"and server '{self.states[SERVER]}'", 500)
        self.request = self.response = None
        self._keeps_alive = True

    def _note(self, side: str, event: Event) -> None:
        """Move the states of both ends by what one of them has sent."""
        key = (side, self.states[side], type(event).__name__)
        if key not in s.SIDES:
            raise self._remote(f"{key[2]} from a {side} in the state '{key[1]}'", 400)
        self.states[side] = s.SIDES[key]
        if isinstance(event, Request):
            self.request = event
            self._waits_for_continue = event.expects_continue
            self._join("request seen")
        elif isinstance(event, Response):
            self.response = event
            self._answered(event)
        if side == SERVER or isinstance(event, Data | EndOfMessage):
            self._waits_for_continue = False
        if isinstance(event, Request | Response):
            self._keeps_alive = self._keeps_alive and self._may_go_on(side, event)
        self._settle()

    def _may_go_on(self, side: str, event: Request | Response) -> bool:
        """Tell whether another message may follow; for what was read, the reader has worked it out."""
        if side != self.role:
            return event.keeps_alive
        headers, kind = _lower(event.headers), ""
        if isinstance(event, Response):
            method = self.request.method if self.request else None
            kind = framing.of_response(event.status, method, event.version, headers, 0).kind
        return framing.keeps_alive(event.version, headers, kind)

    def _answered(self, event: Response) -> None:
        tunnel = self.request is not None and self.request.method == "CONNECT" and 200 <= event.status < 300
        accepted = event.status == 101 or tunnel
        waited = self._join("switch accepted" if accepted else "switch refused")
        if waited and self.role == SERVER:
            self._reader.switch(accepted)

    def _settle(self) -> None:
        if self.role == SERVER and self._reader.state == s.WAITING and self.response is not None:
            self._reader.switch(False)  # answered before the request was complete
        request = self.request
        if request is not None and (request.may_switch or request.method == "CONNECT"):
            self._join("may switch")
        if not self._keeps_alive:
            self._join("no keep-alive")
        if s.CLOSED in self.states.values():
            self._join("client closed")
            self._join("server closed")

    def _join(self, when: str) -> bool:
        """Apply the rows of `states.JOINT` for ``when``; tell whether one did."""
        done = False
        for client, server, new_client, new_server in _JOINT[when]:
            if client in ("", self.states[CLIENT]) and server in ("", self.states[SERVER]):
                self.states[CLIENT] = new_client or self.states[CLIENT]
                self.states[SERVER] = new_server or self.states[SERVER]
                done = True
        return done


def _lower(headers: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower(), value) for name, value in headers)
