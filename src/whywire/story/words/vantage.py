"""Sentences about where a capture was taken, and about what would decide between two readings."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.VANTAGE_BOTH: Words(
        _("Both ends were captured, and a packet's time is when it left its sender: each handshake time is one "
          "way and the answering kernel's own."),
        _("Both ends were captured. A packet's time is when it left its sender; its arrival stands beside it."),
    ),
    Why.VANTAGE_LOOPBACK: Words(
        _("One machine talks to itself: neither handshake time is a network delay, both are the kernel's."),
        _("Both ends are on one machine, and no network lies between them. The times of the handshake are the "
          "kernel's, not a network's."),
    ),
    Why.VANTAGE_CLIENT: Words(
        _("Captured at the client or near it: SYN to SYN ACK[, {syn_to_synack},] is the round trip; SYN ACK to "
          "ACK[, {synack_to_ack},] is the client's own time."),
        _("The client answers within a time too short for a network[ ({near_ns})], the server does not[ "
          "({far_ns})]: the capture was taken at the client or near it. There the time from SYN to SYN ACK is the "
          "round trip."),
    ),
    Why.VANTAGE_SERVER: Words(
        _("Captured at the server or near it: SYN ACK to ACK[, {synack_to_ack},] is the round trip; SYN to SYN "
          "ACK[, {syn_to_synack},] is the server's own time."),
        _("The server answers within a time too short for a network[ ({near_ns})], the client does not[ "
          "({far_ns})]: the capture was taken at the server or near it. There the time from SYN ACK to ACK is the "
          "round trip."),
    ),
    Why.VANTAGE_BETWEEN: Words(
        _("Captured on the way: each handshake time is the round trip to one side, and their sum is the whole."),
        _("Neither side answers within a time too short for a network: the capture was taken between them. Each "
          "handshake time is the round trip to one side; the sum is the whole round trip."),
    ),
    Why.VANTAGE_UNKNOWN: Words(
        _("Where the capture was taken can't be told, so neither handshake time is called the round trip."),
        _("Nothing shows at which end, or between them, the capture was taken; so neither handshake time is "
          "called the round trip."),
    ),
    Why.DECIDE_CALLS: Words(
        _("A trace of the {side}'s calls would decide."),
        _("A trace of the calls of the {side}'s program would decide."),
    ),
    Why.DECIDE_BOTH_ENDS: Words(
        _("A capture at the other end would decide."),
        _("A second capture, at the other end, would decide."),
    ),
    Why.UNKNOWN: Words(
        _("Nothing that is known here decides why."),
        _("Neither the packets nor the rules of TCP decide why."),
    ),
}
