"""Sentences about how a connection begins (RFC 9293 3.5)."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.SYN_CONNECT: Words(
        _("[{caller} asks for a connection|The {sender}'s program asked for a connection: connect() sends a SYN]."),
        _("A SYN leaves when a program asks its kernel for a connection, by connect().[ Here it was {caller}.] It "
          "carries the initial sequence number that the {sender}'s kernel chose for this direction and, as "
          "options, what that kernel can do. It takes one sequence number, so that it can be acknowledged by "
          "number like data (RFC 9293 3.4, 3.5)."),
    ),
    Why.SYN_AGAIN: Words(
        _("No answer to the SYN[ for {after_ns}], so the {sender}'s kernel sent it again."),
        _("The {sender}'s kernel sent a SYN and started a timer; no answer came[ within {after_ns}], so it sent "
          "the same SYN again, with the same number[ (copy {attempt})]. It waits longer each time, and after some "
          "tries connect() fails with a time-out (RFC 6298, RFC 9293 3.8.1)."),
    ),
    Why.SYN_IGNORED: Words(
        _("It reached the {receiver}, which left it unanswered: a listening socket whose accept queue is full drops "
          "it."),
        _("It reached the {receiver}, and no answer left. Where nobody listens, a kernel answers with a reset; where a "
          "program listens and its accept queue is full, because accept() is not called often enough, Linux drops the "
          "SYN without a word and the {sender}'s kernel asks again. A packet filter of the {receiver} would look the "
          "same (listen(2), tcp_conn_request())."),
    ),
    Why.SYN_CROSSING: Words(
        _("Both sides opened at once: this SYN and the other side's crossed on the way."),
        _("Both programs called connect() towards each other, and neither SYN had arrived when the other left. "
          "TCP allows it: the result is one connection, not two (RFC 9293 3.5, figure 7)."),
    ),
    Why.SYN_SPLIT: Words(
        _("A split handshake: the {sender} had acknowledged the other SYN alone, and opens its own direction in a "
          "segment "
          "of its own."),
        _("SYN and ACK usually travel together, but need not: the {sender} acknowledged the {receiver}'s SYN first and "
          "sends its own SYN now. The {receiver} answers as if the SYNs had crossed (RFC 9293 3.5)."),
    ),
    Why.SYN_ACK_LISTEN: Words(
        _("The {sender}'s kernel answers for the listening socket; accept() is not needed for it."),
        _("A program at the {sender} is listening on this port, so its kernel answers the SYN: it accepts the "
          "{receiver}'s numbering (ack) and starts its own (seq). accept() plays no part in it: it hands over "
          "connections that the kernel has completed by itself (RFC 9293 3.5)."),
    ),
    Why.SYN_ACK_CROSSING: Words(
        _("Acknowledges the other side's SYN, which had crossed its own."),
        _("In a simultaneous open each side answers the other's SYN with a SYN ACK that repeats its own SYN's "
          "number. These are not retransmissions (RFC 9293 3.5, figure 7)."),
    ),
    Why.SYN_ACK_AGAIN: Words(
        _("No ACK came for the SYN ACK[ within {after_ns}], so the {sender}'s kernel sent it again."),
        _("The {sender}'s kernel had sent its SYN ACK; nothing acknowledged it[ for {after_ns}], so its timer "
          "sent it again. Either the SYN ACK was lost or its ACK was (RFC 6298)."),
    ),
    Why.HANDSHAKE_READY: Words(
        _("Third packet of the handshake, by the {sender}'s kernel: the connection is ready; connect() had not "
          "waited for it."),
        _("The {sender}'s kernel has the SYN ACK, acknowledges it and counts the connection as established. The "
          "connect() of a socket that does not block had returned at once; from now on the socket is writable. When "
          "this packet arrives the {receiver}'s kernel counts the connection as established too (RFC 9293 3.5)."),
    ),
    Why.SYN_ACK_REPEATED: Words(
        _("The SYN came again[ (packet {packet})], and the {sender}'s kernel answers it as before."),
        _("A copy of the SYN arrived[, packet {packet}]: the {receiver} had not had the SYN ACK yet. The {sender}'s "
          "kernel answers a copy at once with a copy of its SYN ACK; its timer had no part in it (RFC 9293 3.8.1)."),
    ),
    Why.HANDSHAKE_DONE: Words(
        _("Third packet of the handshake, by the {sender}'s kernel: connect() can return now."),
        _("The {sender}'s kernel has the SYN ACK, acknowledges it and counts the connection as established; a "
          "connect() that waited for it returns. When this packet arrives the {receiver}'s kernel counts it as "
          "established too and puts it in the queue from which accept() takes it (RFC 9293 3.5)."),
    ),
}
