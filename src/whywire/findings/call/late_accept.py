"""accept() came long after the handshake."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen, arrival

RULE = Rule(
    code="CALL016", name="late-accept", level=Level.NOTE, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="The connection waited in the accept queue",
    says="The connection was complete for {waited_ns} before {program} called accept().",
    means="The kernel completes handshakes for a listening socket and acknowledges what clients send; the program "
          "takes connections out of the queue one by one with accept().",
    matters="The client is connected and its request acknowledged, and yet nobody works on it. One slow client holds "
            "up all behind it.",
    do="Accept in a loop that does nothing else, and serve each connection in a thread, a task or a process.",
    spec="accept(2), listen(2); RFC 9293 3.9.1.1", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """accept started at least 100 ms after the third packet had arrived."""
    third = seen.packet(seen.connection.opening.third)
    accept = next((call for call in seen.calls[Side.SERVER] if call.name == "accept"), None)
    if third and accept and seen.is_local(Side.SERVER) and accept.start_ns - arrival(third) >= 100_000_000:
        yield hit(third, third, accept, waited_ns=accept.start_ns - arrival(third), program=accept.program)
