"""By what a laid out packet was put on the wire, in the words in which a summary counts (`origins.ORIGINS`)."""

from __future__ import annotations

from whywire.connections.model import CauseKind, Segment
from whywire.connections.why import Why

KINDS = ("captured-twice", "rst", "syn", "syn-ack", "spurious-retransmission", "fast-retransmission", "retransmission",
         "keep-alive", "zero-window-probe", "data", "fin")
"""In the order in which `causes.cause_of` asks; what is none of them only acknowledges."""
WORDS = {"rst": "reset", "syn": "connect"}
REASONS: dict[Why, str] = {
    Why.RST_REFUSED: "refusal", Why.SYN_AGAIN: "syn-again", Why.SYN_ACK_AGAIN: "syn-ack-again",
    Why.SYN_ACK_REPEATED: "syn-ack-again", Why.ACK_DELAYED: "delayed-ack", Why.ACK_FIN_DELAYED: "delayed-ack",
    Why.ACK_AGAIN: "repeated-ack", Why.ACK_REPEATED: "repeated-ack", Why.KEEP_ALIVE_ANSWER: "probe-answer",
    Why.ZERO_WINDOW_PROBE_ANSWER: "probe-answer", Why.WINDOW_UPDATE: "window-update",
    Why.WINDOW_UPDATE_READ: "window-update",
}
"""Reasons that tell more than the kind."""


def origin_of(segment: Segment) -> tuple[str, str]:
    """Return the word of `model.CauseKind` and what the packet was."""
    cause = segment.cause
    if cause.kind is CauseKind.WIRE:
        return cause.kind.value, "copy"
    kind = next((kind for kind in KINDS if kind in segment.kinds), "ack")
    return cause.kind.value, REASONS.get(cause.reason.why) or WORDS.get(kind, kind)
