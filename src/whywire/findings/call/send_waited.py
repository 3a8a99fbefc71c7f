"""A send() that waited for room."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CALL017", name="send-waited", level=Level.NOTE, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="A send() waited for room in the send buffer",
    says="{program}'s {name} waited {blocked_ns}: the send buffer was full, as the {other} did not take the data any "
         "faster.",
    means="send() copies into the kernel's send buffer and blocks while that is full. It empties as the peer "
          "acknowledges.",
    matters="The sending program goes at the pace of the reader or of the network. If it does not read meanwhile, and "
            "the peer waits to send too, both stand still.",
    do="Nothing, if that is the plan. See whether the peer's window was small or closed (TCP104, TCP105) to tell "
       "reader from network.",
    spec="send(2); RFC 9293 3.8.6", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A wait for space of at least 100 ms."""
    for wait in seen.connection.waits:
        call = seen.call(wait.call)
        if call and wait.cause.reason.why is Why.WAIT_SPACE and (wait.blocked_ns or 0) >= 100_000_000:
            yield hit(seen.carrier(call), call, *wait.cause.reason.refs, program=call.program, name=call.name,
                      other=wait.side.other, blocked_ns=wait.blocked_ns)
