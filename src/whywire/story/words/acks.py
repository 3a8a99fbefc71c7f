"""Sentences about acknowledgments and window updates: the kernel's part of the conversation."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.ACK_AT_ONCE: Words(
        _("The {sender}'s kernel acknowledged [packet {packet}|the data] at once[ ({delay_ns})]."),
        _("The {sender}'s kernel acknowledged [packet {packet}|what had come] by itself and without waiting[: "
          "{delay_ns} between the two]. It says that the bytes are in the receive buffer, not that the program "
          "has read them; accept() and recv() were not needed for it (RFC 9293 3.8.6.3)."),
        once=_("That says nothing about what the program has read."),
    ),
    Why.ACK_PART: Words(
        _("The {sender}'s kernel acknowledged a part of [packet {packet}|a segment][: {bytes}]."),
        _("This acknowledges [{bytes}|a part] of what the capture shows as one segment[, packet {packet}]: on the "
          "wire it "
          "was several, or not all of it had come."),
    ),
    Why.ACK_DELAYED: Words(
        _("Delayed ACK: there was nothing to send back that it could ride on, so a timer of the {sender}'s kernel "
          "sent it[ {delay_ns} after packet {packet} had come]."),
        _("A receiver may keep an ACK for a moment, in the hope of data going the same way that can carry it. "
          "Nothing came, so the {sender}'s kernel sent it alone[, {delay_ns} after packet {packet} had come]. Linux "
          "waits "
          "40 ms or more; less than 0.5 s is what RFC 9293 3.8.6.3 asks of everybody."),
    ),
    Why.ACK_LATE: Words(
        _("The {sender}'s kernel acknowledged [packet {packet}|the data][ {delay_ns} after it had come]: not at "
          "once, and "
          "not surely by its delayed-ACK timer."),
        _("The {sender}'s kernel sent this ACK[ {delay_ns} after packet {packet} had come]. That is longer than a "
          "kernel "
          "needs to answer, and the delayed-ACK timer is not the only thing that takes time: a busy machine, a "
          "hold-up on the way or a recv() that released the ACK would all look like this."),
    ),
    Why.ACK_WAY_LONGER: Words(
        _("The {sender}'s kernel acknowledged [packet {packet}|the data]; the way there and back took longer this time "
          "than the handshake did."),
        _("The {sender}'s kernel acknowledged [packet {packet}|the data], and seen from here it took longer than the "
          "handshake shows for the way there and back. The way itself may have taken longer this time."),
    ),
    Why.ACK_CAPTURED_LATE: Words(
        _("Acknowledges [packet {packet}|the data]. Listed[ {delay_ns}] after it, but built at once, as its "
          "timestamp option shows: no delayed ACK."),
        _("The capture lists this ACK [{delay_ns} after packet {packet}|late]. Its timestamp option (TSval), "
          "which the {sender}'s kernel wrote when it built the packet, is of the time of the packet that it "
          "acknowledges. So the ACK was built at once and recorded late; it is no delayed ACK."),
    ),
    Why.ACK_READ_FLUSHED: Words(
        _("[{call}|A recv()] emptied the receive buffer, and the {sender}'s kernel sent the ACK that it had kept "
          "back[ for packet {packet}]."),
        _("The {sender}'s kernel was keeping this ACK back, to let it ride on data. When [{call}|a recv()] took "
          "the last bytes out of the receive buffer, it sent the ACK, together with the room that the read had "
          "made."),
    ),
    Why.SACKED: Words(
        _("SACK: [seq {low} to seq {high}|more] has arrived, beyond a gap[ at seq {ack}]."),
        _("The SACK option says that [seq {low} to seq {high}|something beyond] has arrived although [seq {ack}|what "
          "comes before] is still missing, so that only what is missing needs to be sent again (RFC 2018)."),
    ),
    Why.SACK_INVALID: Words(
        _("Its SACK option names [seq {low} to seq {high}|bytes], which no window of the {sender} has ever let in: it "
          "means nothing."),
        _("The SACK option names [seq {low} to seq {high}|bytes beyond any window]. No window that the {sender} can "
          "have announced reaches there, so these bytes can't have arrived. Something on the path changed the sequence "
          "numbers and not the option, or the capture was edited; the {receiver}'s kernel ignores it (RFC 2018)."),
    ),
    Why.DSACKED: Words(
        _("D-SACK: [seq {low} to seq {high}|some bytes] arrived a second time."),
        _("The first SACK block reports [seq {low} to seq {high}|bytes], which had arrived before: they came twice, so "
          "one of the copies was sent for nothing (RFC 2883)."),
    ),
    Why.ACK_NOT_TAKEN: Words(
        _("The {receiver}'s ACK of the handshake [(packet {packet}) |]had passed here: it was lost behind this point, "
          "or the accept queue was full and the {sender}'s kernel did not take it."),
        _("The third packet of the handshake[, packet {packet},|] had been captured before. Either it was lost on the "
          "rest of its way, or the {sender}'s accept queue was full: Linux then ignores it and sends the SYN ACK "
          "again."),
    ),
    Why.ACK_FIN: Words(
        _("The {sender}'s kernel acknowledges the FIN[ of packet {packet}]."),
        _("A FIN takes one sequence number, so its ACK is one higher than the last byte's. The {sender}'s kernel "
          "sends it by itself. It tells the {receiver} that its end of stream has arrived, not that the program "
          "here has seen it or will close: that takes a recv() that returns b\"\" and a close() (RFC 9293 3.6)."),
    ),
    Why.ACK_FIN_DELAYED: Words(
        _("Delayed ACK of the FIN[ in packet {packet}]: a timer of the {sender}'s kernel sent it[ {delay_ns} "
          "after that had come]."),
        _("The {sender}'s kernel had nothing to send back that could carry this ACK, so it waited, and its "
          "delayed-ACK timer sent it[ {delay_ns} after packet {packet} had come]. The program did nothing in that "
          "time: "
          "had it closed, the ACK would have left with its FIN (RFC 9293 3.8.6.3)."),
    ),
    Why.ACK_LAST: Words(
        _("The {sender}'s kernel acknowledges the FIN[ of packet {packet}]; both sides have sent theirs."),
        _("Both sides have sent their FIN, and this acknowledges the {receiver}'s[, packet {packet}]. It takes no "
          "number itself, so nothing acknowledges it. Should it get lost, the {receiver} sends its FIN again, and "
          "a side in TIME-WAIT answers once more (RFC 9293 3.6)."),
    ),
    Why.ACK_PIGGYBACK: Words(
        _("It carries the ACK[ of packet {packet}] along."),
        _("Every segment after the first has an acknowledgment number. This one brings a new one, so no packet of "
          "its own was needed to acknowledge [packet {packet}|what had come] (a piggy-backed ACK)."),
    ),
    Why.ACK_AGAIN: Words(
        _("Nothing new in it: the {sender}'s kernel answers [packet {packet}|a segment], which brought nothing new."),
        _("[Packet {packet}|A segment] brought nothing that the {sender}'s kernel did not have. It answers such a "
          "segment with an ACK of the number that it is at, so that the {receiver} knows (RFC 9293 3.10.7.4)."),
    ),
    Why.ACK_REPEATED: Words(
        _("Duplicate ACK[ number {count}]: something arrived behind a gap, so the same number is asked for again."),
        _("The {sender} received bytes that are not the next ones. Its kernel says at once, again, which number "
          "it is waiting for[; this is repetition {count}]. After three of them the {receiver} takes the missing "
          "segment for lost and sends it again (RFC 5681 3.2)."),
    ),
    Why.WINDOW_UPDATE: Words(
        _("Window update by the {sender}'s kernel: same ack, more room[, {before} -> {after} bytes]. The program "
          "has read."),
        _("It acknowledges nothing new. It says that the receive buffer has more room[: {after} bytes, after "
          "{before}], because the {sender}'s program has read. Such a packet is no duplicate ACK (RFC 9293 3.8.6)."),
    ),
    Why.WINDOW_UPDATE_READ: Words(
        _("[{call}|A recv()] made room, and the {sender}'s kernel says so[: window {before} -> {after} bytes]."),
        _("[{call}|A recv()] took bytes out of the receive buffer. The window had been small, so the {sender}'s "
          "kernel tells the {receiver} at once that there is room again[: {after} bytes, after {before}] (RFC "
          "9293 3.8.6.2.2)."),
    ),
}
