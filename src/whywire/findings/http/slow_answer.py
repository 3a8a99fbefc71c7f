"""An answer that took a second and more."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP011", name="slow-answer", level=Level.NOTE, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="The server took long to begin its answer",
    says="The answer to {method} {target} began {wait_ns} after the request was complete.",
    means="The request had been received; what took the time is the program, or something it waited for.",
    matters="It is time that no faster network takes away.",
    do="Measure in the server. If its kernel acknowledged the request at once, the network is not where to look.",
    spec="RFC 9110 section 3", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """At least a second, and not because the server was busy with another connection (HTTP003)."""
    behind = {wait.exchange for use in found.uses for wait in use.waits}
    for one in found.exchanges:
        asked, answer = one.request, one.response
        if asked and answer and (one.wait_ns or 0) >= 1_000_000_000 and one.number not in behind and not one.pipelined:
            yield hit(answer.first_packet, one.ref, connection=one.connection, method=asked.method or "the request",
                      target=asked.target or "", wait_ns=one.wait_ns)
