"""Packets that the capture holds twice."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Repeat, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="CAP001", name="captured-twice", level=Level.NOTE, certainty=Certainty.ARTEFACT, repeat=Repeat.CAPTURE,
    title="The capture holds packets twice",
    says="{packet} of the {side} is the packet before it once more: the same IP id and the same bytes, {apart_ns} "
         "later.",
    means="The packet crossed two interfaces that were both captured (a bridge, a tunnel, a tap and the host), or a "
          "mirror port copies both directions of a switch port.",
    matters="Nothing in the network. Tools that do not notice count retransmissions and duplicate ACKs that never "
            "were.",
    do="Capture on one interface. whywire leaves the copies out of its counts.",
    spec="of the capture, not of TCP", fires_on="traps/04_any_duplicates.pcap",
    silent_on="traps/01_one_byte_retx.pcap",
    counted_by="captured-twice",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind."""
    for segment in seen.of_kind("captured-twice"):
        refs = [seen.packet(ref.number) for ref in segment.cause.reason.refs if ref.kind == "p"]
        first = refs[0] if refs else None
        yield hit(segment, first, side=segment.sender, packet=segment.packet,
                  apart_ns=segment.time_ns - first.time_ns if first else 0)
