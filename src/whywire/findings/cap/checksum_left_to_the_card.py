"""Checksums that the network card was still to fill in."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.bytes import checksums
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit
from whywire.packets.table import Capture

RULE = Rule(
    code="CAP008", name="checksum-left-to-the-card", level=Level.INFO, certainty=Certainty.ARTEFACT,
    looks_at=LooksAt.CAPTURE, title="TCP checksums are not filled in yet",
    says="The TCP checksum of {packet} holds only the sum of its pseudo-header: its kernel left the rest to the "
         "network card, which comes after the capture (on loopback there is none, and nobody misses it).",
    means="With checksum offload the kernel leaves the work to the card. A capture on the sending host sees the "
          "packet before that; loopback never fills it in.",
    matters="Nothing: on the wire it was right. It also shows that the capture was taken at the sender of these "
            "packets.",
    do="Nothing. `ethtool -K eth0 tx off` fills checksums in early, if a tool stumbles over it.",
    spec="RFC 9293 3.1 (checksum); Linux CHECKSUM_PARTIAL", repeat=Repeat.CAPTURE, fires_on="traps/real_any_lo.pcap",
    silent_on="traps/03_gro_superseg.pcap",
)


def check(capture: Capture) -> Iterator[Hit]:
    """Of the packets whose bytes are all there."""
    for row, state in checksums(capture):
        if state == "offload":
            yield hit(row + 1, packet=row + 1)
