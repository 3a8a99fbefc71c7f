"""The SYN-ACK took much longer than any later answer."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP011", name="slow-handshake", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="The handshake was slower than the rest",
    says="The SYN-ACK came {answer_ns} after its SYN, while the server's kernel acknowledged data within {least_ns} "
         "later on.",
    means="Both are answers of the same kernel over the same way, so the way is not what took the time. A first "
          "packet may wait for an ARP or neighbour lookup, for a firewall that sets up its state, or for a loaded "
          "server.",
    matters="The handshake is often taken as the round-trip time; here it is not.",
    do="Take the later ACKs as the round trip. If it is every connection, look at what stands in front of the server.",
    spec="RFC 9293 3.5, RFC 6298", silent_on="traps/07_fast_retx_long_rtt.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """SYN to SYN-ACK, against the shortest time from data to its ACK; both on the way to the server."""
    answer, opening = seen.connection.opening.syn_to_synack_ns, seen.connection.opening
    acks = [s for s in seen.connection.segments if s.sender is Side.SERVER and s.ack_step and s.ack_step.segments]
    trips = [ack.time_ns - data.time_ns for ack in acks if ack.ack_step
             if (data := seen.packet(ack.ack_step.segments[-1])) and data.length]
    if answer and trips and 100_000_000 + 3 * max(min(trips), 0) <= answer < 100_000_000_000:
        yield hit(opening.syn_ack, seen.packet(opening.syn), answer_ns=answer, least_ns=min(trips))
