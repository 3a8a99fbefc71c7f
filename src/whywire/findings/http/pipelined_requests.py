"""Requests sent without waiting for the answers before them."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP009", name="pipelined-requests", level=Level.INFO, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="Requests were sent without waiting for the answers",
    says="{method} {target} was sent in {request_packet} before the answer to the request before it was complete.",
    means="HTTP/1.1 allows pipelining: the answers come in the order of the requests, whatever each takes.",
    matters="It saves round trips, and a slow answer holds up those behind it. Browsers do not use it; tools often "
            "pair the answers with the wrong requests.",
    do="Nothing. HTTP/2 does the same without the waiting.",
    spec="RFC 9112 9.3.2", fires_on="traps/24_pipelining.pcap", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """The exchanges room's verdict."""
    for one in found.exchanges:
        if one.pipelined and one.request and one.request.first_packet:
            yield hit(one.request.first_packet, one.ref, connection=one.connection, method=one.request.method or "?",
                      target=one.request.target or "?", request_packet=one.request.first_packet)
