"""The lab's wire dropped a packet on purpose."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP119", name="dropped-on-purpose", level=Level.INFO, certainty=Certainty.KNOWN,
    title="The lab's wire dropped this packet",
    says="The wire dropped this packet of the {side} on purpose[ (rule: {rule})].",
    means="The lab scripted a loss; what follows shows how TCP repairs it.",
    matters="It is the experiment.",
    do="Nothing.",
    spec="the lab's wire log (wire.jsonl)", silent_on="traps/01_one_byte_retx.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The wire log says so."""
    for segment, note in seen.noted(Why.WIRE_DROPPED):
        yield hit(segment, side=segment.sender, rule=note.params.get("rule") or None)
