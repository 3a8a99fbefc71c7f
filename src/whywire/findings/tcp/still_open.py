"""A connection that is open when the capture ends."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, CloseKind, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP212", name="still-open", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The connection was not closed within the capture",
    says="Neither side had closed when the capture ended, {quiet_ns} after the last packet of this connection.",
    means="No FIN and no reset were seen. The connection may go on for hours: TCP itself never ends one for being "
          "idle.",
    matters="Nothing on its own. In a run whose programs have both ended it would be a sign of missing packets.",
    do="Nothing.",
    spec="RFC 9293 3.6", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Opened, no FIN, no reset, and the capture went on for a second."""
    c, last = seen.connection, seen.account.last_ns
    if c.opening.kind is OpenKind.HANDSHAKE and c.closing.kind is CloseKind.OPEN and last is not None:
        quiet = last - c.segments[-1].time_ns
        if quiet >= 1_000_000_000:
            yield hit(c.last_packet, quiet_ns=quiet)
