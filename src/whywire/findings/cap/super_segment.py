"""Segments larger than any on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Repeat, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="CAP002", name="super-segment", level=Level.INFO, certainty=Certainty.ARTEFACT, repeat=Repeat.CAPTURE,
    title="The capture holds segments larger than the MSS",
    says="{packet} of the {side} shows {bytes} in one segment[, more than the {size_bytes} that fit on the wire here].",
    means="Network cards cut large segments into small ones (TSO), or join small ones (GRO, LRO), outside of what a "
          "capture on that host sees.",
    matters="Packet counts and sizes are those of the host, not of the wire; an ACK may acknowledge a part of such a "
            "segment.",
    do="Nothing. To see the wire's packets, capture elsewhere, or switch it off: `ethtool -K eth0 tso off gso off gro "
       "off lro off`.",
    spec="of the capture; RFC 9293 3.7.1 for the MSS", fires_on="traps/03_gro_superseg.pcap",
    silent_on="traps/01_one_byte_retx.pcap",
    counted_by="super-segment",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind."""
    for segment in seen.of_kind("super-segment"):
        yield hit(segment, side=segment.sender, packet=segment.packet, bytes=segment.length,
                  size_bytes=seen.connection.segment_size)
