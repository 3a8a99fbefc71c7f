"""Terms of the field, each in half a line, listed where a story uses them."""

from __future__ import annotations

from whywire.story.words.language import _

TERMS: dict[str, str] = {
    "ACK": _("says which byte is expected next; sent by the kernel, not by the program"),
    "SYN": _("opens one direction and carries the number at which its bytes begin to be counted"),
    "FIN": _("says \"no more bytes from me\"; ends one direction"),
    "RST": _("a reset: ends both directions at once, without waiting for anything"),
    "MSS": _("the most payload a side wants in one segment, announced with its SYN"),
    "seq": _("the position of a segment's first byte in its direction"),
    "window": _("how many bytes more a side has room for in its receive buffer"),
    "Nagle": _("the sender's rule that a small segment waits while another is unacknowledged"),
    "Delayed ACK": _("an ACK that waits a moment for data it could ride on"),
    "TIME-WAIT": _("the side that closed first keeps the port pair for a while (Linux: 60 s), in case old packets "
                   "come"),
    "CLOSE-WAIT": _("the peer's FIN has come, the own program has not closed yet"),
    "FIN-WAIT-2": _("the own FIN is acknowledged, the peer's has not come"),
    "congestion window": _("how many bytes a sender trusts the network with before an ACK comes"),
    "Keep-alive": _("a packet without content that asks whether the other side is still there"),
    "SO_LINGER": _("a socket option: what close() does with bytes that are not yet sent"),
}
"""In the order in which they are listed."""
