"""TIME-WAIT at the server's side."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Repeat, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP213", name="time-wait-at-the-server", level=Level.INFO, certainty=Certainty.INFERRED,
    repeat=Repeat.CAPTURE, title="The server closed first and keeps TIME-WAIT",
    says="The server {server} closed first, so its side keeps TIME-WAIT.",
    means="The side that closes first waits (60 s on Linux, two maximum segment lifetimes by the standard), so that "
          "late packets of this connection can't be taken for those of the next one.",
    matters="A server that is restarted within that time can't bind its port again, unless it sets SO_REUSEADDR.",
    do="Set SO_REUSEADDR on the listening socket before bind(), as servers usually do.",
    spec="RFC 9293 3.3.2, 3.6; socket(7)", fires_on="founding/b-names.pcapng", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Who keeps TIME-WAIT by the rules."""
    closing = seen.connection.closing
    if closing.time_wait == "server" and closing.packet is not None:
        yield hit(closing.packet, *(seen.packet(mark.packet) for mark in closing.fins),
                  server=seen.connection.server.endpoint)
