"""A small write that waited for a delayed ACK."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP110", name="nagle-waits-for-delayed-ack", level=Level.WARNING, certainty=Certainty.LIKELY,
    title="A small write waited for an ACK that was delayed on purpose",
    says="The {side} had {bytes} ready[ for {held_ns}] and waited for the ACK of {small_packet}, which the {other} "
         "held back for {delay_ns}[: likely Nagle's rule and a delayed ACK, unless the program wrote only "
         "then{maybe}].",
    means="Nagle's rule lets a small segment wait while an earlier small one is unacknowledged. The receiver's kernel "
          "delays its ACK, hoping for data to send it along with. Each waits for the other until the timer, 40 ms on "
          "Linux, runs out.",
    matters="Every such pair of writes costs 40 to 200 ms, on the fastest network too.",
    do="Send a message with one call: join head and body before send(), or use sendmsg(). Or set TCP_NODELAY on the "
       "sender's socket.",
    spec="RFC 9293 3.7.4, 3.8.6.3; RFC 896", silent_on="TCP111/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Bytes released by an ACK (known or likely) that had itself been delayed."""
    known = [(s, n.params, n.params.get("unacked"), False) for s, n in seen.noted(Why.HELD_NAGLE)]
    maybe = [(s, s.cause.reason.params, None, True) for s in seen.caused(Why.MAYBE_NAGLE)]
    for segment, params, small, unsure in known + maybe:
        ack = seen.packet(int(str(params["released"])))
        late = ack.cause.reason if ack and ack.cause.reason.why is Why.ACK_DELAYED else None
        if ack and late:
            yield hit(segment, ack, *late.refs, certainty=Certainty.LIKELY if unsure else Certainty.INFERRED,
                      side=segment.sender, other=ack.sender, bytes=segment.length, held_ns=params.get("held_ns"),
                      small_packet=small or late.params["packet"], delay_ns=late.params["delay_ns"], maybe=when(unsure))
