"""An MSS below what every host must be able to take."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP007", name="small-mss", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A side asked for very small segments",
    says="The {side} announced an MSS of {mss_bytes}, less than the {usual} that TCP assumes where nothing is "
         "announced.",
    means="The MSS option of the SYN is the most payload its sender wants in one segment. Ethernet gives 1,460 (IPv4) "
          "or 1,440 (IPv6).",
    matters="Each segment costs 40 bytes of headers or more and an interrupt, so small ones waste the line and the "
            "processors. A very small MSS is also a known way to load a server.",
    do="See whether it comes from the host (its MTU, a TCP_MAXSEG socket option, `ip route ... advmss`) or was put in "
       "by a middlebox: compare the SYN at both ends.",
    spec="RFC 9293 3.7.1 (536 for IPv4, 1,220 for IPv6)", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """MSS below the default of the IP version."""
    for syn in [*seen.of_kind("syn"), *seen.of_kind("syn-ack")]:
        usual = 1220 if seen.connection.client.endpoint.startswith("[") else 536
        if syn.mss is not None and syn.mss < usual and "retransmission" not in syn.kinds:
            yield hit(syn, side=syn.sender, mss_bytes=syn.mss, usual=usual)
