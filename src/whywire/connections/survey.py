"""`survey`: a whole capture at a glance, in numbers. What a summary is told from; no connection is laid out for it."""

from __future__ import annotations

from typing import NamedTuple

from whywire.base.address import endpoint
from whywire.connections.kinds import WORDS
from whywire.connections.model import Skipped
from whywire.connections.tally import (
    CLOSE_OPEN,
    CLOSE_REFUSED,
    CLOSINGS,
    OPEN_REFUSED,
    OPEN_UNANSWERED,
    OPENINGS,
    Tally,
)
from whywire.connections.track import Tracker
from whywire.packets.rows import first_time, last_time, skipped, tcp_count
from whywire.packets.table import Capture

NEVER = ((OPEN_REFUSED, CLOSE_REFUSED), (OPEN_UNANSWERED, CLOSE_OPEN))


class Glance(NamedTuple):
    """One connection in numbers."""

    number: int
    client: str
    server: str
    packets: int
    payload: int
    """Bytes of payload in both directions, repeats not counted."""
    opening: str
    closing: str
    troubles: int
    """Packets of a kind that a connection without trouble has not."""


class Survey(NamedTuple):
    """See the module. Maps hold only what is there, in a fixed order."""

    name: str
    view: str
    packets: int
    tcp_packets: int
    payload: int
    connections: int
    first_ns: int | None
    last_ns: int | None
    openings: dict[str, int]
    closings: dict[str, int]
    never_opened: int
    """Those of ``closings`` that ended as they began: refused, or a SYN without an answer and nothing else."""
    kinds: dict[str, int]
    skipped: tuple[Skipped, ...]
    problems: tuple[str, ...]
    worst: tuple[Glance, ...]
    """The connections with most trouble, the worst first."""
    tally: Tally


def survey(capture: Capture, worst: int = 5) -> Survey:
    """Return the numbers of a capture; never raises for what is in it. ``worst``: so many connections are named."""
    table = capture.table
    tracker = Tracker(table)
    tracker.track()
    tally = Tally(table, tracker.rows, tracker.flows, tracker.connections, tracker.count)
    tcp = tcp_count(table)
    first = first_time(table)
    named = sorted((number for number in range(tracker.count) if tally.troubles[number]),
                   key=lambda number: (-tally.troubles[number], number))[:worst]
    return Survey(
        name=capture.name, view=capture.view, packets=len(table), tcp_packets=tcp, payload=sum(tally.payload),
        connections=tracker.count, first_ns=None if first < 0 else first,
        last_ns=None if first < 0 else last_time(table),
        openings=_counted(OPENINGS, tally.opening.tolist()), closings=_counted(CLOSINGS, tally.closing.tolist()),
        never_opened=sum(1 for pair in zip(tally.opening, tally.closing, strict=True) if pair in NEVER),
        kinds={word: tally.counts.packets[bit.bit_length() - 1] for bit, word in WORDS
               if tally.counts.packets[bit.bit_length() - 1]},
        skipped=tuple(Skipped(reason, count) for reason, count in (skipped(table) if tcp < len(table) else ())),
        problems=capture.problems, worst=tuple(_glance(tracker, tally, number) for number in named), tally=tally,
    )


def _counted(words: tuple[str, ...], numbers: list[int]) -> dict[str, int]:
    counts = {word: numbers.count(number) for number, word in enumerate(words)}
    return {word: count for word, count in counts.items() if count}


def _glance(tracker: Tracker, tally: Tally, number: int) -> Glance:
    table, conns = tracker.table, tracker.connections
    client, server = (endpoint(table.addresses[end >> 16], end & 0xFFFF)
                      for end in (conns.client[number], conns.server[number]))
    return Glance(number + 1, client, server, conns.packets[number], tally.payload[number],
                  OPENINGS[tally.opening[number]], CLOSINGS[tally.closing[number]], tally.troubles[number])
