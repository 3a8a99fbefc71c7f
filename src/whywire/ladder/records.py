"""The nouns of the notation: a `Ladder` is its lines, in order. Frozen, plain data.

Sequence numbers are relative and unwrapped as everywhere in whywire: a SYN is 0, the first byte of data 1.
``line`` is the line of the text that a record was read from; it takes no part in comparing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FLAG_LETTERS = "SFRPUECNA"
"""SYN, FIN, RST, PSH, URG, ECE, CWR, AE (once NS), ACK; in this order."""

FLAG_BITS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128, "N": 256}
"""Letter -> bit of the header (RFC 9293 3.1, RFC 9768 for N)."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that is only a comment. ``text`` is what stands behind ``#``, without the space around it."""

    text: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class HostLine:
    """``host a 10.0.0.1``: a host and its address, as `ipaddress` writes it."""

    name: str
    address: str
    comment: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """``connection c1 a:51270 > b:80 isn 1000 5000``: a connection's tag, ends and initial sequence numbers."""

    tag: str
    client: str
    client_port: int
    server: str
    server_port: int
    client_isn: int | None = None
    server_isn: int | None = None
    comment: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """``program a client.py pid 17``: the program of a host's calls."""

    host: str
    name: str
    pid: int | None = None
    comment: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StartLine:
    """``start 1700000000.5``: the moment that the first line's time is relative to, in nanoseconds since 1970."""

    time_ns: int
    comment: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AtLine:
    """``at b``: the capture was taken at this host."""

    host: str
    comment: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Option:
    """A TCP option. ``name`` says what ``values`` are:

    ``mss`` bytes; ``ws`` shift; ``sackOK`` nothing; ``ts`` TSval, TSecr; ``sack`` left, right, left, right ...
    (relative, of the stream that is acknowledged); ``kind`` the option's number, its bytes.
    """

    name: str
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PacketLine:
    """``+0.010 b>a SA 0:0(0) ack 1 win 64240 <mss 1460>``: one TCP segment."""

    sender: str
    receiver: str
    flags: str
    """Letters of FLAG_LETTERS, in that order; empty: none is set."""
    seq: int
    length: int = 0
    ack: int | None = None
    """Present if and only if ``flags`` has A."""
    window: int | None = None
    """The raw field. None: as in the segment before it of the same direction."""
    shift: int | None = None
    """The window scale that is in use: the window means ``window << shift`` bytes."""
    options: tuple[Option, ...] = ()
    data: bytes | None = None
    """The payload, ``length`` bytes; None: the generated filler."""
    delta_ns: int | None = None
    """Time since the line before; None: the same moment."""
    tag: str | None = None
    sender_port: int | None = None
    receiver_port: int | None = None
    arrival_ns: int | None = None
    """Merged view: how long it was on its way."""
    lost: str | None = None
    """``lost``: it never arrived. ``dropped``: the wire dropped it on purpose."""
    frame: int | None = None
    """Its number on the wire."""
    ip_id: int | None = None
    ttl: int | None = None
    captured: int | None = None
    """Bytes of the frame that the capture holds; None: all."""
    comment: str | None = None
    line: int = field(default=0, compare=False)


CALL, STARTED, ENDED = "call", "started", "ended"


@dataclass(frozen=True, slots=True)
class CallLine:
    """``a: send(13 bytes) = 13``: a socket call, whole; or only its start (``...``), or only its end."""

    host: str
    name: str
    phase: str = CALL
    """CALL: start and end; STARTED: its end is another line, or never came; ENDED: that line."""
    args: str = ""
    result: str | None = None
    error: str | None = None
    takes_ns: int | None = None
    """CALL only: how long it took."""
    delta_ns: int | None = None
    tag: str | None = None
    listening: bool = False
    """It is made on the listening socket."""
    file: str | None = None
    lineno: int | None = None
    source: str | None = None
    function: str | None = None
    how: str | None = None
    byte_count: int | None = None
    """Where ``args`` and ``result`` don't say it."""
    program: str | None = None
    pid: int | None = None
    tid: int | None = None
    fd: int | None = None
    comment: str | None = None
    line: int = field(default=0, compare=False)


Line = Comment | HostLine | ConnectionLine | ProgramLine | StartLine | AtLine | PacketLine | CallLine


@dataclass(frozen=True, slots=True)
class Ladder:
    """A whole ladder."""

    lines: tuple[Line, ...]

    @property
    def packets(self) -> tuple[PacketLine, ...]:
        """The packet lines, in order."""
        return tuple(line for line in self.lines if isinstance(line, PacketLine))

    @property
    def calls(self) -> tuple[CallLine, ...]:
        """The call lines, in order."""
        return tuple(line for line in self.lines if isinstance(line, CallLine))
