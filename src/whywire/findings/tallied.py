"""The findings of a summary. Some rules fire whenever a packet is of certain kinds, or a connection went a certain way:
these are counted over the whole capture. The others look at laid out connections, of which a large capture has too many
(`closely`); how many were asked is part of their numbers.

That these counts equal what the rules find one by one is held by a test over all captures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import NamedTuple

from whywire.connections.kinds import WORDS
from whywire.connections.tally import CLOSINGS, OPENINGS, WAYS_TO_CLOSE, Patterns, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.survey import Survey
    from whywire.findings.rule import Rule

FILES = {
    "tcp.connection_refused": "opening refused", "tcp.duplicate_ack": "duplicate-ack",
    "tcp.fast_retransmission": "fast-retransmission", "tcp.spurious_retransmission": "spurious-retransmission",
    "tcp.out_of_order": "out-of-order", "tcp.keep_alive": "keep-alive", "tcp.zero_window_probe": "zero-window-probe",
    "tcp.port_reused": "port-reused", "tcp.reset_ignored": "not-acceptable",
    "tcp.retransmission": "data retransmission -fast-retransmission -spurious-retransmission -syn -syn-ack",
    "tcp.zero_window": "zero-window -zero-window-probe-ack", "tcp.simultaneous_close": "closing simultaneous",
    "tcp.simultaneous_open": "opening simultaneous",
    "tcp.data_in_syn": "data syn -captured-twice or data syn-ack -captured-twice",
    "cap.captured_twice": "captured-twice", "cap.super_segment": "super-segment",
    "cap.no_handshake_captured": "opening unseen",
}
"""Those with ``counted_by`` and what that says, so that only rules that fired are imported; a test holds that it is
said rightly and that none is missing."""
WAYS = ("opening", "closing")
BITS = {word: bit for bit, word in WORDS}


class Tallied(NamedTuple):
    """What a rule found in a capture."""

    rule: Rule
    hits: int
    connections: int
    """In how many connections; 0: it is about the capture."""
    worst: int | None
    """The number (from 1) of the connection with most trouble among them."""
    asked: int | None
    """It was asked only of so many connections, which were laid out; None: it is counted over the whole capture."""


class Closer(NamedTuple):
    """A summary's numbers with what a closer look has added."""

    survey: Survey
    findings: tuple[Tallied, ...]
    connections: int
    """So many of them were laid out."""
    packets: int
    """The packets of these."""
    shown: Mapping[int, tuple[tuple[Rule, int], ...]]
    """Number of a connection that was laid out -> which rules fired on it and how often, the most serious first."""
    is_whole: bool = False
    """All rules were asked, of everything."""


def counted(survey: Survey) -> Closer:
    """Return the numbers alone: nothing was laid out."""
    return Closer(survey, tuple(tallied(survey.tally)), 0, 0, {})


def patterns() -> Patterns:
    """Return the kinds of packets that a `Tally` has to count for these rules."""
    found = Patterns()
    for counted_by in FILES.values():
        for wanted, unwanted in _kinds(counted_by):
            found.want(wanted, unwanted)
    return found


def tallied(tally: Tally) -> list[Tallied]:
    """Return what the counting rules found in a tally that was given `patterns`, ranked."""
    found, first = [], 0
    for name, counted_by in FILES.items():
        behind = first + len(_kinds(counted_by))
        one = _of_kinds(tally, first, behind) if behind > first else _of_way(tally, *counted_by.split())
        if one[0]:
            rule: Rule = import_module(f"whywire.findings.{name}").RULE
            found.append(Tallied(rule, *one, None))
        first = behind
    return ranked(found)


def ranked(found: Iterable[Tallied]) -> list[Tallied]:
    """Return findings, the most serious first, then the most frequent."""
    return sorted(found, key=lambda each: (-each.rule.level, -each.hits, each.rule.code))


def _kinds(counted_by: str) -> list[tuple[int, int]]:
    """Return which kinds a packet has and has not that makes a rule fire; nothing: it counts connections."""
    is_way = counted_by.startswith(WAYS)
    choices = [] if is_way else [choice.split() for choice in counted_by.split(" or ")]
    return [(sum(BITS[word] for word in words if word[0] != "-"),
             sum(BITS[word[1:]] for word in words if word[0] == "-")) for words in choices]


def _of_kinds(tally: Tally, first: int, behind: int) -> tuple[int, int, int]:
    """Return how many packets are of some patterns, in how many connections, and the worst of these."""
    hits = sum(tally.patterns.packets[each] for each in range(first, behind))
    mask = (1 << behind) - (1 << first)
    return (hits, tally.count_matched(mask), tally.worst_matched(mask) + 1) if hits else (0, 0, 0)


def _of_way(tally: Tally, way: str, word: str) -> tuple[int, int, int]:
    """Return how many connections opened or closed so, twice, and the worst of them."""
    if way == "opening":
        opening = OPENINGS.index(word)
        count = sum(tally.pairs.connections[opening * WAYS_TO_CLOSE + each] for each in range(WAYS_TO_CLOSE))
        return count, count, tally.worst_opened(opening) + 1
    closing = CLOSINGS.index(word)
    count = sum(tally.pairs.connections[each * WAYS_TO_CLOSE + closing] for each in range(len(OPENINGS)))
    return count, count, tally.worst_closed(closing) + 1
