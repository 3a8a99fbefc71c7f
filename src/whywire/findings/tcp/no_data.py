"""A connection that carries no byte."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP017", name="no-data", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The connection was opened and closed without a byte",
    says="The connection was open for {open_ns} and carried no data; the {side} ended it.",
    means="The handshake was completed, then one side closed. Browsers open connections ahead of need and never use "
          "some; health checks, port scanners and load balancers do the same on purpose.",
    matters="A server that serves one connection at a time waits on it for a request that never comes, and nobody "
            "else is served.",
    do="Nothing at the client. A server should wait for requests on all its connections at once, and bound the wait "
       "for the first one.",
    spec="RFC 9293 3.5, 3.6", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Opened by handshake, closed or reset, no data segment from either side."""
    c = seen.connection
    end = seen.packet(c.closing.packet)
    start = seen.packet(c.opening.third)
    empty = not seen.of_kind("data") and c.client.bytes == c.server.bytes == 0
    if c.opening.kind is OpenKind.HANDSHAKE and start and end and empty:
        yield hit(end, start, open_ns=end.time_ns - start.time_ns, side=end.sender)
