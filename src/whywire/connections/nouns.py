"""Those nouns of `model` that a summary says too; it needs none of the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How sure a statement is. Part of every statement, never mixed."""

    KNOWN = "known"
    """The call trace or the wire log shows it."""
    INFERRED = "inferred"
    """The packets and the rules of TCP leave no other reading."""
    LIKELY = "likely"
    """There are other readings; they are named."""
    ARTEFACT = "artefact"
    """Of the capture, not of the network."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Packets that are not explained, named and counted."""

    reason: str
    packets: int
