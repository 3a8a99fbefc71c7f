"""A segment that was overtaken."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP107", name="out-of-order", level=Level.INFO, certainty=Certainty.INFERRED,
    title="Segments came in another order than they were sent",
    says="{bytes} of the {side} passed here behind later ones: they were overtaken on the way.",
    means="Packets of one connection took different ways or queues. The receiver holds what came early and puts the "
          "bytes in order.",
    matters="Nothing, if they are few places apart. Three places and more look like a loss to the sender and make it "
            "slow down.",
    do="Nothing. If it is frequent, look for load balancing by packet instead of by connection.",
    spec="RFC 9293 3.10.7.4, RFC 5681 3.2", silent_on="traps/07_fast_retx_long_rtt.pcap",
    counted_by="out-of-order",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind."""
    for segment in seen.of_kind("out-of-order"):
        yield hit(segment, side=segment.sender, bytes=segment.length)
