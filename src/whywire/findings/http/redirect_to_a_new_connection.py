"""A redirect that led to another connection."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP005", name="redirect-to-a-new-connection", level=Level.INFO, certainty=Certainty.LIKELY,
    looks_at=LooksAt.EXCHANGES, title="A redirect was followed on a new connection",
    says="The answer in {answer_packet} named {location}, and {request_packet} asks for it on a new connection: "
         "likely because of the redirect, though the client may have wanted it anyway.",
    means="A 3xx answer with Location asks the client to look elsewhere. The same connection serves if it leads to "
          "the same server and stays open.",
    matters="Two round trips and more before the first byte of what was asked for.",
    do="Link to the final address where it is known, and keep the connection open after a redirect.",
    spec="RFC 9110 15.4", fires_on="founding/b-http-redirect.pcapng", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """A link from a redirect to a request on another connection."""
    for link in found.links:
        if link.kind == "redirect" and link.detail.get("new_connection") and len(link.packets) > 1:
            asked = found.exchanges[link.target.number - 1]
            yield hit(link.packets[-1], link.source, link.target, connection=asked.connection,
                      answer_packet=link.packets[0], request_packet=link.packets[-1],
                      location=str(link.detail.get("location") or "another address"))
