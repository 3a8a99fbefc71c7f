"""The sentences and labels of a summary."""

from __future__ import annotations

from whywire.story.words.language import _

PAYLOAD = _("{bytes} of payload, repeats not counted.")
INTERRUPTED = _("Interrupted: this is what was seen until then, {packets}[ and {share} of the file].")
CLEAN = _("No packet of a kind that asks for a look: nothing was sent again, nothing is missing, no window was full.")
OPENED = _("Opened")
CLOSED = _("Closed")
KINDS = _("Kinds of packets")
FINDINGS = _("Findings")
WORST = _("Connections with most trouble")
HEAD_COUNT = _("connections")
HEAD_PACKETS = _("packets")
HEAD_WHAT = _("of these")
CAUSES = _("Put on the wire by")
ALL = _("all")
COUNTED = _("These are the rules that can be counted over a capture of any size. The others look at whole connections; "
            "to ask them of the connections with most trouble (those about requests and about the capture itself "
            "are for the story, without --summary):")
ASKED = _("All rules about connections were asked only of those with most trouble: {connections} of {all} "
          "({packets}). Where the table says `all`, a rule was counted over the whole capture; --worst asks more of "
          "them. Rules about requests and about the capture itself are for the story, without --summary.")
ONE = _("One connection in full:")

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
CAUSED = {
    "call": _("a program's call"),
    "answers": _("the kernel, as an answer"),
    "timer": _("the kernel, by a timer"),
    "kernel": _("the kernel, by itself"),
    "wire": _("the wire"),
    "unknown": _("unknown"),
    "undecided": _("not decided by counting"),
}
"""By the words of `connections.model.CauseKind`, and for what a summary leaves open."""
ORIGINS = {
    "connect": _("SYN"), "data": _("data"), "fin": _("FIN"), "syn-ack": _("SYN-ACK"), "ack": _("ACK"),
    "repeated-ack": _("ACK of nothing new"), "probe-answer": _("answer to a probe"),
    "fast-retransmission": _("fast retransmission"), "refusal": _("refusal"), "syn-again": _("SYN again"),
    "delayed-ack": _("delayed ACK"), "spurious-retransmission": _("spurious retransmission"),
    "keep-alive": _("keep-alive"), "zero-window-probe": _("window probe"), "window-update": _("window update"),
    "captured-twice": _("captured twice"), "retransmission": _("retransmission"), "reset": _("reset"),
    "syn-ack-again": _("SYN-ACK again"), "copy": _("copy of a packet"),
}
"""By the words of `connections.origin`."""
