"""A probe of a closed window."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP106", name="zero-window-probe", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The sender asks whether the window has opened",
    says="The {side} probes the {other}'s closed window[ {after_ns} after it closed].",
    means="A window update carries no data and would not be sent again if it were lost. So the sender asks on a timer "
          "that doubles, with one byte or, on Linux, with none and an old sequence number.",
    matters="It shows how long the receiver has not read. Probing goes on as long as the receiver answers.",
    do="See TCP104: what counts is the program that does not read.",
    spec="RFC 9293 3.8.6.1", fires_on="traps/23_lin_zwp.pcap", silent_on="traps/20_keepalive.pcap",
    counted_by="zero-window-probe",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind."""
    for segment in seen.of_kind("zero-window-probe"):
        yield hit(segment, *segment.cause.reason.refs, side=segment.sender, other=segment.sender.other,
                  after_ns=segment.cause.reason.params.get("after_ns"))
