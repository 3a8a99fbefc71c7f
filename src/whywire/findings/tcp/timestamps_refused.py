"""One side offered timestamps, the other did not."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP010", name="timestamps-refused", level=Level.INFO, certainty=Certainty.INFERRED,
    title="Only one side offered timestamps",
    says="The {side} did not take up timestamps, so round trips are measured on fewer segments and a segment has room "
         "for 12 bytes more.",
    means="The timestamps option gives every segment a clock value that its ACK returns. It is in use only if both "
          "SYNs have it. Windows has it off by default.",
    matters="Little: 12 bytes a segment are saved; protection against old segments on very fast lines (PAWS) is "
            "missing.",
    do="Nothing.",
    spec="RFC 7323 section 3 and 5", fires_on="founding/c-v1.pcap", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A TSval in the SYN, none in the SYN-ACK."""
    syn, answer = seen.packet(seen.connection.opening.syn), seen.packet(seen.connection.opening.syn_ack)
    if syn and answer and syn.ts_value is not None and answer.ts_value is None:
        yield hit(answer, syn, side=answer.sender)
