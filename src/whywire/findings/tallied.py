"""The findings of a summary: rules that fire whenever a packet is of a kind, counted over the whole capture.

No other rule is asked, because a rule looks at a laid out connection and a summary lays out none. That these counts
equal what the rules find one by one is held by a test over all captures.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from whywire.connections.kinds import WORDS
from whywire.connections.tally import OPENINGS, Tally
from whywire.findings.rule import Rule

FILES = (
    "tcp.connection_refused", "tcp.duplicate_ack", "tcp.fast_retransmission", "tcp.spurious_retransmission",
    "tcp.out_of_order", "tcp.keep_alive", "tcp.zero_window_probe", "tcp.port_reused",
    "cap.captured_twice", "cap.super_segment", "cap.no_handshake_captured",
)
"""Those with ``counted_by``, named so that the other eighty are not imported; a test holds that none is missing."""
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
    for name in FILES:
        rule: Rule = import_module(f"whywire.findings.{name}").RULE
        one = _of_opening(rule, tally) if rule.counted_by.startswith(OPENING) else _of_kind(rule, tally)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda each: (-each.rule.level, -each.hits, each.rule.code))


def _of_opening(rule: Rule, tally: Tally) -> Tallied | None:
    wanted = OPENINGS.index(rule.counted_by.removeprefix(OPENING))
    if wanted not in tally.opening:
        return None
    numbers = [number for number, opening in enumerate(tally.opening) if opening == wanted]
    return Tallied(rule, len(numbers), len(numbers), _worst(tally, numbers))


def _of_kind(rule: Rule, tally: Tally) -> Tallied | None:
    bit = next(bit for bit, word in WORDS if word == rule.counted_by)
    hits = tally.counts.packets[bit.bit_length() - 1]
    if not hits:
        return None
    numbers = [number for number, kinds in enumerate(tally.kinds) if kinds & bit]
    return Tallied(rule, hits, len(numbers), _worst(tally, numbers))


def _worst(tally: Tally, numbers: list[int]) -> int:
    return max(numbers, key=lambda number: (tally.troubles[number], -number)) + 1
