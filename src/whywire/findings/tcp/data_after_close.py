"""Bytes for a socket that was closed already."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP205", name="data-after-close", level=Level.WARNING, certainty=Certainty.LIKELY,
    title="Data came for a socket that was closed",
    says="The {side} had closed its socket, so {bytes} in {data_packet} were answered by a reset[; another reading: "
         "it had only shut its sending down before, and now closed with these bytes unread{maybe}].",
    means="close() gives up both directions. TCP's FIN says only that no more comes from there, so the peer may still "
          "send; but nobody can read it any more, and the kernel says so with a reset.",
    matters="The bytes are lost. The sending program learns it late: at its next call, as ECONNRESET or EPIPE.",
    do="Agree on who closes first: read until recv() returns b\"\" before closing, or end sending with "
       "shutdown(SHUT_WR) and go on reading.",
    spec="RFC 9293 3.6.1, 3.10.7.4; RFC 1122 4.2.2.13", fires_on="founding/b-send-after-close.pcapng",
    silent_on="traps/11_half_close.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The verdict on the closing: late-data."""
    closing, cause = seen.connection.closing, seen.connection.closing.cause
    if closing.cause_kind == "late-data" and cause is not None:
        rst, number = seen.packet(closing.packet), cause.reason.params.get("packet")
        late = seen.packet(number if isinstance(number, int) else None)
        if rst and late:
            fin = next((mark.packet for mark in closing.fins if mark.sender is rst.sender), None)
            yield hit(rst, late, seen.packet(fin), *cause.reason.refs, certainty=cause.certainty, side=rst.sender,
                      bytes=late.length, data_packet=late.packet, maybe=when(cause.certainty is Certainty.LIKELY))
