"""The nouns that leave this room: `Connection` with its `Segment`s, each with its `Cause`.

All frozen, all plain data. Positions are relative and unwrapped: a SYN is 0, the first byte of data is 1; where no
SYN was seen, the first position seen counts as 1. Times are integer nanoseconds. None is "not known", never 0.
Story turns this into words and does not reason; so what is not in here can't be said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from whywire.base.records import Call
from whywire.base.ref import Ref
from whywire.connections.nouns import Certainty, Skipped
from whywire.connections.why import Why

__all__ = ["Account", "AckStep", "CallShare", "Cause", "CauseKind", "Certainty", "CloseKind", "Closing",
           "Connection", "End", "Mark", "OpenKind", "Opening", "Pause", "Program", "Reason", "RunFacts", "Segment",
           "Side", "Skipped", "Value", "Vantage", "Wait"]


class Side(StrEnum):
    """An end of a connection. The client is the active opener (see `Connection.roles`)."""

    CLIENT = "client"
    SERVER = "server"

    @property
    def other(self) -> Side:
        """The opposite end."""
        return Side.SERVER if self is Side.CLIENT else Side.CLIENT


class CauseKind(StrEnum):
    """What put a packet on the wire."""

    CALL = "call"
    """A program asked for it; ``ref`` is the call when there is a trace."""
    ANSWERS = "answers"
    """The kernel answered a packet by itself; ``ref`` is that packet."""
    TIMER = "timer"
    """A timer of the kernel ran out (delayed ACK, retransmission, probe, keep-alive)."""
    KERNEL = "kernel"
    """The kernel by itself, for another reason (a window update, an abort of a dead process)."""
    WIRE = "wire"
    """The wire made this copy."""
    UNKNOWN = "unknown"


Value = int | str | bool | None | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement as data: ``why`` selects the sentence, ``params`` fill it (listed in `why.Why`)."""

    why: Why
    params: Mapping[str, Value] = field(default_factory=dict)
    refs: tuple[Ref, ...] = ()
    """The packets and calls that this statement rests on."""
    certainty: Certainty | None = None
    """Of a note, where it differs from that of its packet; None: it shows in the packets themselves."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a packet (or a pause, or an end) is there."""

    kind: CauseKind
    certainty: Certainty
    reason: Reason
    ref: Ref | None = None
    others: tuple[Reason, ...] = ()
    """The other readings that the evidence leaves; empty unless ``certainty`` is LIKELY or kind is UNKNOWN."""
    decides: Reason | None = None
    """What would decide between the readings."""


@dataclass(frozen=True, slots=True)
class AckStep:
    """What an acknowledgment number adds to the last one from the same side: after = before + syn + data + fin."""

    before: int
    after: int
    syn: int
    data: int
    fin: int
    segments: tuple[int, ...]
    """Packet numbers of the peer's segments of which it acknowledges something for the first time, in order."""

    def names(self, packet: int) -> bool:
        """Tell whether ``packet`` is one of the segments."""
        at = bisect_left(self.segments, packet)
        return at < len(self.segments) and self.segments[at] == packet


@dataclass(frozen=True, slots=True)
class CallShare:
    """The part of a sending call's bytes that a segment carries: stream positions ``[start, end)``."""

    call: int
    start: int
    end: int
    first: bool
    """The segment carries the first byte of the call."""
    last: bool
    """The segment carries the last byte of the call."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One TCP packet of a connection."""

    packet: int
    """Its number in the view."""
    sender: Side
    time_ns: int
    """When it was captured; merged view: when it left its sender."""
    arrival_ns: int | None
    lost: bool
    """Merged view only: it never arrived."""
    flags: int
    """packets.table constants."""
    seq: int
    ack: int | None
    """None without ACK flag, or where the other side's numbering is unknown."""
    length: int
    """Payload bytes (on the wire, not only those captured)."""
    raw_seq: int
    raw_ack: int
    window: int
    """Bytes, scaled when ``window_scaled``; else the raw field."""
    window_scaled: bool | None
    """True: the scale of both SYNs was applied (or is 0). False: SYN segments, never scaled. None: not known."""
    mss: int | None
    window_scale: int | None
    sack_permitted: bool
    ts_value: int | None
    ts_echo: int | None
    kinds: tuple[str, ...]
    """The words of spec JSON.md: syn, syn-ack, ack, data, fin, rst, retransmission, ..."""
    cause: Cause
    ack_step: AckStep | None
    """None when it acknowledges nothing new."""
    shares: tuple[CallShare, ...]
    """Which calls' bytes it carries; empty without a trace or without payload."""
    notes: tuple[Reason, ...]
    """Further statements about this packet: a window that shrank, FINs that crossed, padding, a super-segment."""
    rtt_ns: int | None = None
    """Until the first ACK of any of it was seen here; None without one, or where copies make it ambiguous (Karn)."""
    in_flight: int | None = None
    """Bytes of this side that were not acknowledged when it had left, its own included; None without payload."""
    sack: tuple[tuple[int, int], ...] = ()
    """SACK blocks as positions of the peer's stream ``[left, right)``, in their order (RFC 2018)."""
    travelling: bool = False
    """Merged view only: it had not arrived when the recording stopped, and the wire had not dropped it."""

    @property
    def next_seq(self) -> int:
        """The position after it: seq + length + 1 for a SYN + 1 for a FIN."""
        return self.seq + self.length + bool(self.flags & 2) + bool(self.flags & 1)


class OpenKind(StrEnum):
    """How a connection began."""

    HANDSHAKE = "handshake"
    SIMULTANEOUS = "simultaneous"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Opening:
    """The handshake, packet by packet (numbers; None: not seen)."""

    kind: OpenKind
    syn: int | None = None
    """The last SYN before the SYN-ACK."""
    syn_ack: int | None = None
    third: int | None = None
    """The packet that completed it: the first one of the opener that acknowledges the SYN-ACK."""
    syn_to_synack_ns: int | None = None
    synack_to_ack_ns: int | None = None


class CloseKind(StrEnum):
    """How a connection ended, in the words of spec JSON.md."""

    ORDERLY = "orderly"
    SIMULTANEOUS = "simultaneous"
    RESET = "reset"
    FIN_THEN_RESET = "fin-then-reset"
    REFUSED = "refused"
    UNFINISHED = "unfinished"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Mark:
    """A packet and the side that sent it."""

    packet: int
    sender: Side


@dataclass(frozen=True, slots=True)
class Closing:
    """How it ended, and why as far as can be told."""

    kind: CloseKind
    half_close: bool
    first: str | None
    """``client``, ``server``, ``both``, or None."""
    fins: tuple[Mark, ...]
    rsts: tuple[Mark, ...]
    time_wait: str | None
    """``client``, ``server``, ``both``, ``none``, or None."""
    cause_kind: str
    """program, idle-timeout, unread-data, linger-zero, late-data, nobody-listens, queue-full, keep-alive-gave-up,
    peer-gone, unknown (spec JSON.md); mptcp-fast-close, mptcp-subflow-reset (RFC 8684)."""
    others: tuple[str, ...]
    """Other readings, in the same words."""
    cause: Cause | None
    """None: it had not ended when the capture did."""
    packet: int | None
    """The packet that began the end."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the connection was silent long enough to need a reason."""

    after: int
    """The packet before it."""
    before: int
    start_ns: int
    end_ns: int
    cause: Cause

    @property
    def length_ns(self) -> int:
        """How long it was."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Wait:
    """A call that blocked, and what it waited for."""

    call: int
    side: Side
    blocked_ns: int | None
    """None: it still waited when the recording stopped."""
    cause: Cause


@dataclass(frozen=True, slots=True)
class End:
    """What one end of the connection offered and counted."""

    endpoint: str
    host: str | None
    """The lab's host; None for a capture from elsewhere."""
    program: str | None
    isn: int | None
    mss: int | None
    window_scale: int | None
    sack_permitted: bool
    timestamps: bool
    bytes: int | None
    """Stream bytes seen from this side, each counted once. None: it spoke, and nothing of it was captured."""
    data_segments: int | None
    state: str
    """RFC 9293 state at the end of the capture, as far as the packets show it; ``unknown`` after an unseen start."""


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where the capture was taken, seen from this connection."""

    place: str
    """client, server, between, one host (both ends on the same machine: loopback), both (merged view), unknown."""
    certainty: Certainty
    reason: Reason


@dataclass(frozen=True, slots=True)
class Connection:
    """One TCP connection, both directions, with the calls that belong to it."""

    number: int
    client: End
    server: End
    roles: str
    """handshake, simultaneous, assumed."""
    first_packet: int
    last_packet: int
    packets: int
    opening: Opening
    closing: Closing
    history: str
    """Zeek's letters; see connections.history."""
    segment_size: int | None
    """Most payload bytes a full segment carries here: MSS less the options of every segment. None: no SYN seen."""
    scaling: bool | None
    """Window scaling in use; None: the SYNs were not both seen."""
    vantage: Vantage
    segments: tuple[Segment, ...]
    pauses: tuple[Pause, ...]
    waits: tuple[Wait, ...]
    calls: tuple[Call, ...]
    """Calls on this connection's sockets, and the sleeps and exits of the same programs in its time; by start."""
    beliefs: tuple[Reason, ...] = ()
    """Misreadings that learners are known to have, only those that apply here (Why.BELIEF_*)."""

    def end(self, side: Side) -> End:
        """Return the end on ``side``."""
        return self.client if side is Side.CLIENT else self.server


@dataclass(frozen=True, slots=True)
class Program:
    """What a run's host ran."""

    host: str
    address: str
    command: str
    name: str
    exit_code: int | None
    """None with no signal: it was still running when the recording stopped, or was never ``started``."""
    signal: int | None
    output: str
    """Standard output and error, as they came."""
    started: bool = True


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run folder says beside packets and calls. None for a file from elsewhere."""

    name: str
    title: str
    programs: tuple[Program, ...]
    delay_ns: int | None
    """One way."""
    rate_bits: int | None
    ended: str
    """Why the recording stopped: ``closed``, ``quiet``, ``timeout``, ``interrupted``, ``failed``."""
    tier: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Everything this room knows of one capture: what story tells."""

    name: str
    view: str
    packets: int
    tcp_packets: int
    skipped: tuple[Skipped, ...]
    problems: tuple[str, ...]
    connections: tuple[Connection, ...]
    run: RunFacts | None
    first_ns: int | None
    last_ns: int | None
    other_calls: tuple[Call, ...] = ()
    """Calls of the trace that belong to no connection (a listen, a bind that failed, a connect that made no packet)."""
    others: int = 0
    """Connections of the capture that ``connections`` leaves out."""
