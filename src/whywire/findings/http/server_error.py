"""An answer of the 500 class."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP006", name="server-error", level=Level.WARNING, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="The server could not do what was asked",
    says="{method} {target} was answered {status}[ after {wait_ns}].",
    means="A status of the 500 class says that the request was in order and the server could not fulfil it.",
    matters="The network did its part; what is missing is in the server, or behind it (502 and 504 come from a proxy).",
    do="Look into the server's log at that moment.",
    spec="RFC 9110 15.6", silent_on="founding/a-http-404.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """A final status from 500 to 599."""
    for one in found.exchanges:
        asked, answer = one.request, one.response
        if asked and answer and answer.status is not None and 500 <= answer.status <= 599:
            yield hit(answer.first_packet, one.ref, connection=one.connection, method=asked.method or "The request",
                      target=asked.target or "", status=answer.status, wait_ns=one.wait_ns)
