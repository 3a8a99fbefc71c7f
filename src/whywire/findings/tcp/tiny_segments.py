"""Many tiny segments in a row."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP113", name="tiny-segments", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A side sends its data in tiny segments",
    says="The {side} sent {tiny} of its {segments} with at most {most} bytes each, although {size_bytes} fit into one.",
    means="The program writes a few bytes at a time, and either each write finds nothing unacknowledged or "
          "TCP_NODELAY is set.",
    matters="Each of these segments carries 40 bytes of headers or more (52 with timestamps) and costs both kernels a "
            "packet.",
    do="Collect the output (a buffered file object, one join) and send it with one call. Keystrokes and other "
       "interactive traffic are like this by nature.",
    spec="RFC 9293 3.7.4, RFC 896",
)


def check(seen: Seen) -> Iterator[Hit]:
    """At least 20 data segments of one side of at most 32 bytes, and nine in ten of all it sent."""
    size = seen.connection.segment_size
    for side in Side:
        data = [s for s in seen.of_kind("data") if s.sender is side]
        tiny = [s for s in data if s.length <= 32]
        if size and size > 256 and len(tiny) >= 20 and len(tiny) >= 0.9 * len(data):
            yield hit(tiny[0], tiny[0], tiny[-1], side=side, tiny=len(tiny), segments=len(data), most=32,
                      size_bytes=size)
