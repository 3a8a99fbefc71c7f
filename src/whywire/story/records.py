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

__all__ = ["Account", "Call", "Cause", "Certainty", "Closing", "Connection", "End", "Finding",
           "Pause", "Program", "Reason",
           "RunFacts", "Segment", "Side", "Wait"]
