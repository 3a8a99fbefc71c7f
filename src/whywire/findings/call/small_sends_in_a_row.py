"""Several small sends in a row."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.base.records import Call
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
        row: list[Call] = []
        for call, after in zip(calls, [*calls[1:], None], strict=False):
            row = [*row, call] if call.name in SENDS and call.byte_count else []
            total = sum(each.byte_count or 0 for each in row)
            if len(row) >= 3 and (after is None or after.name not in SENDS) and size and total < size:
                yield hit(seen.carrier(row[0]), row[0], row[-1], program=call.program, bytes=total, calls=len(row),
                          name=call.name, size_bytes=size)
