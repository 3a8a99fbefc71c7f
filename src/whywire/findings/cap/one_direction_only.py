"""Only one direction was captured."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Repeat, Rule, hit
from whywire.findings.seen import Seen
from whywire.packets import table as t

RULE = Rule(
    code="CAP006", name="one-direction-only", level=Level.NOTE, certainty=Certainty.ARTEFACT, repeat=Repeat.CAPTURE,
    title="Only one direction of the connection was captured",
    says="The capture holds only the {side}'s packets of this connection ({packets}); its ACKs show that the {other} "
         "sent too.",
    means="The two directions take different ways (asymmetric routing, one leg of a tap), or a capture filter names "
          "one direction.",
    matters="Nothing can be said about the other side's packets, round trips, or whether its windows were respected.",
    do="Capture at one of the two hosts, with a filter for the host or port, not for src or dst alone.",
    spec="of the capture", fires_on="traps/26_oneway.pcap", silent_on="traps/05_no_handshake.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """One sender, at least three packets, with ACK set in some: an ACK needs something to acknowledge."""
    c = seen.connection
    senders = {segment.sender for segment in c.segments}
    if len(senders) == 1 and len(c.segments) >= 3 and any(s.flags & t.ACK for s in c.segments):
        side = c.segments[0].sender
        yield hit(c.first_packet, side=side, other=side.other, packets=len(c.segments))
