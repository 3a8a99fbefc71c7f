"""A segment with the urgent flag."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen
from whywire.packets import table as t

RULE = Rule(
    code="TCP115", name="urgent-data", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A segment is marked urgent",
    says="The {side} set the urgent flag in a segment of {bytes}.",
    means="The program sent with MSG_OOB. TCP has no second channel: the urgent pointer only marks a position in the "
          "stream.",
    matters="Systems disagree about which byte it means, many pass only the last such byte on, and middleboxes clear "
            "the flag.",
    do="New programs should not use it; a second connection, or a message type of the own protocol, does the same "
       "safely.",
    spec="RFC 9293 3.8.5, RFC 6093", silent_on="traps/20_keepalive.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """URG set, outside of SYN and RST."""
    for segment in seen.connection.segments:
        if segment.flags & t.URG and not segment.flags & (t.SYN | t.RST) and "captured-twice" not in segment.kinds:
            yield hit(segment, side=segment.sender, bytes=segment.length)
