"""`survey`: a whole capture at a glance, in numbers. What a summary is told from; no connection is laid out for it.

`Surveyor` counts a capture while it is read, and lets go of each packet behind it.
"""

from __future__ import annotations

from typing import NamedTuple

from whywire.base.address import endpoint
from whywire.connections.kinds import WORDS, words
from whywire.connections.nouns import Skipped
from whywire.connections.origins import ORIGINS
from whywire.connections.tally import (
    CLOSE_OPEN,
    CLOSE_REFUSED,
    CLOSINGS,
    OPEN_REFUSED,
    OPEN_UNANSWERED,
    OPENINGS,
    TROUBLE,
    WAYS_TO_CLOSE,
    Patterns,
    Tally,
)
from whywire.connections.track import Tracker
from whywire.packets.rows import count_skipped, first_time, last_time, tcp_count
from whywire.packets.table import FRAGMENT, FRAGMENT_OF_LATER, Capture, PacketTable

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
    kinds: tuple[str, ...]
    """These kinds."""


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
    origins: dict[tuple[str, str], int]
    """What put the packets on the wire: the word of `model.CauseKind` (or ``undecided``) and what the packet was."""
    skipped: tuple[Skipped, ...]
    problems: tuple[str, ...]
    worst: tuple[Glance, ...]
    """The connections with most trouble, the worst first."""
    tally: Tally


def survey(capture: Capture, worst: int = 5, patterns: Patterns | None = None) -> Survey:
    """Return the numbers of a capture; never raises for what is in it. ``worst``: so many connections are named."""
    surveyor = Surveyor(capture.table, patterns)
    surveyor.add()
    return surveyor.result(capture, worst)


class Surveyor:
    """Counts a capture piece by piece, so that rows may go as soon as they are counted.

    Call `add` when rows have come, then perhaps `forget`; at the end `result`.
    """

    def __init__(self, table: PacketTable, patterns: Patterns | None = None) -> None:
        tracker = Tracker(table)
        self.table = table
        self.tracker = tracker
        self.tally = Tally(table, tracker.rows, tracker.flows, tracker.connections, 0, patterns)
        self.tcp = 0
        self.first = self.last = -1
        self._skipped: dict[str, int] = {}

    def add(self) -> None:
        """Follow and count the rows of the table, all of them not counted yet."""
        table = self.table
        self.tracker.track()
        self.tally.add(self.tracker.count)
        tcp, first = tcp_count(table), first_time(table)
        self.tcp += tcp
        if tcp < table.count:
            count_skipped(table, self._skipped)
        if first >= 0:
            self.first = first if self.first < 0 else min(first, self.first)
            self.last = max(last_time(table), self.last)

    def forget(self) -> None:
        """Take the rows away that were counted."""
        self.tracker.forget()

    def result(self, capture: Capture, worst: int = 5) -> Survey:
        """Return the numbers of all that was added. ``capture``: what it is called, and its problems."""
        table, tracker, tally = self.table, self.tracker, self.tally
        tally.conclude()
        named = [tally.next_worst(-1)]
        while named[-1] >= 0:
            named.append(tally.next_worst(named[-1]) if len(named) < worst else -1)
        pairs = {(opening, closing): tally.pairs.connections[opening * WAYS_TO_CLOSE + closing]
                 for opening in range(len(OPENINGS)) for closing in range(len(CLOSINGS))}
        return Survey(
            name=capture.name, view=capture.view, packets=table.forgotten + table.count, tcp_packets=self.tcp,
            payload=tally.bytes, connections=tracker.count, first_ns=None if self.first < 0 else self.first,
            last_ns=None if self.first < 0 else self.last,
            openings=_counted(OPENINGS, pairs, 0), closings=_counted(CLOSINGS, pairs, 1),
            never_opened=sum(pairs[pair] for pair in NEVER),
            kinds={word: tally.counts.packets[bit.bit_length() - 1] for bit, word in WORDS
                   if tally.counts.packets[bit.bit_length() - 1]},
            origins={ORIGINS[number]: packets for number, packets in enumerate(tally.counted.packets) if packets},
            skipped=self._reasons(), problems=capture.problems,
            worst=tuple(_glance(tracker, tally, number) for number in named[:-1]), tally=tally,
        )

    def _reasons(self) -> tuple[Skipped, ...]:
        """Return what is no TCP, as `packets.rows.skipped` would of all rows together."""
        counts = dict(self._skipped)
        if self.table.renamed:
            counts[FRAGMENT_OF_LATER] = counts.get(FRAGMENT_OF_LATER, 0) + self.table.renamed
            counts[FRAGMENT] -= self.table.renamed
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        return tuple(Skipped(reason, count) for reason, count in ranked if count)


def _counted(words: tuple[str, ...], pairs: dict[tuple[int, int], int], place: int) -> dict[str, int]:
    counts = {word: sum(count for pair, count in pairs.items() if pair[place] == number)
              for number, word in enumerate(words)}
    return {word: count for word, count in counts.items() if count}


def _glance(tracker: Tracker, tally: Tally, number: int) -> Glance:
    table, conns = tracker.table, tracker.connections
    client, server = (endpoint(table.addresses[end >> 16], end & 0xFFFF)
                      for end in (conns.client[number], conns.server[number]))
    return Glance(number + 1, client, server, conns.packets[number], tally.payload[number],
                  OPENINGS[tally.opening[number]], CLOSINGS[tally.closing[number]], tally.troubles[number],
                  words(tally.kinds[number] & TROUBLE))
