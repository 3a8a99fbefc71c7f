"""Sentences about timers, loss and order: retransmissions, probes, keep-alives."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.RETRANSMISSION_TIMEOUT: Words(
        _("Sent again[ (first in packet {packet})]: the timer of the {sender}'s kernel ran out[ after {after_ns}] "
          "before an ACK reached it."),
        _("[Packet {packet} carried the same bytes|The same bytes were sent before]. No acknowledgment of them "
          "reached the {sender}[ within {after_ns}], so the retransmission timer of its kernel sent them again. "
          "The program has no part in it (RFC 6298)."),
    ),
    Why.RETRANSMISSION_FAST: Words(
        _("Sent again[ (first in packet {packet})] after [{duplicates} duplicate ACKs|duplicate ACKs]: the "
          "{sender}'s kernel takes it for lost and does not wait for its timer."),
        _("[Packet {packet} carried the same bytes|The same bytes were sent before]. [{duplicates} ACKs|ACKs] in "
          "a row asked for the same number: later bytes had arrived and these had not. That is reason enough to "
          "send them again without waiting for the timer (fast retransmission, RFC 5681 3.2)."),
    ),
    Why.RETRANSMISSION_GOES_ON: Words(
        _("Sent again[ (first in packet {packet})]: after the loss the {sender}'s kernel goes on with what the ACK[ in "
          "packet {released}] asks for next, without waiting for its timer."),
        _("[Packet {packet} carried the same bytes|The same bytes were sent before]. [Packet {released}|An ACK] "
          "acknowledged the copy that had been sent again before this one, and asks for these bytes next. After a loss "
          "the {sender}'s kernel takes what followed for lost too, and sends it as ACKs come in (RFC 5681 3.1, RFC "
          "6582)."),
    ),
    Why.RETRANSMISSION_EARLY: Words(
        _("Sent again[ (first in packet {packet})][ after {after_ns}]: an ACK[ (packet {asked})] had asked for it "
          "while later bytes arrived, so the {sender}'s kernel took it for lost."),
        _("[Packet {packet} carried the same bytes|The same bytes were sent before]. [Packet {asked}|An ACK] asked for "
          "them again although later ones had arrived. Fewer than three such ACKs are enough for a kernel that watches "
          "the time at which segments were sent (RACK, RFC 8985)."),
    ),
    Why.TAIL_LOSS_PROBE: Words(
        _("Sent again[ (first in packet {packet})][ after {after_ns}]: the last segment had not been acknowledged, and "
          "the {sender}'s kernel probes whether it was lost (tail loss probe)."),
        _("[Packet {packet} carried the same bytes|The same bytes were sent before]. Nothing was sent behind them, so "
          "no duplicate ACK could tell that they were lost. After about two round trips a timer of the {sender}'s "
          "kernel sends the last segment once more, to have it acknowledged (tail loss probe, RFC 8985 7)."),
    ),
    Why.RETRANSMISSION_SPURIOUS: Words(
        _("Sent again[ (first in packet {packet})] although the bytes had been acknowledged[, by packet "
          "{acked_by}]: not needed."),
        _("[Packet {packet} carried the same bytes|The same bytes were sent before], and [packet {acked_by}|an "
          "earlier packet] had acknowledged them. The {sender}'s kernel sent them again all the same: that ACK "
          "had not reached it, or came after its timer ran out (RFC 6298)."),
    ),
    Why.RETRANSMISSION_LOST: Words(
        _("The first copy[, packet {packet},] never arrived."),
        _("Both ends were captured: [packet {packet}|the first copy] left its sender and was never seen at the "
          "other end."),
    ),
    Why.OUT_OF_ORDER: Words(
        _("Out of order: [packet {packet}|a later segment] overtook it before the point of capture."),
        _("Its bytes come before those of [packet {packet}|a segment that was captured earlier], and they had not "
          "been seen yet: the network changed the order. TCP puts the bytes back in order; the program notices "
          "nothing."),
    ),
    Why.KEEP_ALIVE: Words(
        _("Keep-alive probe[ after {idle_ns} of silence]: the {sender}'s kernel asks whether the other side is "
          "still there."),
        _("The {sender}'s program had set SO_KEEPALIVE. [After {idle_ns} without a packet|After a long silence] "
          "its kernel sends a segment with a number just below the next one, which the other side has to answer "
          "(RFC 9293 3.8.4)."),
    ),
    Why.KEEP_ALIVE_ANSWER: Words(
        _("Answers the keep-alive probe[ of packet {packet}]: the {sender}'s kernel is there and knows the "
          "connection."),
        _("The probe[ in packet {packet}] has a number that was acknowledged before; a kernel answers such a "
          "segment with the ACK that it is at. The program has no part in it (RFC 9293 3.8.4)."),
    ),
    Why.ZERO_WINDOW_PROBE: Words(
        _("Window probe[, {after_ns} after the one in packet {probe}]: the {receiver}'s window is closed[ since packet "
          "{packet}], and the {sender}'s kernel asks whether there is room again."),
        _("The {receiver} had announced a window of 0[, in packet {packet}]. The packet that will announce room "
          "could get lost, so the {sender}'s kernel asks from time to time[, here {after_ns} after it asked in packet "
          "{probe}]; it waits longer each time (RFC 9293 3.8.6.1)."),
    ),
    Why.ZERO_WINDOW_PROBE_ANSWER: Words(
        _("Answers the window probe[ of packet {packet}] with the window as it is."),
        _("The {sender}'s kernel answers [the probe in packet {packet}|a window probe] with the number it is at "
          "and the room it has (RFC 9293 3.8.6.1)."),
    ),
}
