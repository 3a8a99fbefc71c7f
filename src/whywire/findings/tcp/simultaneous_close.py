"""FINs that crossed."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, CloseKind
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP202", name="simultaneous-close", level=Level.INFO, certainty=Certainty.INFERRED,
    title="Both sides closed at the same time",
    says="The FINs crossed ({one_packet} and {other_packet}): neither acknowledges the other, so both sides keep "
         "TIME-WAIT.",
    means="Each side closed before it had seen the other's FIN.",
    matters="Nothing is lost. Both ports stay in TIME-WAIT, the server's as well.",
    do="Nothing. If the server must restart at once on the same port, it needs SO_REUSEADDR.",
    spec="RFC 9293 3.6, figure 13", fires_on="founding/b-crossover.pcapng", silent_on="founding/a-v1.pcapng",
    counted_by="closing simultaneous",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The connection's own verdict."""
    closing = seen.connection.closing
    if closing.kind is CloseKind.SIMULTANEOUS and len(closing.fins) == 2:
        one, other = (seen.packet(mark.packet) for mark in closing.fins)
        if one and other:
            yield hit(other, one, other, one_packet=one.packet, other_packet=other.packet)
