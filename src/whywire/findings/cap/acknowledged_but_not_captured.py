"""ACKs of bytes that were not captured."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CAP004", name="acknowledged-but-not-captured", level=Level.NOTE, certainty=Certainty.ARTEFACT,
    title="An ACK covers bytes that the capture does not hold",
    says="{packet} of the {side} acknowledges {bytes} that are not in the capture: they were sent, and arrived.",
    means="The receiver had them, so nothing was lost in the network; the capture missed them.",
    matters="What was in these packets can't be explained.",
    do="Capture with a larger buffer, and where both directions pass.",
    spec="of the capture", silent_on="traps/03_gro_superseg.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The note counts the bytes."""
    for segment, note in seen.noted(Why.ACKED_UNSEEN):
        missing = note.params.get("bytes")
        if isinstance(missing, int) and missing > 0:
            yield hit(segment, side=segment.sender, packet=segment.packet, bytes=missing)
