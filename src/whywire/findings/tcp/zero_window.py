"""A receive window of zero."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP104", name="zero-window", level=Level.WARNING, certainty=Certainty.INFERRED,
    title="The receiver's window is 0",
    says="The {side}'s receive buffer is full: it announces a window of 0, and the {other} must wait until the "
         "{side}'s program reads.",
    means="The window is the room left in the receive buffer. Bytes arrive faster than the program takes them, so the "
          "kernel asks the sender to stop. The sender probes from time to time to learn whether room has come.",
    matters="The transfer goes at the speed of the reading program, whatever the network could carry.",
    do="Find out what keeps the receiving program from calling recv: work between two reads, a sleep, a write that "
       "blocks. A larger buffer (SO_RCVBUF) only puts the moment off.",
    spec="RFC 9293 3.8.6, 3.8.6.1", fires_on="traps/22_zero_window.pcap", silent_on="traps/20_keepalive.pcap",
    counted_by="zero-window -zero-window-probe-ack",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Where the window becomes 0; answers to probes while it stays 0 are not counted again."""
    for segment in seen.of_kind("zero-window"):
        if "zero-window-probe-ack" not in segment.kinds:
            yield hit(segment, *segment.cause.reason.refs, side=segment.sender, other=segment.sender.other)
