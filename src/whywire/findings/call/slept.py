"""The program slept while the other side waited."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CALL018", name="slept", level=Level.INFO, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="The connection stood still because a program slept",
    says="{program} slept for {slept_ns}, and the connection was silent for {silent_ns} of it.",
    means="The kernel goes on acknowledging while a program sleeps; only the program can read and answer.",
    matters="Seen from the other side, this is a slow network or a slow server.",
    do="Nothing, if the sleep is meant (as in a lab).",
    spec="the call trace", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A pause whose cause is a traced sleep."""
    for pause in seen.connection.pauses:
        ref = pause.cause.ref
        call = seen.call(ref.number if ref and pause.cause.reason.why is Why.PAUSE_SLEEP else None)
        if call:
            yield hit(pause.before, call, program=call.program, slept_ns=pause.cause.reason.params.get("slept_ns"),
                      silent_ns=pause.length_ns)
