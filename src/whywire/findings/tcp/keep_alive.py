"""A keep-alive probe."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP109", name="keep-alive", level=Level.INFO, certainty=Certainty.INFERRED,
    title="A side asks whether the other is still there",
    says="After {idle_ns} of silence the {side}'s kernel sent a keep-alive probe[, which {answer_packet} answers].",
    means="With SO_KEEPALIVE the kernel of an idle connection sends a segment one below the next number; a living "
          "peer answers with an ACK.",
    matters="It finds dead peers and keeps the state of firewalls and address translators on the way alive.",
    do="Nothing. By default it begins after two hours; TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT set it for a "
       "socket.",
    spec="RFC 9293 3.8.4", fires_on="traps/20_keepalive.pcap", silent_on="traps/23_lin_zwp.pcap",
    counted_by="keep-alive",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker's kind, with the answer if one came."""
    answers = seen.of_kind("keep-alive-ack")
    for probe in seen.of_kind("keep-alive"):
        answer = next((s for s in answers if s.packet > probe.packet and s.sender is not probe.sender), None)
        idle = probe.cause.reason.params.get("idle_ns")
        yield hit(probe, answer, side=probe.sender, idle_ns=idle or 0, answer_packet=answer.packet if answer else None)
