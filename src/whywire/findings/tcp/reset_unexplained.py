"""A reset that nothing explains."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP209", name="reset-unexplained", level=Level.NOTE, certainty=Certainty.LIKELY,
    title="The packets do not say why this reset was sent",
    says="The {side} reset the connection[ after its own FIN{fin}], and nothing in the capture decides why: it may be "
         "that its program ended, a time-out ran out, or a device on the way did it.",
    means="None of the usual reasons fits: nobody had listened, closed with unread bytes, sent late data, or gone "
          "silent before.",
    matters="The other side's program gets ECONNRESET, if it still uses the connection.",
    do="A trace of the calls at that side, or a capture at the other end, decides.",
    spec="RFC 9293 3.5.2", silent_on="traps/real_rst_unread.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A reset whose cause is unknown; where the capture begins in the middle, what came before it is unknown too."""
    closing = seen.connection.closing
    rst = seen.packet(closing.packet)
    middle = closing.cause_kind == "linger-zero" and seen.connection.opening.kind is OpenKind.UNSEEN
    if closing.rsts and (middle or closing.cause_kind == "unknown") and rst and "rst" in rst.kinds:
        own = any(mark.sender is rst.sender and mark.packet < rst.packet for mark in closing.fins)
        yield hit(rst, side=rst.sender, fin=when(own))
