"""A message that is not as HTTP asks."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP010", name="malformed-message", level=Level.NOTE, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="A message is not written as HTTP asks",
    says="The {side}'s message from {first_packet} on is not written as HTTP asks: {what}.",
    means="Its start line, a header field or its framing breaks a rule of the grammar.",
    matters="Receivers differ in what they let pass. Where two of them read one message differently, a request can be "
            "smuggled past a proxy.",
    do="See which program wrote it; libraries rarely do.",
    spec="RFC 9112 sections 2 to 7, 11.2", silent_on="founding/d-http-keep-alive.pcapng",
)

CUT_OFF = ("incomplete", "hole")
"""No flaw of the writing: the message, or the capture, ended within it."""


def check(found: Talk) -> Iterator[Hit]:
    """What the parser remarked."""
    for one in found.exchanges:
        for message in (one.request, one.response):
            flaws = [text for kind, text in message.flaws if kind not in CUT_OFF] if message else []
            if message and message.first_packet and flaws:
                yield hit(message.first_packet, one.ref, connection=one.connection, side=message.sender,
                          first_packet=message.first_packet, what=flaws[0].rstrip("."))
