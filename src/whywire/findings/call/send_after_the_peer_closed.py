"""A send() after the peer had closed, answered by a reset."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import SENDS, Seen, arrival

RULE = Rule(
    code="CALL005", name="send-after-the-peer-closed", level=Level.WARNING, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="The program sent to a peer that had already closed",
    says="{program} called {name} {late_ns} after the {other}'s FIN had arrived, and the {other}'s kernel answered "
         "with a reset.",
    means="A FIN says that no more comes from there. It does not say that nobody reads, so send() succeeds; the reset "
          "shows that the peer had closed its socket altogether.",
    matters="send() reported success and the bytes are lost. The next call fails with EPIPE or ECONNRESET.",
    do="Read before sending again: recv() returns b\"\" once the peer has closed. Only an answer proves that a request "
       "was read.",
    spec="RFC 9293 3.6.1, 3.10.7.4", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A send that started after the FIN's arrival, and a later reset of the peer."""
    for side, calls in seen.calls.items():
        fin = next((s for s in seen.of_kind("fin") if s.sender is side.other), None)
        rst = next((s for s in seen.of_kind("rst") if s.sender is side.other), None)
        for call in calls if fin and rst and seen.is_local(side) else ():
            if fin and rst and call.name in SENDS and call.byte_count and arrival(fin) < call.start_ns < arrival(rst):
                yield hit(rst, call, fin, program=call.program, name=call.name, other=side.other,
                          late_ns=call.start_ns - arrival(fin))
