"""A message that was broken off."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.exchanges.model import EARLY, RESET
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit, when
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP007", name="message-broken-off", level=Level.WARNING, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="A message ended before it was complete",
    says="The {side}'s message from {first_packet} on ended after {body_bytes} of body[ of the {promised_bytes} "
         "promised][, with the {side}'s FIN{fin}][, with a reset{rst}].",
    means="Its head promised a length (or chunks), and the connection ended before all of it was sent.",
    matters="The receiver holds a part. Where the length was not checked it may be taken for the whole.",
    do="Look at the end of the connection: its sender closed too early, or a reset cut it off (TCP205, TCP206).",
    spec="RFC 9112 section 8", silent_on="founding/d-http-keep-alive.pcapng",
)


def check(found: Talk) -> Iterator[Hit]:
    """A fate of closed-early or reset."""
    for one in found.exchanges:
        for message in (one.request, one.response):
            if message and message.first_packet and message.fate in (EARLY, RESET):
                yield hit(message.first_packet, one.ref, connection=one.connection, side=message.sender,
                          first_packet=message.first_packet, body_bytes=message.body_bytes or 0,
                          promised_bytes=message.promised_bytes, fin=when(message.fate == EARLY),
                          rst=when(message.fate == RESET))
