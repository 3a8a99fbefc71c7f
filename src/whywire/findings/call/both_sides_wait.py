"""Both programs wait for the other to speak."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="CALL008", name="both-sides-wait", level=Level.ERROR, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="Each program waits for the other: a deadlock",
    says="{one} ({one_name}) and {two} ({two_name}) both wait for the other side, and nothing is on the way.",
    means="Each expects the other to act first. Usual ways to get there: a message that one side takes as incomplete, "
          "a buffered writer that was not flushed, or two sends that both wait for room because nobody reads.",
    matters="The connection stays as it is until a program is ended; TCP itself has no time-out for this.",
    do="Compare what was sent with what the reader expects: length, delimiter, flush. Read while sending, if answers "
       "may be large.",
    spec="recv(2), send(2)", silent_on="CALL007/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Endless waits at both sides."""
    endless = {wait.side: seen.call(wait.call) for wait in seen.connection.waits
               if wait.cause.reason.why is Why.WAIT_FOREVER}
    one, two = endless.get(Side.CLIENT), endless.get(Side.SERVER)
    if one and two:
        yield hit(seen.connection.last_packet, one, two, one=one.program, two=two.program, one_name=one.name,
                  two_name=two.name)
