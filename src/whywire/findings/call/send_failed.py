"""A send() that failed."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import SENDS, Seen

RULE = Rule(
    code="CALL010", name="send-failed", level=Level.WARNING, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="A send() failed because the connection was gone",
    says="{program}'s {name} failed ({error})[: {rst_packet} had ended the connection].",
    means="ECONNRESET is reported once, for a reset that had come; after that, or after the own shutdown, it is EPIPE.",
    matters="Nothing of this call was sent, and of the calls before it an unknown part was not read.",
    do="Look at the reset: why did the other side send it? The program should take the connection as ended and begin "
       "anew.",
    spec="send(2) EPIPE, ECONNRESET; RFC 9293 3.10.7.4", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """An error of a sending call, other than 'would block'."""
    for side, calls in seen.calls.items():
        rst = next((s for s in seen.of_kind("rst") if s.sender is side.other), None)
        for call in calls:
            if call.name in SENDS and call.error and ("BrokenPipe" in call.error or "Reset" in call.error):
                yield hit(rst, call, rst, program=call.program, name=call.name, error=call.error.partition(":")[0],
                          rst_packet=rst.packet if rst else None)
