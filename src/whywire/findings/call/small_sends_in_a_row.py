"""Several small sends in a row."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit
from whywire.findings.seen import SENDS, Seen

RULE = Rule(
    code="CALL014", name="small-sends-in-a-row", level=Level.INFO, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="A message was written with several small sends",
    says="{program} wrote {bytes} with {calls} of {name} in a row, before it read again; {size_bytes} would fit one "
         "segment.",
    means="The first one leaves at once. Under Nagle's rule the following ones wait for its ACK and are then sent "
          "together.",
    matters="The message arrives in two parts, a round trip apart; with a delayed ACK at the other side, 40 ms or "
            "more apart (TCP110).",
    do="Join the parts and send them with one call.",
    spec="RFC 9293 3.7.4, RFC 896",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Three sends or more without another call between them, shorter in all than a segment."""
    size = seen.connection.segment_size
    for calls in seen.calls.values():
        first, total = 0, 0
        for at, call in enumerate(calls):
            if call.name not in SENDS or not call.byte_count:
                first, total = at + 1, 0
                continue
            total += call.byte_count
            last = at + 1 == len(calls) or calls[at + 1].name not in SENDS
            if at - first >= 2 and last and size and total < size:
                yield hit(seen.carrier(calls[first]), calls[first], call, program=call.program, bytes=total,
                          calls=at + 1 - first, name=call.name, size_bytes=size)
