"""A FIN sent again."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP118", name="fin-retransmitted", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A FIN was sent again",
    says="The {side} sent its FIN again[ {after_ns} after the first]: no ACK for it had come by then.",
    means="A FIN takes a sequence number and is repeated on a timer as data is.",
    matters="Nothing is lost. The closing side stays in FIN-WAIT-1 or LAST-ACK that long; the program has usually "
            "gone on.",
    do="Nothing. If the other side never answers again, it is gone or a firewall has dropped the connection's state.",
    spec="RFC 9293 3.6, RFC 6298", fires_on="traps/27_fin_retx.pcap", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A retransmission with FIN and no data."""
    for segment in seen.of_kind("retransmission"):
        first = next((s for s in seen.of_kind("fin") if s.sender is segment.sender), None)
        if "fin" in segment.kinds and not segment.length and first and first is not segment:
            yield hit(segment, first, side=segment.sender, after_ns=segment.time_ns - first.time_ns)
