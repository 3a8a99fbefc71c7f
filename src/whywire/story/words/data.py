"""Sentences about segments with payload: whose bytes they carry, and why they left when they did."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.DATA_CALL: Words(
        _("[{call}: one|One] call, one segment."),
        _("All bytes of this segment come from one call[, {call}], and the segment carries all bytes of that "
          "call[: {bytes}]. That is no rule: TCP keeps a stream of bytes, and cuts or joins it as it needs to."),
    ),
    Why.DATA_SPLIT: Words(
        _("[Part {part} of {parts}|A part] of [{call}|one call][, which wrote {total}]."),
        _("One call[, {call},] wrote [{total}|more bytes than this segment holds], and the kernel cut them into "
          "[{parts} |]segments[; this is number {part}][. A full segment carries {segment_size} here: the segment "
          "size that the other side announced (MSS), less the options in every header]."),
    ),
    Why.DATA_MERGED: Words(
        _("[{calls}|Several calls] share this segment."),
        _("The bytes of several calls left together[: {calls}]. The kernel had kept them until it was allowed to "
          "send, and TCP keeps no marks between writes: a reader can't tell where one ended."),
    ),
    Why.DATA_WRITTEN: Words(
        _("The {sender}'s program wrote [{bytes}|these bytes]."),
        _("Payload is always a program's: the {sender}'s program handed [{bytes}|these bytes] to its kernel, in "
          "one call or in several; packets don't show which."),
    ),
    Why.DATA_PIECE: Words(
        _("Bytes of the {sender}'s program, a full segment: cut by its kernel."),
        _("Payload is always a program's. This segment is as large as one can be here, so the {sender}'s kernel cut "
          "it out "
          "of what its program had written: one call or several, packets don't show which."),
    ),
    Why.DATA_TAIL: Words(
        _("Goes on with the {sender}'s bytes before it: one stream, cut by its kernel."),
        _("The segment before this one was full, so these bytes belong to the same run: the {sender}'s program "
          "wrote more than one segment holds, and its kernel cut the stream. Where one write ended and the next "
          "began, packets don't show."),
    ),
    Why.HELD_NAGLE: Words(
        _("[Waited {held_ns}|It waited] (Nagle): shorter than a full segment while [packet {unacked}|an earlier "
          "short one] was unacknowledged[. Packet {released} brought the ACK that let it go]."),
        _("The bytes were in the {sender}'s kernel [for {held_ns} ]before they left. They are fewer than a full "
          "segment, and an earlier short segment[, packet {unacked},] had not been acknowledged: then Linux "
          "waits, in the hope of more bytes to send along (Nagle's algorithm as Minshall changed it; RFC 9293 "
          "3.7.4 is stricter).[ Packet {released} brought the acknowledgment[, and they left {delay_ns} after "
          "it].] A program that sets TCP_NODELAY does not wait."),
    ),
    Why.HELD_WINDOW: Words(
        _("It waited for room: the {receiver}'s window was full[ until packet {released} opened it]."),
        _("The {sender} may send no more than the {receiver} has announced room for. That window was used up[, "
          "until packet {released} moved its edge]: flow control, at the pace of the reading program (RFC 9293 "
          "3.8.6)."),
    ),
    Why.HELD_CONGESTION: Words(
        _("It waited for an ACK[, packet {released},] although the {receiver}'s window had room: the congestion "
          "window or the send buffer was full, or the {sender}'s kernel paced it."),
        _("Neither the {receiver}'s window nor Nagle's algorithm held these bytes back. What is left is the "
          "congestion window: how much the {sender}'s kernel trusts itself to have under way; [the ACK in packet "
          "{released} made room in it|an ACK made room in it] (RFC 5681). A kernel that paces its segments over the "
          "round trip would look the same, and so would a send buffer that had no room for these bytes before that "
          "ACK."),
    ),
    Why.MAYBE_NAGLE: Words(
        _("Left [{delay_ns} after packet {released}|right after an ACK], the ACK of a short segment: written "
          "before, and held back until then (Nagle)."),
        _("These bytes left [{delay_ns} after packet {released}|right after an ACK], which acknowledged an "
          "earlier short segment. That is how bytes behave that were written before and held back by Nagle's "
          "algorithm: Linux keeps a segment that is not full while an earlier short one is unacknowledged."),
    ),
    Why.MAYBE_LATER_WRITE: Words(
        _("The program wrote these bytes only then."),
        _("The {sender}'s program wrote these bytes only[ after packet {released} had come|then], and they left "
          "at once."),
    ),
}
