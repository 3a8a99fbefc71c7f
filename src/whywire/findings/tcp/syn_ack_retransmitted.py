"""The SYN-ACK was sent again, and no third packet had passed before."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP004", name="syn-ack-retransmitted", level=Level.NOTE, certainty=Certainty.LIKELY,
    title="A SYN-ACK had to be sent again",
    says="The SYN-ACK was sent again {after_ns} after the first one: it is likely that it was lost on the way, or the "
         "third packet of the handshake was.",
    means="The server's kernel keeps the half-open connection in its SYN queue and repeats the answer until the third "
          "packet arrives or it gives up.",
    matters="The connection begins a second late. Many of them from addresses that never complete a handshake are a "
            "SYN flood.",
    do="A capture at the other end shows which of the two packets was lost.",
    spec="RFC 6298 section 2, RFC 4987", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A repeated SYN-ACK; once the handshake is complete, TCP015 speaks instead."""
    answers = seen.of_kind("syn-ack")
    third = seen.connection.opening.third
    for again in answers[1:]:
        if "retransmission" in again.kinds and (third is None or third > again.packet):
            yield hit(again, answers[0], after_ns=again.time_ns - answers[0].time_ns)
