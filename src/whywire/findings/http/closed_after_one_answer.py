"""A server that closes after each answer."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP002", name="closed-after-one-answer", level=Level.NOTE, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="The server closed although the client would have gone on",
    says="The server answered {status} with Connection: close, so the next request needed a new connection ({next}).",
    means="In HTTP/1.1 a connection stays open unless one side says close. Here the client had not asked for it.",
    matters="Each further request costs a handshake, a round trip, and the slow start of a new connection.",
    do="Let the server keep connections open for errors and redirects too, where it has read the whole request.",
    spec="RFC 9112 9.3, 9.6", fires_on="founding/b-http-redirect.pcapng", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """The last answer of a connection says close, its request does not, and another connection replaces it."""
    replaced = {link.source.number: link.target for link in found.links if link.kind == "replaces"}
    for one in found.exchanges:
        asked, answer = one.request, one.response
        said = (answer.header("connection") or "").lower() if answer else ""
        if asked and answer and one.connection in replaced and asked.keeps_alive and "close" in said:
            target = replaced[one.connection]
            yield hit(answer.first_packet, one.ref, target, connection=one.connection, status=answer.status,
                      next=str(target))
