"""A second and more without a packet."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen
from whywire.packets import table as t

RULE = Rule(
    code="TCP114", name="long-silence", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The connection was silent for a second or more",
    says="Nothing was sent for {silent_ns}; the {side} was the next to act.",
    means="Between these two packets neither side had anything to send, or one program was busy, asleep or waiting "
          "elsewhere.",
    matters="A wait of this length is seldom the network's: it is a program's, a timer's or a person's.",
    do="See which side acted next: its program knows. With a call trace the pause has a line of source.",
    spec="RFC 9293 3.8.4 (TCP itself sends nothing when idle)", fires_on="founding/a-v4.pcapng",
    silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A pause of a second that no timer of TCP ended. A FIN after it, and a traced sleep, have rules of their own."""
    for pause in seen.connection.pauses:
        acted = seen.packet(pause.before)
        if pause.length_ns < 1_000_000_000 or acted is None or pause.cause.reason.why is Why.PAUSE_SLEEP:
            continue
        if CauseKind.TIMER not in (pause.cause.kind, acted.cause.kind) and not acted.flags & (t.FIN | t.RST | t.SYN):
            call = seen.call(pause.cause.ref.number if pause.cause.ref and pause.cause.ref.kind == "k" else None)
            yield hit(acted, seen.packet(pause.after), call, silent_ns=pause.length_ns, side=acted.sender)
