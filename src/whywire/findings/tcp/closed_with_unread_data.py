"""Closed with bytes unread."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP206", name="closed-with-unread-data", level=Level.WARNING, certainty=Certainty.LIKELY,
    title="A socket was closed with bytes unread, so the connection was reset",
    says="[The {side} closed its socket with {unread_bytes} unread|The {side} reset the connection after "
         "{received_bytes} had come for it: likely it closed with some of that unread, or with SO_LINGER 0], so a "
         "reset went out in place of a FIN.",
    means="When close() finds bytes in the receive buffer, they are thrown away, and the kernel tells the peer with a "
          "reset that not everything was taken. With an empty buffer it would have sent a FIN.",
    matters="The peer's program gets ECONNRESET, perhaps before it has read what was sent to it. An answer sent "
            "shortly before the close can be lost that way.",
    do="Read until recv() returns b\"\" before closing. A server that rejects a request should read (and drop) the "
       "rest of it first.",
    spec="RFC 9293 3.6.1, RFC 1122 4.2.2.13, RFC 2525 2.17", fires_on="founding/a-v3.pcapng",
    silent_on="traps/real_rst_linger0.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The verdict on the closing: unread-data; the trace knows how many bytes."""
    closing, cause = seen.connection.closing, seen.connection.closing.cause
    if closing.cause_kind == "unread-data" and cause is not None:
        rst, params = seen.packet(closing.packet), cause.reason.params
        if rst:
            yield hit(rst, *cause.reason.refs, certainty=cause.certainty, side=rst.sender,
                      unread_bytes=params.get("bytes"), received_bytes=params.get("received"))
