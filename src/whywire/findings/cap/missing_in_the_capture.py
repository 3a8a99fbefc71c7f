"""Bytes that the capture never holds."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CAP003", name="missing-in-the-capture", level=Level.NOTE, certainty=Certainty.ARTEFACT,
    title="Bytes are missing in the capture",
    says="{bytes} of the {side} before {packet} are not in the capture, and were not sent again within it either.",
    means="The sequence numbers jump. The packets passed another way, or the capturing program was too slow and "
          "dropped them (tcpdump counts them as `dropped by kernel` at its end).",
    matters="What was in them can't be explained, and what follows from them is seen without its cause.",
    do="Capture with a larger buffer (`tcpdump -B 16384`) and a filter, on an interface that sees both directions.",
    spec="of the capture", fires_on="wild/pcpp__unidirectional_tcp_stream_with_missing_packet.pcap",
    silent_on="traps/07_fast_retx_long_rtt.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A jump in the numbers that nothing fills later."""
    jumps = seen.noted(Why.LOST_BEFORE)
    filled = seen.filled_later([segment for segment, _ in jumps])
    for segment, note in jumps:
        missing = note.params.get("bytes")
        if isinstance(missing, int) and missing > 0 and segment.packet not in filled:
            yield hit(segment, side=segment.sender, packet=segment.packet, bytes=missing)
