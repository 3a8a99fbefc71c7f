"""The same two ports again, with a new SYN."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP014", name="port-reused", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The same pair of ports carries another connection",
    says="{client} and {server} open a new connection with the ports of an earlier one.",
    means="A connection is told apart by its two addresses and two ports. A new SYN with a new initial sequence "
          "number begins a new connection on the same four.",
    matters="Tools that go by ports alone mix the two up. Soon after the first, the server may still hold the pair in "
            "TIME-WAIT; the new SYN is then taken only if its numbers lie beyond the old ones.",
    do="Nothing, unless connects fail: then the client picks its local port too narrowly (a fixed bind, or few free "
       "ports).",
    spec="RFC 9293 3.6.1, RFC 6191", fires_on="traps/17_reuse_fast.pcap", silent_on="traps/29_syn_retx_then_ok.pcap",
    counted_by="port-reused",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The tracker began a new connection here."""
    for segment in seen.of_kind("port-reused"):
        yield hit(segment, client=seen.connection.client.endpoint, server=seen.connection.server.endpoint)
