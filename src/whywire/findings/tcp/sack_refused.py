"""One side offered selective acknowledgments, the other did not."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP009", name="sack-refused", level=Level.INFO, certainty=Certainty.INFERRED,
    title="Only one side offered selective acknowledgments",
    says="The {side} did not take up SACK, so an ACK can only name the first missing byte.",
    means="With SACK a receiver also says what arrived behind a gap. It is in use only if both SYNs permit it.",
    matters="Nothing as long as nothing is lost. After several losses in one window the sender repairs one a round "
            "trip.",
    do="Nothing, unless losses are seen. On Linux SACK is on by default (net.ipv4.tcp_sack).",
    spec="RFC 2018 section 2, RFC 6675", fires_on="founding/c-v1.pcap", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Permitted in the SYN, absent from the SYN-ACK."""
    syn, answer = seen.packet(seen.connection.opening.syn), seen.packet(seen.connection.opening.syn_ack)
    if syn and answer and syn.sack_permitted and not answer.sack_permitted:
        yield hit(answer, syn, side=answer.sender)
