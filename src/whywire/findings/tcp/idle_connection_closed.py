"""Closed after a round second or more of waiting."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP210", name="idle-connection-closed", level=Level.INFO, certainty=Certainty.LIKELY,
    title="A side closed after waiting in vain",
    says="The {side} closed after {idle_ns} without data from the {other}: likely an idle time-out, or its program "
         "had another reason.",
    means="Servers keep a connection open for another request and give up after a time: 1 s to some minutes, by "
          "configuration.",
    matters="A request sent at the same moment crosses the FIN and is answered by a reset; a client must be ready to "
            "send it again on a new connection.",
    do="Nothing. If clients lose requests this way, let them give up idle connections sooner than the server does.",
    spec="RFC 9112 9.5 (for HTTP); TCP itself has no idle time-out", fires_on="founding/d-http-keep-alive.pcapng",
    silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The closing's other reading."""
    closing, cause = seen.connection.closing, seen.connection.closing.cause
    for other in cause.others if cause and "idle-timeout" in (closing.cause_kind, *closing.others) else ():
        fin = seen.packet(closing.packet)
        if fin and other.why is Why.CLOSE_IDLE_TIMEOUT:
            yield hit(fin, side=fin.sender, other=fin.sender.other, idle_ns=other.params["idle_ns"])
