"""ACKs that repeat the last one while data is outstanding."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP108", name="duplicate-ack", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The receiver repeats its ACK",
    says="The {side} repeats ACK {ack}: something arrived that is not the next byte it waits for.",
    means="A segment behind a gap is acknowledged at once with the number of the first missing byte. The sender "
          "counts these.",
    matters="One or two mean reordering; from the third on the sender takes the segment as lost and sends it again.",
    do="Nothing by itself; look at the retransmission that follows, if one does.",
    spec="RFC 5681 section 2 and 3.2", fires_on="traps/07_fast_retx_long_rtt.pcap",
    silent_on="traps/19_dupack_idle.pcap",
    counted_by="duplicate-ack",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind: it needs data outstanding."""
    for segment in seen.of_kind("duplicate-ack"):
        yield hit(segment, side=segment.sender, ack=segment.ack)
