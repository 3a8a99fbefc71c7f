"""What a rule says of itself, and what it yields. A rule is one small file that declares `RULE` and a ``check``.

    RULE = Rule(code="TCP104", name="zero-window", level=Level.WARNING, ...)

    def check(seen: Seen) -> Iterator[Hit]:
        for segment in seen.of_kind("zero-window"):
            yield hit(segment, side=segment.sender)

What ``check`` is given depends on ``looks_at``: `Seen` (a connection), `Account` (the whole capture), `Capture` (the
packet table, and the bytes of the file) or `Talk` (requests and responses).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

from whywire.base.ref import Ref
from whywire.base.ref import call as call_ref
from whywire.base.ref import packet as packet_ref
from whywire.connections.nouns import Certainty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.base.records import Call
    from whywire.connections.model import Segment, Value


class Level(IntEnum):
    """How much it asks for attention. Most things a capture shows are ordinary: info or note."""

    INFO = 0
    """Worth knowing; TCP does this every day."""
    NOTE = 1
    """Costs time or hides something; often intended."""
    WARNING = 2
    """Something was lost, stood still, or did not come about."""
    ERROR = 3
    """A program could not do what it was there for."""

    @property
    def word(self) -> str:
        """As it is written: ``info``, ``note``, ``warning``, ``error``."""
        return self.name.lower()


class LooksAt(StrEnum):
    """What a rule's ``check`` is given."""

    CONNECTION = "each connection"
    CALLS = "each connection with a call trace"
    """As CONNECTION, but only where a program of it was traced."""
    ACCOUNT = "the whole capture"
    CAPTURE = "the packets as they were captured"
    EXCHANGES = "requests and responses"


class Repeat(StrEnum):
    """How often a rule may speak."""

    EACH = "every time"
    CONNECTION = "once a connection, with a count"
    CAPTURE = "once a capture, with a count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule's declaration. Texts are whole sentences; their tone is held by a test."""

    code: str
    """TCPnnn, CALLnnn, HTTPnnn or CAPnnn; never used again for anything else (`retired`)."""
    name: str
    """What is *seen*, in a few words with hyphens."""
    level: Level
    certainty: Certainty
    """Of a finding that says nothing else."""
    title: str
    says: str
    """The sentence of a finding, a template (`say`)."""
    means: str
    matters: str
    do: str
    spec: str
    """Where the rule of TCP (or of the interface) is written down."""
    looks_at: LooksAt = LooksAt.CONNECTION
    repeat: Repeat = Repeat.CONNECTION
    fires_on: str = ""
    """A file below tests/captures on which it fires; empty: its own ladder, <code>/fires.ladder."""
    silent_on: str = ""
    """A near miss on which it is silent; empty: <code>/silent.ladder."""
    counted_by: str = ""
    """What alone makes it fire, every time: how a connection went (``opening refused``, ``closing simultaneous``), or
    the kinds that a packet has and (``-``) has not, with ``or`` between alternatives of which none is another's:
    ``duplicate-ack``, ``zero-window -zero-window-probe-ack``. A summary counts it without laying out connections."""
    since: str = "0.1.0"


class Hit(NamedTuple):
    """What a rule yields: where, what fills its sentence, and what that rests on."""

    packet: int | None
    values: Mapping[str, Value]
    because: tuple[Ref, ...]
    certainty: Certainty | None
    connection: int | None
    """For rules that look at the whole capture: the connection it is about, if it is about one."""


def hit(
    at: Segment | int | None, *because: Segment | Call | Ref | None, certainty: Certainty | None = None,
    connection: int | None = None, **values: Value,
) -> Hit:
    """Return a `Hit` at a segment (or packet number). ``because`` may name segments and calls themselves."""
    packet = at if at is None or isinstance(at, int) else at.packet
    refs = (_ref(each) for each in because if each is not None)
    return Hit(packet, values, tuple(dict.fromkeys(refs)), certainty, connection)


def when(condition: bool) -> str | None:
    """Return the value of a ``[...{name}]`` that is only said where ``condition`` holds: nothing, or not known."""
    return "" if condition else None


def _ref(what: Segment | Call | Ref) -> Ref:
    from whywire.connections.model import Segment  # here, for a summary has none

    if isinstance(what, Ref):
        return what
    return packet_ref(what.packet) if isinstance(what, Segment) else call_ref(what.number)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired, as spec JSON.md has it. Plain data: it can be written down and read elsewhere."""

    code: str
    name: str
    level: Level
    certainty: Certainty
    connection: int | None
    """None: it is about the capture as a whole."""
    packet: int | None
    because: tuple[Ref, ...]
    text: str
    params: Mapping[str, Value]
    count: int
    """How often it was seen, where the rule speaks only once (`Repeat`)."""
