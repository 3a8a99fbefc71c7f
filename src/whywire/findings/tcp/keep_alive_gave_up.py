"""Keep-alive probes without an answer, then a reset."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP207", name="keep-alive-gave-up", level=Level.WARNING, certainty=Certainty.INFERRED,
    title="The peer did not answer keep-alive probes",
    says="The {side} sent {probes} keep-alive probes without an answer and then gave the connection up with a reset.",
    means="The kernel asked as often as it is set to (9 times by default on Linux, 75 s apart) and takes the peer as "
          "gone.",
    matters="The program gets ETIMEDOUT at its next call. The peer, if it is only cut off, still believes in the "
            "connection.",
    do="Find out when the peer, or the way to it, went away: the last packet from it is the last sign of life.",
    spec="RFC 9293 3.8.4", silent_on="traps/20_keepalive.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The verdict on the closing: keep-alive-gave-up."""
    closing, cause = seen.connection.closing, seen.connection.closing.cause
    if closing.cause_kind == "keep-alive-gave-up" and cause is not None:
        rst = seen.packet(closing.packet)
        if rst:
            yield hit(rst, *cause.reason.refs, side=rst.sender, probes=cause.reason.params["probes"])
