"""A side that leaves the peer's FIN unanswered for long."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP211", name="long-close-wait", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A program took long to close after the other side had",
    says="The {side} stayed in CLOSE-WAIT for [{wait_ns} before it closed|at least {least_ns}, until the capture "
         "ends]: the {other}'s FIN had come, its own program had not closed.",
    means="The kernel acknowledged the peer's FIN; recv() returns b\"\" from then on. Only the program can close its "
          "own side.",
    matters="Until then the socket and its descriptor stay in use. Programs that never close collect CLOSE-WAIT "
            "sockets until they run out of descriptors.",
    do="Close the socket when recv() returns b\"\". If the program was asleep or busy elsewhere, that is where the "
       "time went.",
    spec="RFC 9293 3.3.2, 3.6", fires_on="founding/d-http-keep-alive-expired.pcapng",
    silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """From the first FIN to the other side's, or to the end of the capture; data still sent is a half-close."""
    closing, last = seen.connection.closing, seen.account.last_ns
    first = seen.packet(closing.fins[0].packet) if closing.fins else None
    if first is None or last is None or closing.half_close or closing.rsts:
        return
    second = next((s for s in seen.of_kind("fin") if s.sender is not first.sender), None)
    copies = [s for s in seen.of_kind("fin") if s.sender is first.sender
              and (second is None or s.packet < second.packet)]
    wait = (second.time_ns if second else last) - copies[-1].time_ns
    heard = any(s.sender is not first.sender and (s.ack or 0) >= first.next_seq for s in seen.connection.segments)
    if wait >= 500_000_000 and heard:
        yield hit(second or first, first, side=first.sender.other, other=first.sender,
                  wait_ns=wait if second else None, least_ns=wait)
