"""The document tree: what leaves the story room. Papers print it; none of them needs to look anything up.

Frozen nodes. Each carries words and, beside them, the record they speak of, so that a paper that wants facts
(JSON, a ladder) takes them from here and can't disagree with one that wants words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from whywire.base.records import Call
from whywire.connections.model import Account, Connection, Pause, Reason, Segment, Side, Wait
from whywire.story.nodes import Facts, Heading, Hint, Item, Note, Output, Paragraph, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges
    from whywire.findings.rule import Finding
    from whywire.story.detail import Detail

__all__ = ["CallRow", "Facts", "Fold", "Gap", "Heading", "Hint", "Item", "Node", "Note", "Output", "PacketRow",
           "Paragraph", "Row", "Statement", "Story", "Table", "Timeline"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One reason in words, with how sure it is and, where others are possible, the other readings."""

    text: str
    certainty: str | None
    """known, inferred, likely, artefact, or unknown where nothing decides. None: a note that shows in the packets
    themselves."""
    reason: Reason | None = None
    others: tuple[str, ...] = ()
    """The other readings, each a sentence. Never empty in words where ``certainty`` is likely."""
    decides: str = ""
    """What would decide between them; empty when nothing is to be decided."""


@dataclass(frozen=True, slots=True)
class PacketRow:
    """One packet on the time line."""

    segment: Segment
    time_ns: int
    """Since the time line's start; merged view: when it left its sender."""
    arrival_ns: int | None
    what: str
    """Its name in the lane: ``SYN ACK``, ``13 bytes 1..13``."""
    numbers: str
    """The bookkeeping: ``ack 14 = 1 + 13.``"""
    why: Statement
    notes: tuple[Statement, ...]

    @property
    def side(self) -> Side:
        """Who sent it."""
        return self.segment.sender


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call of a program, where it took effect: a send or close when it began, a recv when it returned."""

    call: Call
    side: Side
    time_ns: int
    what: str
    """``recv(1024) = 13 bytes``."""
    place: str
    """``server.py:18``; empty when not known."""
    source: str
    wait: Wait | None
    text: str
    """What it waited for; empty when it did not wait."""
    certainty: str | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows of one kind told as one; ``rows`` holds them all."""

    rows: tuple[PacketRow | CallRow, ...]
    side: Side | None
    """None: both sides take part."""
    packets: tuple[int, int]
    """First and last packet number."""
    time_ns: int
    what: str
    text: str
    why: Statement
    notes: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Time in which nothing moved, compressed, with its reason."""

    pause: Pause
    length: str
    why: Statement


Row: TypeAlias = PacketRow | CallRow | Fold | Gap


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture: two life lines, packets and calls between them."""

    connection: Connection
    left: str
    right: str
    unit: str
    """``ms`` or ``s``."""
    digits: int
    """Decimals of the time column."""
    merged: bool
    """Times are those of leaving the sender, and arrivals are known."""
    unmarked: str
    """The certainty of every reason without a mark."""
    legend: str
    rows: tuple[Row, ...]


Node: TypeAlias = Heading | Paragraph | Note | Hint | Facts | Table | Output | Timeline


@dataclass(frozen=True, slots=True)
class Story:
    """The whole document, and the account it was told from."""

    account: Account
    nodes: tuple[Node, ...]
    connections: tuple[Connection, ...]
    """Those that are told: all of them, or the one that was asked for."""
    unmarked: str = ""
    """The certainty of every statement without a mark; a legend in the story says so."""
    packet: int | None = None
    """The packet that the page is about; None: the whole story."""
    findings: tuple[Finding, ...] | None = None
    """What the rules point out, in packet order; None: they were not asked."""
    exchanges: Exchanges | None = None
    """Requests, responses, and how connections belong together; None: it was not asked for."""
    calls: Mapping[int, Call] | None = None
    """The calls of the account by number."""
    detail: Detail | None = None
    """Packets one by one with their bytes, source files and rules, for papers that show them; None: not asked for."""
