"""The same bytes sent three times and more."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Segment
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP116", name="repeated-retransmission", level=Level.WARNING, certainty=Certainty.INFERRED,
    title="The same segment was sent again and again",
    says="The {side} sent the bytes from {seq} on {times} within {over_ns}, and no ACK for them came in between.",
    means="Each time the timer ran out it was doubled. That several copies in a row are lost points to a way that no "
          "longer works, a host that is gone, or a firewall that lost track of the connection.",
    matters="The kernel keeps trying, on Linux about 15 minutes by default (tcp_retries2), before it tells the "
            "program.",
    do="Capture at the other end: do the copies arrive? A limit in the program (or TCP_USER_TIMEOUT) brings the error "
       "sooner.",
    spec="RFC 6298 5.5, RFC 9293 3.8.3", silent_on="traps/01_one_byte_retx.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Three or more copies of the same first byte from one side, by timer."""
    copies: dict[tuple[str, int], list[Segment]] = {}
    for segment in seen.of_kind("data"):
        if "spurious-retransmission" not in segment.kinds:
            copies.setdefault((segment.sender, segment.seq), []).append(segment)
    for same in copies.values():
        if len(same) > 3:
            yield hit(same[3], *same[:4], side=same[0].sender, seq=same[0].seq, times=len(same),
                      over_ns=same[-1].time_ns - same[0].time_ns)
