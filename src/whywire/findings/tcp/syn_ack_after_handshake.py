"""The SYN-ACK comes again although the handshake is complete."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP015", name="syn-ack-after-handshake", level=Level.NOTE, certainty=Certainty.LIKELY,
    title="The server repeats its SYN-ACK after the third packet",
    says="The server sent its SYN-ACK again {after_ns} after the client had completed the handshake: likely its "
         "accept queue was full, or the client's packets were lost behind the capture point.",
    means="Linux puts a completed connection into the listening socket's accept queue. When that is full it ignores "
          "the third packet and repeats the SYN-ACK later, while the client already takes the connection as open.",
    matters="The client has sent its request into a connection that the server does not have yet; it waits for a "
            "second or more.",
    do="`ss -lnt` at the server shows the queue (Recv-Q) and its limit (Send-Q); raise listen()'s backlog and "
       "net.core.somaxconn, or accept faster. A capture at the server tells loss from a full queue.",
    spec="RFC 9293 3.5; listen(2), Linux tcp_conn_request", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A SYN-ACK behind the third packet."""
    third = seen.packet(seen.connection.opening.third)
    for again in seen.of_kind("syn-ack"):
        if third and again.packet > third.packet and again.sender is not third.sender and not third.lost:
            yield hit(again, third, after_ns=again.time_ns - third.time_ns)
