"""A segment sent again before its ACK had come."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP101", name="retransmission", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A segment was sent again before its ACK had come",
    says="The {side} sent {what} again[ {after_ns} after the copy before]: no ACK for it had come by then.",
    means="Either the segment was lost or its ACK was. The sender keeps a timer for the oldest unacknowledged segment; "
          "when it runs out, the segment is sent again and the timer doubled. After a loss it also sends again what "
          "ACKs ask for, and the last segment to probe for a loss (RFC 8985). The packet's own reason says which.",
    matters="A time-out stands still for at least the timer: 200 ms with Linux, a second by the standard. The "
            "congestion window then begins again at one segment.",
    do="One now and then is ordinary. A share above a percent or so is worth a look at the link; a capture at the "
       "other end shows which direction loses packets.",
    spec="RFC 9293 3.8.1, RFC 6298 section 5", fires_on="traps/01_one_byte_retx.pcap",
    silent_on="traps/04_any_duplicates.pcap",
    counted_by="data retransmission -fast-retransmission -spurious-retransmission -syn -syn-ack",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Sent again, not after duplicate ACKs, not needlessly, no SYN and no bare FIN (these have their own rules)."""
    others = {"fast-retransmission", "spurious-retransmission", "syn", "syn-ack"}
    for segment in seen.of_kind("retransmission"):
        if segment.length and not others & set(segment.kinds):
            after = segment.cause.reason.params.get("after_ns")
            yield hit(segment, *segment.cause.reason.refs, side=segment.sender, after_ns=after,
                      what="one byte" if segment.length == 1 else f"{segment.length:,} bytes")
