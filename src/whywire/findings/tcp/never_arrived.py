"""A packet of a run that left and did not arrive."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP120", name="never-arrived", level=Level.NOTE, certainty=Certainty.KNOWN,
    title="A packet left its sender and never arrived",
    says="This packet of the {side} left and never reached the {other}; no rule of the wire dropped it.",
    means="The sender's capture has it, the receiver's has not. The recording may have ended before it arrived, or a "
          "queue on the way was full.",
    matters="TCP repairs it as any loss, unless it was the last packet.",
    do="At the end of a run: nothing. In its midst: look for an overflow (a rate or queue limit of the link).",
    spec="both captures of the run", silent_on="traps/01_one_byte_retx.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Seen at one end only."""
    for segment, _ in seen.noted(Why.NOT_ARRIVED):
        yield hit(segment, side=segment.sender, other=segment.sender.other)
