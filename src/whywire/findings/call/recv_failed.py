"""A recv() that failed."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import RECEIVES, Seen

RULE = Rule(
    code="CALL011", name="recv-failed", level=Level.WARNING, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="A recv() failed because the connection was reset",
    says="{program}'s {name} failed ({error})[: {rst_packet} had reset the connection].",
    means="A reset ends both directions at once. What had arrived and was not read yet is thrown away on Linux as "
          "well.",
    matters="The program can't tell from here what of its own data the other side had taken.",
    do="Look at the reset: it says why the other side gave the connection up.",
    spec="recv(2) ECONNRESET; RFC 9293 3.5.3", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """An error of a receiving call that a reset explains."""
    for side, calls in seen.calls.items():
        rst = next((s for s in seen.of_kind("rst") if s.sender is side.other), None)
        for call in calls:
            if call.name in RECEIVES and call.error and "Reset" in call.error:
                yield hit(rst, call, rst, program=call.program, name=call.name, error=call.error.partition(":")[0],
                          rst_packet=rst.packet if rst else None)
