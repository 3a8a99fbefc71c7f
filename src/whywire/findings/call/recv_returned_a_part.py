"""A recv() that returned a part of what one send() had written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import RECEIVES, SENDS, Seen, overlapping, stream

RULE = Rule(
    code="CALL002", name="recv-returned-a-part", level=Level.NOTE, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="recv() returned a part of a message, and the program went on with it",
    says="{program}'s recv returned {got_bytes} although one send of the {other} had written {sent_bytes}, and it "
         "went on with {next} before it read the rest.",
    means="TCP carries a stream of bytes, not messages. recv() returns what is there, at most as much as asked for: a "
          "part of a send, or several sends at once.",
    matters="A program that takes one recv() for one message works in tests and fails when a segment boundary, a "
            "small buffer or a slow network splits the message.",
    do="Read until the message is complete: by a length in front of it, by a delimiter, or to the end of the stream.",
    spec="recv(2); RFC 9293 3.9.1.3",
)


def check(seen: Seen) -> Iterator[Hit]:
    """A recv ends within a send, and the same program's next call on the socket is no recv."""
    for side in Side:
        sends, calls = stream(seen.calls[side.other], SENDS), seen.calls[side]
        for call, _, end in stream(calls, RECEIVES):
            split = next((each for each in overlapping(sends, end - 1, end + 1) if each[1] < end < each[2]), None)
            later = bisect_right(calls, call.number, key=lambda other: other.number)
            after = calls[later] if later < len(calls) else None
            if split and after and after.name not in RECEIVES and call.byte_count:
                yield hit(seen.carrier(split[0]), call, split[0], after, program=call.program, other=side.other,
                          got_bytes=call.byte_count, sent_bytes=split[2] - split[1], next=after.name)
