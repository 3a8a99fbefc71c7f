"""An ACK that the delayed-ACK timer sent."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP112", name="delayed-ack", level=Level.INFO, certainty=Certainty.INFERRED,
    title="An ACK was held back until a timer ran out",
    says="The {side}'s kernel acknowledged {data_packet} only after {delay_ns}, when no data came up to send it along "
         "with[; a longer way than the handshake shows would look the same{maybe}].",
    means="A kernel may wait a moment with an ACK (up to 500 ms; 40 to 200 ms on Linux), because the program's answer "
          "could carry it, and because one ACK for two segments is enough.",
    matters="Nothing, unless the sender waits for it: see TCP110.",
    do="Nothing.",
    spec="RFC 9293 3.8.6.3, RFC 5681 4.2", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The cause of a pure ACK."""
    for segment in seen.caused(Why.ACK_DELAYED):
        params = segment.cause.reason.params
        yield hit(segment, *segment.cause.reason.refs, certainty=segment.cause.certainty, side=segment.sender,
                  data_packet=params["packet"], delay_ns=params["delay_ns"],
                  maybe=when(segment.cause.certainty is Certainty.LIKELY))
