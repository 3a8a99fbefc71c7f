"""The sentences and labels of a summary."""

from __future__ import annotations

from whywire.story.words.language import _

PAYLOAD = _("{bytes} of payload, repeats not counted.")
INTERRUPTED = _("Interrupted: this is what was seen until then, {packets} and {share} of the file.")
CLEAN = _("No packet of a kind that asks for a look: nothing was sent again, nothing is missing, no window was full.")
OPENED = _("Opened")
CLOSED = _("Closed")
KINDS = _("Kinds of packets")
FINDINGS = _("Findings")
WORST = _("Connections with most trouble")
HEAD_COUNT = _("connections")
HEAD_PACKETS = _("packets")
COUNTED = _("A summary counts only the rules that a single kind of packet makes fire. One connection, told with all:")

OPENINGS = {
    "handshake": _("by a handshake"),
    "simultaneous": _("from both sides at once"),
    "refused": _("refused: the SYN was answered by a reset"),
    "unanswered": _("not opened: no answer to the SYN was seen"),
    "unseen": _("before the capture began, or its opening was not captured"),
}
CLOSINGS = {
    "orderly": _("by a FIN from each side"),
    "simultaneous": _("by FINs that crossed"),
    "reset": _("by a reset"),
    "fin-then-reset": _("by a FIN, then a reset"),
    "refused": _("never opened"),
    "unfinished": _("by one side only when the capture ended"),
    "open": _("still open when the capture ended"),
}
