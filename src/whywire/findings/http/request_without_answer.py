"""A request without an answer."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP008", name="request-without-answer", level=Level.WARNING, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="A request was never answered",
    says="{method} {target} in {request_packet} had no answer before the connection was closed.",
    means="The request arrived whole as far as the capture shows, and the connection ended without a byte in return.",
    matters="The client can't tell whether the request was acted on.",
    do="See who ended the connection and why; the server's log tells whether the program ever saw the request.",
    spec="RFC 9112 9.5, 9.6", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """A complete request without a response, on a connection seen whole to its end; no race (HTTP004)."""
    raced = {race.exchange for use in found.uses for race in use.races}
    holed = {connection.number for connection in found.account.connections for segment in connection.segments
             if "lost-segment" in segment.kinds or "acked-unseen" in segment.kinds}
    by_number = {connection.number: connection for connection in found.account.connections}
    for one in found.exchanges:
        connection, asked = by_number[one.connection], one.request
        if one.number in raced or one.response is not None or asked is None or not asked.complete:
            continue
        closed = any(mark.sender is not one.requester for mark in connection.closing.fins)
        if asked.last_packet and one.connection not in holed and (closed or connection.closing.rsts):
            yield hit(asked.last_packet, one.ref, connection=one.connection, method=asked.method or "The request",
                      target=asked.target or "", request_packet=asked.first_packet)
