"""A request that lay in the kernel while the server was busy elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.base import ref
from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit, when
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP003", name="request-waited-behind-another", level=Level.NOTE, certainty=Certainty.LIKELY,
    looks_at=LooksAt.EXCHANGES, title="A request waited while the server served another connection",
    says="The request in {request_packet} was answered only after {wait_ns}, when c{behind} was closed: [likely the "
         "server{maybe}|the server] serves one connection at a time and had not accepted this one.",
    means="The kernel completes handshakes and acknowledges requests by itself, so the client sees an open "
          "connection. The program takes connections from the accept queue one by one.",
    matters="A page with six connections loads as slowly as one after the other, idle time-outs included. It is not "
            "the network.",
    do="Serve connections side by side: threads, tasks or processes; accept() in a loop that does nothing else.",
    spec="accept(2); RFC 9293 3.9.1.1", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """The exchanges room's verdict, with what the wait ended with."""
    for use in found.uses:
        for wait in use.waits:
            asked = found.exchanges[wait.exchange - 1].request
            if asked and asked.first_packet:
                yield hit(wait.answered, ref.packet(asked.first_packet), ref.packet(wait.released),
                          certainty=wait.certainty, connection=use.connection, request_packet=asked.first_packet,
                          wait_ns=wait.wait_ns, behind=wait.behind, maybe=when(wait.certainty is Certainty.LIKELY))
