"""ECE in an established connection: a router marked packets."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen
from whywire.packets import table as t

RULE = Rule(
    code="TCP013", name="congestion-echoed", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="The receiver reports congestion marks",
    says="The {side}'s packets carry ECE: a router on the way to it marked data as having met congestion.",
    means="Where both sides agreed on ECN, a receiver sets ECE in its ACKs after a packet came with a congestion "
          "mark, until the sender confirms with CWR that it has slowed down.",
    matters="The sender halves its congestion window as it would after a loss, without having to send anything again.",
    do="Nothing; it is the milder form of loss. If it is frequent, some link on the way is full.",
    spec="RFC 3168 6.1.3", silent_on="TCP012/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """ECE outside of SYNs, where the SYNs agreed on ECN as RFC 3168 has it."""
    syn, answer = seen.packet(seen.connection.opening.syn), seen.packet(seen.connection.opening.syn_ack)
    both = t.ECE | t.CWR
    if syn and answer and syn.flags & both == both and answer.flags & both == t.ECE:
        for segment in seen.connection.segments:
            if segment.flags & t.ECE and not segment.flags & (t.SYN | t.RST):
                yield hit(segment, answer, side=segment.sender)
