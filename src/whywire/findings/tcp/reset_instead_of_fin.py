"""An abort although nothing was unread."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP204", name="reset-instead-of-fin", level=Level.NOTE, certainty=Certainty.LIKELY,
    title="A side aborted although nothing had reached it unread",
    says="The {side} ended with a reset[: its program had set SO_LINGER with 0 seconds{known}][ although no data had "
         "come for it: likely SO_LINGER with 0 seconds, or its system aborted the socket{maybe}].",
    means="close() with SO_LINGER on and a time of 0 throws away what is unsent and sends a reset in place of a FIN.",
    matters="No TIME-WAIT stays behind, which is why it is done. Data that the peer had not acknowledged yet is lost, "
            "and the peer's program sees an error in place of an orderly end.",
    do="If the aim was to avoid TIME-WAIT, let the other side close first, or set SO_REUSEADDR, and leave SO_LINGER "
       "alone.",
    spec="RFC 9293 3.10.5 (ABORT); socket(7) SO_LINGER", fires_on="traps/real_rst_linger0.pcap",
    silent_on="traps/real_rst_unread.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The verdict on the closing: linger-zero."""
    closing, cause = seen.connection.closing, seen.connection.closing.cause
    if closing.cause_kind == "linger-zero" and cause is not None:
        rst, known = seen.packet(closing.packet), cause.certainty is Certainty.KNOWN
        if rst and (known or seen.connection.opening.kind is OpenKind.HANDSHAKE):
            yield hit(rst, *cause.reason.refs, certainty=cause.certainty, side=rst.sender, known=when(known),
                      maybe=when(not known))
