"""A TCP checksum that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.bytes import checksums
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit
from whywire.packets.table import Capture

RULE = Rule(
    code="CAP009", name="wrong-checksum", level=Level.WARNING, certainty=Certainty.LIKELY,
    looks_at=LooksAt.CAPTURE, title="A TCP checksum does not fit its segment",
    says="The TCP checksum of {packet} does not fit its bytes: likely they were changed on the way, or the file was "
         "edited, or its sender's card had not finished it.",
    means="The checksum covers the segment and its addresses. A receiver throws a segment away whose checksum does "
          "not fit.",
    matters="If it was wrong on the wire, the receiver treats it as lost. Anonymised captures often have wrong "
            "checksums throughout.",
    do="Compare with the retransmission that follows, if one does. With none, the receiver took the packet, and the "
       "file is what differs.",
    spec="RFC 9293 3.1", repeat=Repeat.CAPTURE, fires_on="CAP009/fires.pcap",
    silent_on="traps/03_gro_superseg.pcap",
)


def check(capture: Capture) -> Iterator[Hit]:
    """Of the packets whose bytes are all there."""
    for row, state in checksums(capture):
        if state == "wrong":
            yield hit(row + 1, packet=row + 1)
