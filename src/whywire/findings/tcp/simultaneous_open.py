"""Two SYNs that crossed."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP005", name="simultaneous-open", level=Level.INFO, certainty=Certainty.INFERRED,
    title="Both sides opened the connection at the same time",
    says="The SYNs crossed (packet {one} and packet {other}): both sides opened, and it is one connection.",
    means="Each side called connect() to the other's port before it had seen the other's SYN. TCP makes one "
          "connection of the two attempts; nobody listened and nobody accepted.",
    matters="Rare by accident; it is how two programs behind address translators reach each other (hole punching).",
    do="Nothing, if it is meant. Client and server are only names here: both are openers.",
    spec="RFC 9293 3.5, figure 7", fires_on="traps/10_simul_open.pcap", silent_on="traps/29_syn_retx_then_ok.pcap",
    counted_by="opening simultaneous",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker saw a SYN from each side."""
    syns = {segment.sender: segment for segment in reversed(seen.of_kind("syn"))}
    if seen.connection.opening.kind is OpenKind.SIMULTANEOUS and len(syns) == 2:
        one, other = sorted(syns.values(), key=lambda segment: segment.packet)
        yield hit(other, one, one=one.packet, other=other.packet)
