"""Many recv() calls of a few bytes each."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import RECEIVES, Seen, asked, peeks

RULE = Rule(
    code="CALL013", name="tiny-reads", level=Level.NOTE, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="The program reads a few bytes at a time",
    says="{program} read {bytes} with {calls} of recv for at most {most_bytes} each.",
    means="Each recv() is a system call of a microsecond or so, whatever it returns.",
    matters="At some thousand bytes it does not show; at megabytes it is most of the program's time.",
    do="Read larger pieces (4,096 bytes and more) and take them apart in the program, or wrap the socket with "
       "makefile().",
    spec="recv(2)", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """At least 8 recvs of at most 16 bytes that returned all they asked for."""
    for calls in seen.calls.values():
        tiny = [c for c in calls if c.name in RECEIVES and not peeks(c) and c.byte_count and c.byte_count == asked(c)
                and c.byte_count <= 16]
        if len(tiny) >= 8:
            yield hit(None, tiny[0], tiny[-1], program=tiny[0].program, bytes=sum(c.byte_count or 0 for c in tiny),
                      calls=len(tiny), most_bytes=max(c.byte_count or 0 for c in tiny))
