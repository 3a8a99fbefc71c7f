"""The findings of a summary: rules that fire whenever a packet is of a kind, counted over the whole capture.

No other rule is asked, because a rule looks at a laid out connection and a summary lays out none. That these counts
equal what the rules find one by one is held by a test over all captures.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from whywire.connections.kinds import WORDS
from whywire.connections.tally import OPENINGS, WAYS_TO_CLOSE, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.rule import Rule

FILES = {
    "tcp.connection_refused": "opening refused", "tcp.duplicate_ack": "duplicate-ack",
    "tcp.fast_retransmission": "fast-retransmission", "tcp.spurious_retransmission": "spurious-retransmission",
    "tcp.out_of_order": "out-of-order", "tcp.keep_alive": "keep-alive", "tcp.zero_window_probe": "zero-window-probe",
    "tcp.port_reused": "port-reused", "cap.captured_twice": "captured-twice", "cap.super_segment": "super-segment",
    "cap.no_handshake_captured": "opening unseen",
}
"""Those with ``counted_by`` and what that says, so that only rules that fired are imported; a test holds that it is
said rightly and that none is missing."""
OPENING = "opening "


class Tallied(NamedTuple):
    """What a rule found in a capture."""

    rule: Rule
    hits: int
    connections: int
    """In how many connections."""
    worst: int
    """The number (from 1) of the connection with most trouble among them."""


def tallied(tally: Tally) -> list[Tallied]:
    """Return what the counting rules found, the most serious first, then the most frequent."""
    found = []
    for name, counted_by in FILES.items():
        is_opening = counted_by.startswith(OPENING)
        one = _of_opening(counted_by.removeprefix(OPENING), tally) if is_opening else _of_kind(counted_by, tally)
        if one[0]:
            rule: Rule = import_module(f"whywire.findings.{name}").RULE
            found.append(Tallied(rule, *one))
    return sorted(found, key=lambda each: (-each.rule.level, -each.hits, each.rule.code))


def _of_opening(word: str, tally: Tally) -> tuple[int, int, int]:
    """Return how often connections opened so, in how many connections that is, and the worst of them."""
    opening = OPENINGS.index(word)
    count = sum(tally.pairs.connections[opening * WAYS_TO_CLOSE + closing] for closing in range(WAYS_TO_CLOSE))
    return count, count, tally.worst_opened(opening) + 1


def _of_kind(word: str, tally: Tally) -> tuple[int, int, int]:
    """Return how many packets are of a kind, in how many connections, and the worst of these."""
    bit = next(bit for bit, kind in WORDS if kind == word)
    return tally.counts.packets[bit.bit_length() - 1], tally.count_kind(bit), tally.worst_of_kind(bit) + 1
