"""The right edge of a window moved back."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, Side
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP117", name="window-withdrawn", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A receiver took back room that it had offered",
    says="The {side} moved the end of its window back by {bytes}: room that it had already offered.",
    means="The last byte a sender may send is ACK plus window. That sum may stand still, but should not fall; a "
          "kernel under memory pressure does it all the same.",
    matters="Bytes that were sent in good faith can fall outside of the window and be thrown away.",
    do="Nothing in the program. At a middlebox that rewrites windows, look there.",
    spec="RFC 9293 3.8.6 (SHLD-14), RFC 7323 2.4",
)


def check(seen: Seen) -> Iterator[Hit]:
    """ACK plus window falls by more than one unit of the scale."""
    c, edge = seen.connection, {Side.CLIENT: -1, Side.SERVER: -1}
    for s in c.segments:
        if s.ack is None or not s.window_scaled or {"rst", "captured-twice"} & set(s.kinds) or c.scaling is None:
            continue
        unit = 1 << (c.end(s.sender).window_scale or 0) if c.scaling else 1
        back = edge[s.sender] - (s.ack + s.window)
        if back >= unit and s.ack_step is not None:
            yield hit(s, side=s.sender, bytes=back)
        edge[s.sender] = max(edge[s.sender], s.ack + s.window)
