"""Bytes sent again that had been acknowledged."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP103", name="spurious-retransmission", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="Acknowledged bytes were sent again",
    says="The {side} sent {bytes} again although an ACK for them had already passed here[ in {ack_packet}].",
    means="The ACK was lost or late behind the capture point, or the sender's timer is shorter than the round trip.",
    matters="Nothing is missing at the receiver; the copy costs its bytes, and the sender slows down without need.",
    do="If it is frequent, look for a way that loses or delays ACKs (an asymmetric or overfull uplink).",
    spec="RFC 6298 section 5, RFC 2883", silent_on="traps/01_one_byte_retx.pcap",
    counted_by="spurious-retransmission",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind; ``acked_by`` of its cause is the ACK."""
    for segment in seen.of_kind("spurious-retransmission"):
        ack = segment.cause.reason.params.get("acked_by")
        yield hit(segment, seen.packet(ack if isinstance(ack, int) else None), side=segment.sender,
                  bytes=segment.length, ack_packet=ack)
