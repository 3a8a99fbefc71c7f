"""send() took fewer bytes than it was given, and the rest was never sent."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen, asked

RULE = Rule(
    code="CALL001", name="partial-send-not-noticed", level=Level.ERROR, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="send() took only a part, and the rest was not sent",
    says="{program}'s send took {taken_bytes} of {asked_bytes}, and the other {rest_bytes} were not sent by a later "
         "call.",
    means="send() copies into the kernel what fits and returns how much that was. With a full buffer (or a "
          "non-blocking socket) it is less than asked for; the program has to send the rest itself.",
    matters="The peer gets a message with its end missing, or the next message begins in the midst of this one.",
    do="Use sendall(), or loop over send() with what it has returned.",
    spec="send(2); RFC 9293 3.9.1.2",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The next send of that socket is not for the rest."""
    for calls in seen.calls.values():
        sends = [call for call in calls if call.name in ("send", "sendto")]
        for call, following in zip(sends, [*sends[1:], None], strict=False):
            wanted, taken = asked(call), call.byte_count
            if wanted and taken and taken < wanted and (following is None or asked(following) != wanted - taken):
                yield hit(seen.carrier(call), call, following, program=call.program, taken_bytes=taken,
                          asked_bytes=wanted, rest_bytes=wanted - taken)
