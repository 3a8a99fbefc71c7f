"""A recv() that waited."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CALL006", name="recv-waited", level=Level.INFO, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="A recv() waited for the other side",
    says="{program}'s {name} waited {blocked_ns} for the {other}[, until {packet} came].",
    means="recv() on an empty buffer blocks until bytes, a FIN or a reset arrive.",
    matters="While it waits, this thread of the program does nothing else: a server in this place serves nobody.",
    do="Nothing, if that is the plan. Otherwise a time-out (settimeout), or one wait for all connections (selectors, "
       "asyncio, threads).",
    spec="recv(2)", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A wait for data or for the end of at least 100 ms."""
    for wait in seen.connection.waits:
        call, why = seen.call(wait.call), wait.cause.reason.why
        if call and why in (Why.WAIT_DATA, Why.WAIT_END, Why.WAIT_RESET) and (wait.blocked_ns or 0) >= 100_000_000:
            number = wait.cause.reason.params.get("packet")
            brought = seen.packet(number if isinstance(number, int) else None)
            yield hit(brought, call, brought, program=call.program, name=call.name, other=wait.side.other,
                      blocked_ns=wait.blocked_ns, packet=number)
