"""A reset without ACK and without any close before it."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP203", name="bare-reset", level=Level.WARNING,
    certainty=Certainty.LIKELY, title="A host reset a connection that it does not know",
    says="The {side} answered with a bare reset: likely it no longer knows this connection (restarted, or its program "
         "ended), or something on the way reset it in its name.",
    means="Linux sends a reset without ACK when a segment arrives for which it has no connection. A firewall or proxy "
          "that wants to end a connection can forge the same.",
    matters="The other program gets ECONNRESET at its next call; what was on its way is lost.",
    do="Was the host restarted, or its address taken over? A capture at that host shows whether it sent the reset "
       "itself.",
    spec="RFC 9293 3.5.1, 3.5.2", silent_on="traps/12_rst_closed_port.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The verdict on the closing: peer-gone."""
    closing = seen.connection.closing
    if closing.cause_kind == "peer-gone" and closing.cause is not None:
        rst = seen.packet(closing.packet)
        if rst and "rst" in rst.kinds and not closing.fins:
            yield hit(rst, *closing.cause.reason.refs, side=rst.sender)
