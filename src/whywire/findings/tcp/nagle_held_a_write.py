"""A write that Nagle's rule held back."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP111", name="nagle-held-a-write", level=Level.INFO, certainty=Certainty.INFERRED,
    looks_at=LooksAt.CALLS, title="Nagle's rule held a small write back",
    says="{bytes} that the {side}'s program had written waited {held_ns} for the ACK of {small_packet}.",
    means="While a segment shorter than the segment size is unacknowledged, Linux holds further short ones back and "
          "joins what is written meanwhile into one segment.",
    matters="It spares the network tiny packets and costs up to a round trip: several sends may arrive as one segment.",
    do="Nothing in most programs. If each small message must leave at once, set TCP_NODELAY.",
    spec="RFC 9293 3.7.4, RFC 896; Linux tcp_nagle_check", silent_on="TCP110/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The trace shows when the bytes were written; where the ACK was delayed as well, TCP110 speaks."""
    for segment, note in seen.noted(Why.HELD_NAGLE):
        ack = seen.packet(int(str(note.params["released"])))
        if ack and ack.cause.reason.why is not Why.ACK_DELAYED:
            yield hit(segment, ack, *note.refs, side=segment.sender, bytes=segment.length,
                      held_ns=note.params["held_ns"], small_packet=note.params["unacked"])
