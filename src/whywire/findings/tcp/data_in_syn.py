"""A SYN that carries payload."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP006", name="data-in-syn", level=Level.INFO, certainty=Certainty.INFERRED,
    title="A SYN carries data",
    says="The {side}'s SYN carries {bytes} of data.",
    means="TCP allows payload in a SYN; a receiver holds it back until the handshake is complete, unless both ends "
          "use TCP Fast Open, where a cookie from an earlier connection lets the server answer at once.",
    matters="With Fast Open a round trip is saved. Such data can be delivered twice, so requests must bear being "
            "repeated.",
    do="Nothing. Some middleboxes drop a SYN with data; a connection that hangs only with Fast Open points there.",
    spec="RFC 9293 3.4, RFC 7413", silent_on="traps/29_syn_retx_then_ok.pcap",
    counted_by="data syn -captured-twice or data syn-ack -captured-twice",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Payload beside the SYN flag."""
    for segment in [*seen.of_kind("syn"), *seen.of_kind("syn-ack")]:
        if segment.length:
            yield hit(segment, side=segment.sender, bytes=segment.length)
