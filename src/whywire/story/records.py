"""The records that a story's nodes speak of, for the papers: report imports story and nothing behind it."""

from __future__ import annotations

from whywire.base.records import Call
from whywire.connections.model import (
    Account,
    Cause,
    Certainty,
    Closing,
    Connection,
    End,
    Pause,
    Program,
    Reason,
    RunFacts,
    Segment,
    Side,
    Wait,
)
from whywire.findings.rule import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:  # for annotations; a story without requests does not load their room
    from whywire.exchanges.model import ConnectionUse, Exchange, Exchanges, Gap, Link, Message
    from whywire.findings.rule import Rule
    from whywire.packets.fields import Layer

__all__ = ["Account", "Call", "Cause", "Certainty", "Closing", "Connection", "ConnectionUse", "End", "Exchange",
           "Exchanges", "Finding", "Gap", "Layer", "Link", "Message", "Pause", "Program", "Reason", "Rule", "RunFacts",
           "Segment", "Side", "Wait"]
