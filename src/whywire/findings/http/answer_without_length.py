"""A body whose end is the end of the connection."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP001", name="answer-without-length", level=Level.NOTE, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="An answer does not say how long it is",
    says="The {status} answer[ to {asked}] names no length, so its {bytes} of body end with the FIN[ in "
         "{fin_packet}].",
    means="Without Content-Length and without chunks, a body goes on until the server closes. The client can't tell a "
          "whole body from one that was broken off.",
    matters="The connection can't serve another request, and the client waits for the close: for a second, if the "
            "server closes only after an idle time-out.",
    do="Send Content-Length, or Transfer-Encoding: chunked where the length is not known in advance.",
    spec="RFC 9112 6.3", fires_on="founding/c-http-until-close.pcap", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """A complete response that ends with the connection and has a body."""
    for one in found.exchanges:
        answer = one.response
        if answer and answer.until_close and answer.body_bytes and answer.complete:
            place, asked = answer.last_packet or answer.first_packet, one.request
            yield hit(place, one.ref, connection=one.connection, status=answer.status, bytes=answer.body_bytes,
                      asked=f"{asked.method} {asked.target}" if asked else None, fin_packet=answer.last_packet)
