"""Both sides agreed on explicit congestion notification."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen
from whywire.packets import table as t

RULE = Rule(
    code="TCP012", name="ecn-agreed", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The connection uses ECN",
    says="{client} and {server} agreed on ECN, so routers may mark packets of this connection where they would else "
         "drop them.",
    means="A SYN with ECE and CWR offers explicit congestion notification, a SYN-ACK with ECE alone takes it up.",
    matters="Congestion can be signalled without loss. The marks themselves are in the IP header.",
    do="Nothing.",
    spec="RFC 3168 6.1.1", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """ECE and CWR in the SYN, ECE without CWR in the SYN-ACK."""
    syn, answer = seen.packet(seen.connection.opening.syn), seen.packet(seen.connection.opening.syn_ack)
    both = t.ECE | t.CWR
    if syn and answer and syn.flags & both == both and answer.flags & both == t.ECE:
        yield hit(answer, syn, client=seen.connection.client.endpoint, server=seen.connection.server.endpoint)
