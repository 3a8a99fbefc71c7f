"""The nouns that leave this room: `Exchange` with its `Message`s, `ConnectionUse`, `Link`, all in `Exchanges`.

All frozen, plain data. Positions are those of `connections.model.Segment`; times are nanoseconds; None is "not known".
Packets are numbers of the view. Codes in ``others`` name the readings that the packets also leave (`READINGS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whywire.base.ref import Ref
from whywire.connections.model import Certainty, Side

COMPLETE, CUT, RESET, EARLY, HOLE, MALFORMED = "complete", "cut", "reset", "closed-early", "hole", "malformed"
"""What became of a message: cut (the capture ends inside it), reset, closed-early (its sender's FIN came before its
end), hole (bytes that its head or chunks need are missing in the capture), malformed."""

READINGS: Mapping[str, str] = {
    "asked-anyway": "the client asked for that address by itself",
    "another-program": "another program on the same host did it",
    "by-chance": "the times agree by chance",
    "needed-both": "the client wanted a second connection in any case",
    "not-captured": "the other leg was not captured",
    "program-closed": "the program closed for another reason, just then",
    "slow-answer": "the program took that long for the answer",
    "will-be-used": "it would have been used later",
    "lost-count": "messages are missing in the capture, and this answer belongs to another request",
    "same-question": "somebody else asked the same",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A request, a response, or an interim response."""

    sender: Side
    start: int
    """Position of its first byte."""
    end: int | None
    """Position behind its last byte; None where it is not complete."""
    first_packet: int | None
    """Carries its first byte; None: that packet is missing in the capture."""
    last_packet: int | None
    """Completes it: the last chunk, the last byte of the length, the head where there is no body, the FIN of a body
    that ends with the connection. None where it is not complete, or where that packet is missing."""
    first_ns: int | None
    last_ns: int | None
    bytes: int
    """Complete: of the whole message on the wire. Else those that were seen of it."""
    missing_bytes: int
    """Of these, bytes in packets that are missing in the capture."""
    head_bytes: int | None
    body_bytes: int | None
    """Content, without chunk lines; so far, where it is not complete."""
    framing: str
    """none, length, chunked, until-close, tunnel (what follows is another protocol)."""
    promised_bytes: int | None
    """Body bytes that its head promises."""
    version: str
    method: str | None = None
    target: str | None = None
    status: int | None = None
    reason: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Those that decide what happens to the connection and where the client goes next (`message.KEY_HEADERS`)."""
    keeps_alive: bool | None = None
    """By its words, the connection may carry another one. None: it does not say."""
    fate: str = COMPLETE
    until_close: bool = False
    flaws: tuple[tuple[str, str], ...] = ()
    """What is wrong with it: kind (`protocols.http1.flaws`) and a sentence's worth of text."""

    @property
    def complete(self) -> bool:
        """All of it was sent, as far as the capture shows."""
        return self.fate == COMPLETE

    def header(self, name: str) -> str | None:
        """Return the field ``name`` (lower case); None without it."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response; one of them may not have been seen."""

    number: int
    connection: int
    protocol: str
    """``http/1.1``, ``http/1.0``, ``calc``."""
    requester: Side
    request: Message | None
    response: Message | None
    interim: tuple[Message, ...] = ()
    """1xx responses before the final one."""
    pairing: Certainty = Certainty.INFERRED
    """That the two belong together: by their order (INFERRED), or by time only, behind a loss (LIKELY)."""
    others: tuple[str, ...] = ()
    pipelined: bool = False
    """It was sent before the response to the one before it was complete."""
    switched_to: str | None = None
    """The protocol that the connection speaks from here on."""

    @property
    def ref(self) -> Ref:
        """How to point to it."""
        return Ref("x", self.number)

    @property
    def first_packet(self) -> int | None:
        """Its first packet that was seen."""
        return next((m.first_packet for m in (self.request, self.response) if m and m.first_packet), None)

    @property
    def wait_ns(self) -> int | None:
        """From the request's last packet to the response's first one, where the capture was taken."""
        if self.request is None or self.response is None:
            return None
        asked, answered = self.request.last_ns, self.response.first_ns
        return None if asked is None or answered is None else answered - asked


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a connection was open and nothing was asked or answered."""

    after: int
    """The packet before it: the end of the handshake, or of a response."""
    before: int | None
    """The packet that ended it; None: the capture did."""
    start_ns: int
    end_ns: int | None
    ended_by: str
    """request, fin, rst, capture."""
    by: Side | None
    timed_out: Side | None = None
    """Whose patience ended it; None: nobody's, as far as can be told."""
    certainty: Certainty = Certainty.INFERRED
    others: tuple[str, ...] = ()
    announced_ns: int | None = None
    """The time-out that the server had announced (Keep-Alive: timeout=)."""
    waited_ns: int | None = None
    """How long the read took that gave up, by the trace: the silence on the wire begins later, by the way there."""

    @property
    def length_ns(self) -> int | None:
        """How long it was."""
        return None if self.end_ns is None else self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Race:
    """A request that met the other side's FIN."""

    exchange: int
    request: int
    """The request's first packet."""
    fin: int
    knew: bool
    """The requester's kernel had acknowledged the FIN when the request left: a program that did not look, no race."""
    reset: int | None
    """The RST that answered it."""
    certainty: Certainty = Certainty.INFERRED


@dataclass(frozen=True, slots=True)
class Waited:
    """A request that lay in the kernel while the program served another connection (head-of-line blocking)."""

    exchange: int
    behind: int
    """The connection that the program was busy with."""
    wait_ns: int
    acknowledged: int | None
    """The packet by which the server's kernel acknowledged the request: it was there."""
    released: int
    """The packet that ended the other connection."""
    answered: int
    certainty: Certainty
    others: tuple[str, ...] = ()
    accept: int | None = None
    """The accept call that took the connection, where a trace shows it."""


@dataclass(frozen=True, slots=True)
class ConnectionUse:
    """What a connection was used for."""

    connection: int
    protocol: str | None
    """``http``, ``calc``; None: not known."""
    exchanges: tuple[int, ...] = ()
    reuse: int = 0
    """Requests behind the first one."""
    gaps: tuple[Gap, ...] = ()
    races: tuple[Race, ...] = ()
    waits: tuple[Waited, ...] = ()
    unused: str | None = None
    """``closed``: it was opened and closed without a byte; ``so far``: the capture ended before; None: it was used."""
    problems: tuple[tuple[Side, int, str], ...] = ()
    """Where no sense could be made: sender, position, text."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two things that belong together although they are on different connections."""

    kind: str
    """redirect       x -> x   the response named the target, and it was asked for next
    replaces       c -> c   opened when the older one had been closed
    parallel       c -> c   opened while the older one was open; ``busy``: it had an unanswered request
    page           x -> x   asked for because the page needs it
    proxy-forward  x or c -> x or c   a proxy's client leg and its upstream leg
    proxy-hit      x or c -> x or c   answered without an upstream leg, as the earlier one was
    proxy-error    x or c -> c        answered by the proxy itself; the upstream connection failed"""
    source: Ref
    target: Ref
    certainty: Certainty
    packets: tuple[int, ...]
    """What it rests on, in packet order."""
    others: tuple[str, ...] = ()
    detail: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Everything this room knows of one capture."""

    exchanges: tuple[Exchange, ...]
    """By first packet, numbered from 1."""
    uses: tuple[ConnectionUse, ...]
    """One a connection, in the order of the account."""
    links: tuple[Link, ...]

    def of(self, connection: int) -> tuple[Exchange, ...]:
        """Return the exchanges of a connection, in order."""
        return tuple(self.exchanges[number - 1] for number in self.use(connection).exchanges)

    def use(self, connection: int) -> ConnectionUse:
        """Return what a connection was used for. Its place is its number, unless the account holds only some."""
        if connection <= len(self.uses) and self.uses[connection - 1].connection == connection:
            return self.uses[connection - 1]
        return next(use for use in self.uses if use.connection == connection)
