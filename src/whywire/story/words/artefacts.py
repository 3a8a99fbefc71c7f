"""Sentences about what the capture, or the wire on purpose, did to packets. All are notes beside a packet's reason."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.SUPER_SEGMENT: Words(
        _("[{bytes} are|It is] more than a segment holds[ ({segment_size})]: captured where segments are not yet "
          "cut, or already joined. On the wire there were several."),
        _("The payload [of {bytes} ]is larger than the connection's segment size[ ({segment_size})]. It was "
          "captured above the place where the network card, or the kernel for it, cuts and joins segments (TSO, "
          "GRO). On the wire it was several packets."),
    ),
    Why.CAPTURED_TWICE: Words(
        _("The same packet as [number {packet}|one before], captured a second time; it was sent once."),
        _("It is the same packet as [number {packet}|one before], with the same bytes: it crossed two places of "
          "the capture. It was sent once; this is no retransmission and no duplicate ACK."),
    ),
    Why.LOST_BEFORE: Words(
        _("Not captured: [{bytes}|bytes] before it."),
        _("Between what was seen before and this segment the capture misses [{bytes}|bytes]. They were lost on "
          "the way to the point of capture, or the capture missed them; what follows tells which, if anything."),
    ),
    Why.ACKED_UNSEEN: Words(
        _("It acknowledges [{bytes}|bytes] that the capture does not hold: they arrived, the capture missed them."),
        _("The acknowledgment covers [{bytes}|bytes] that this capture has never seen. They reached the {sender}, "
          "so the network did not lose them: the capture did."),
    ),
    Why.WIRE_DROPPED: Words(
        _("The wire dropped it[ on purpose ({rule})]."),
        _("The lab's wire dropped this packet[, as it was told to: {rule}]. It left the {sender} and never arrived."),
    ),
    Why.WIRE_DELAYED: Words(
        _("The wire kept it back[ on purpose ({rule})]."),
        _("The lab's wire held this packet longer than others[, as it was told to: {rule}]."),
    ),
    Why.WIRE_DUPLICATED: Words(
        _("The wire made a second copy of it[ on purpose ({rule})]."),
        _("The lab's wire delivered this packet twice[, as it was told to: {rule}]. The {sender} sent it once."),
    ),
    Why.COPIED_BY_WIRE: Words(
        _("The wire's second copy of [packet {packet}|a packet][ ({rule})]; the {sender} sent it once."),
        _("The lab's wire delivered [packet {packet}|a packet] a second time[, as it was told to: {rule}]. The "
          "{sender} sent it once: this copy is no retransmission, though its receiver can't tell."),
    ),
    Why.WIRE_CORRUPTED: Words(
        _("The wire changed bytes of it[ on purpose ({rule})]."),
        _("The lab's wire changed bytes of this packet[, as it was told to: {rule}]. The {receiver}'s kernel "
          "drops a packet whose checksum is wrong, without a word."),
    ),
    Why.STILL_TRAVELLING: Words(
        _("It was still travelling when the recording ended."),
        _("It is in the {sender}'s capture and not in the {receiver}'s, and the wire did not drop it: it was still "
          "travelling when the recording ended. What it would have done at the {receiver} is not in the story."),
    ),
    Why.NOT_ARRIVED: Words(
        _("It left the {sender} and was never seen at the {receiver}."),
        _("It is in the {sender}'s capture and not in the {receiver}'s, and no rule of the wire did that: the "
          "capture ended before it arrived, or it was lost."),
    ),
}
