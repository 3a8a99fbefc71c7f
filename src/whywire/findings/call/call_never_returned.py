"""A call that had not returned when the recording stopped."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CALL007", name="call-never-returned", level=Level.NOTE, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="A call still waited when the recording stopped",
    says="{program}'s {name} still waited for the {other} when the recording stopped.",
    means="Nothing came that could end it: no byte, no FIN, no reset.",
    matters="The program hangs there, unless something comes later.",
    do="See what the other side did last. Often both sides expect the other to speak, or one has left its socket open "
       "without a close().",
    spec="recv(2), send(2)", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A wait without an end."""
    for wait in seen.connection.waits:
        call = seen.call(wait.call)
        if call and wait.cause.reason.why is Why.WAIT_FOREVER:
            yield hit(None, call, program=call.program, name=call.name, other=wait.side.other)
