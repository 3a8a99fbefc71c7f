"""A segment sent again after duplicate ACKs."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP102", name="fast-retransmission", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A segment was sent again after duplicate ACKs",
    says="The {side} sent {bytes} again because repeated ACKs showed a gap, without waiting for its timer.",
    means="Each segment that arrives behind a gap makes the receiver repeat its last ACK. The third repetition is "
          "taken as a loss.",
    matters="One segment was lost and repaired within about a round trip. The congestion window is halved.",
    do="Nothing, while it is rare: this is how TCP finds out how much a path carries.",
    spec="RFC 5681 3.2", fires_on="traps/07_fast_retx_long_rtt.pcap", silent_on="traps/01_one_byte_retx.pcap",
    counted_by="fast-retransmission",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind."""
    for segment in seen.of_kind("fast-retransmission"):
        repeats = [s for s in seen.of_kind("duplicate-ack") if s.ack == segment.seq and s.packet < segment.packet]
        yield hit(segment, *repeats[:3], side=segment.sender, bytes=segment.length)
