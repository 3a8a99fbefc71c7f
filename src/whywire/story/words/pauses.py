"""Sentences about time in which nothing moved, and about calls that waited."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.PAUSE_SLEEP: Words(
        _("[{call} slept[ for {slept_ns}]|A program slept[ for {slept_ns}]]."),
        _("Nothing moved because a program slept[: {call}][, for {slept_ns}]. Its kernel went on working: what "
          "had arrived was acknowledged and kept for it."),
    ),
    Why.PAUSE_PROGRAM: Words(
        _("The {side}'s program was busy with something else[ between {after_call} and {before_call}]."),
        _("The {side}'s program made no network call[ between {after_call} and {before_call}]: it computed, or "
          "waited for something that the trace does not see."),
    ),
    Why.PAUSE_IDLE: Words(
        _("Nothing was outstanding; then a program at the {side} acted. Why it waited, packets don't show."),
        _("All bytes were acknowledged and no timer was running that packets would show. What ended the silence "
          "was something that a program at the {side} did: a time-out, a sleep, a person. Packets don't show "
          "which."),
    ),
    Why.PAUSE_AFTER_DATA: Words(
        _("The {side} had received [{what}|data], and its program did nothing on this connection. Packets don't show "
          "why."),
        _("The {side}'s kernel had [{what}|data] of its peer, and the next thing to happen was up to its program: it "
          "may have been busy, asleep, not reading, or waiting for something else. A trace of its calls would show "
          "it."),
    ),
    Why.PAUSE_NOT_READING: Words(
        _("The {side}'s program was not reading: its window had no room for more[ (packet {packet})]."),
        _("The {side}'s receive buffer was full[, as packet {packet} says], and the other side had to wait until "
          "its program read."),
    ),
    Why.PAUSE_DELAYED_ACK: Words(
        _("Nobody had anything to send but an ACK[ (packet {packet})], and the kernel kept that back for a while "
          "(delayed ACK)."),
        _("Nobody had data to send. One ACK was due[, packet {packet}], and the kernel kept it back in the hope "
          "of data that could carry it; then its timer ran out (RFC 9293 3.8.6.3)."),
    ),
    Why.PAUSE_TIMER: Words(
        _("A timer of the kernel was running; it sent [packet {packet}|the next packet]."),
        _("Nothing could happen before a timer of the kernel ran out and sent [packet {packet}|the next packet]."),
    ),
    Why.PAUSE_ON_THE_WAY: Words(
        _("[Packet {packet}|A packet] was on its way."),
        _("[Packet {packet}|A packet] was on its way all this time, through the delay of the wire and the queue in "
          "front of it; what came next waited for it."),
    ),
    Why.PAUSE_TRIP: Words(
        _("[Packet {packet}|A packet] was on its way to the {side}, and the answer on its way back[: that took "
          "{way_ns} at the handshake too]."),
        _("The capture was not taken at the {side}: [packet {packet}|what passed here] had to get there first, and the "
          "answer had to come back.[ At the handshake that took {way_ns}.] Nothing else needs to have happened in this "
          "time."),
    ),
    Why.PAUSE_BLOCKED: Words(
        _("[{call}|A call] was waiting, and the other side had nothing to say."),
        _("[{call}|A call] was waiting for the other side, which sent nothing in this time."),
    ),
    Why.PAUSE_ELSEWHERE: Words(
        _("[{call}|A call] was waiting on another socket."),
        _("[{call}|A call] of the same program was waiting on another socket all this time, so nothing happened here."),
    ),
    Why.WAIT_DATA: Words(
        _("Waited[ {blocked_ns}] for data[: packet {packet}]."),
        _("recv() found nothing to read and waited[ {blocked_ns}] until data came[ in packet {packet}]."),
    ),
    Why.WAIT_END: Words(
        _("Waited[ {blocked_ns}] for the FIN[ of packet {packet}], and returned b\"\"."),
        _("recv() waited[ {blocked_ns}] until the other side's FIN came[ in packet {packet}]. With all bytes read "
          "it returned b\"\": the end of the stream."),
    ),
    Why.WAIT_RESET: Words(
        _("Waited[ {blocked_ns}], until [packet {packet}, a reset|a reset], ended it."),
        _("The call waited[ {blocked_ns}] until a reset came[ in packet {packet}]; then it failed."),
    ),
    Why.WAIT_CONNECT: Words(
        _("Waited[ {blocked_ns}] for the handshake[: packet {packet}]."),
        _("connect() waited[ {blocked_ns}] until the SYN ACK came[ in packet {packet}]: one round trip."),
    ),
    Why.WAIT_REFUSED: Words(
        _("Waited[ {blocked_ns}], until [packet {packet}|a reset] refused the connection."),
        _("connect() waited[ {blocked_ns}] for an answer to its SYN; [packet {packet}, a reset|a reset], refused "
          "the connection."),
    ),
    Why.WAIT_ACCEPT: Words(
        _("Waited[ {blocked_ns}] for a complete handshake[: packet {packet}]."),
        _("accept() waited[ {blocked_ns}] until the kernel had completed a handshake[, with packet {packet}]."),
    ),
    Why.WAIT_SPACE: Words(
        _("Waited[ {blocked_ns}] for room in the send buffer[: packet {packet}]."),
        _("The send buffer was full: the call waited[ {blocked_ns}] until the other side had acknowledged "
          "enough[, by packet {packet}]."),
    ),
    Why.WAIT_FOREVER: Words(
        _("Still waiting when the recording stopped: nothing came that could end it."),
        _("The call had not returned when the recording stopped: nothing came from the other side that could have "
          "ended it."),
    ),
}
