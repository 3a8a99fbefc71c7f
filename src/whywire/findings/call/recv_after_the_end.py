"""recv() again after it has returned b""."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import RECEIVES, Seen, asked

RULE = Rule(
    code="CALL015", name="recv-after-the-end", level=Level.WARNING, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="The program goes on reading after the end of the stream",
    says="{program} called recv {times} more after it had returned b\"\" for the {other}'s FIN.",
    means="b\"\" is the end of the stream: every further recv() returns it again, at once.",
    matters="A loop that does not stop there runs at full speed and does nothing: 100 % of a processor.",
    do="Leave the loop when recv() returns b\"\".",
    spec="recv(2); RFC 9293 3.9.1.3", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A second recv with 0 bytes where more than 0 were asked for."""
    for side, calls in seen.calls.items():
        ends = [c for c in calls if c.name in RECEIVES and c.byte_count == 0 and asked(c) != 0 and not c.error]
        if len(ends) > 1:
            fin = next((s for s in seen.of_kind("fin") if s.sender is side.other), None)
            yield hit(fin, *ends[:4], program=ends[0].program, times=len(ends) - 1, other=side.other)
