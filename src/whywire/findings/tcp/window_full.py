"""A segment that fills the peer's window."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP105", name="window-full", level=Level.INFO, certainty=Certainty.INFERRED,
    title="The sender has filled the receiver's window",
    says="With this segment the {side} has filled the {other}'s window of {window_bytes}: it must wait for the next "
         "ACK.",
    means="As many bytes are on their way or unread as the receiver had room for. The next ACK, or a window update, "
          "moves the limit on.",
    matters="Flow control at work, no error. If the window is smaller than what the line holds in one round trip, it "
            "sets the speed.",
    do="Nothing, unless the transfer is too slow: then compare window / round trip with the speed of the line.",
    spec="RFC 9293 3.8.6", silent_on="traps/20_keepalive.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The note of the segment names the window."""
    for segment, note in seen.noted(Why.WINDOW_FILLED):
        if note.params.get("window") is not None:
            yield hit(segment, side=segment.sender, other=segment.sender.other, window_bytes=note.params["window"])
