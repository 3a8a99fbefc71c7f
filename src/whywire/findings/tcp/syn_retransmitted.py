"""The first SYN brought no answer, a later one did."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind, Side
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP003", name="syn-retransmitted", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A SYN had to be sent again",
    says="The {side}'s SYN was sent {times} before the answer came, which held the connection up by {after_ns}.",
    means="The retransmission timer of a SYN is one second, doubled each time. Either a SYN or its SYN-ACK was lost, "
          "or the server's kernel dropped the SYN because a queue of it was full.",
    matters="A whole second passes before anything else can happen: delays of 1, 3 or 7 seconds at the start point "
            "here.",
    do="If it happens often at one server, look at its accept queue (`ss -lnt`, Recv-Q against Send-Q) before the "
       "network.",
    spec="RFC 6298 section 2 and 5.7", fires_on="traps/29_syn_retx_then_ok.pcap", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """More than one SYN of the opener, then a SYN-ACK."""
    syns = [s for s in seen.of_kind("syn") if s.sender is Side.CLIENT]
    if seen.connection.opening.kind is OpenKind.HANDSHAKE and len(syns) > 1:
        yield hit(syns[-1], syns[0], side=syns[0].sender, times=len(syns), after_ns=syns[-1].time_ns - syns[0].time_ns)
