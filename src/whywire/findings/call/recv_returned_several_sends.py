"""A recv() that returned what several sends had written."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import RECEIVES, SENDS, Seen, overlapping, stream

RULE = Rule(
    code="CALL003", name="recv-returned-several-sends", level=Level.NOTE, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="One recv() returned what several sends had written",
    says="{program}'s recv returned {got_bytes}, which the {other} had written with {sends} sends.",
    means="TCP carries a stream of bytes, not messages. What is written by several calls can leave in one segment, or "
          "lie together in the receive buffer until recv() is called.",
    matters="A program that takes one recv() for one message handles only the first, or all of them as one.",
    do="Mark where messages end: by a length in front, or a delimiter, and keep what belongs to the next one.",
    spec="recv(2); RFC 9293 3.9.1.3",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A recv overlaps more than one send."""
    for side in Side:
        sends = stream(seen.calls[side.other], SENDS)
        for call, start, end in stream(seen.calls[side], RECEIVES):
            within = [made for made, _, _ in overlapping(sends, start, end)]
            if len(within) > 1:
                yield hit(seen.carrier(within[-1]), call, *within[:8], program=call.program, other=side.other,
                          got_bytes=call.byte_count, sends=len(within))
