"""Every capture cut at every packet.

Each cut of each capture is read, decoded, followed and counted (``--summary``); captures of up to `WHOLE` packets are
also explained at every cut, in every form. The rest are explained at so many cuts: `SAMPLE`, or `FEW` of those with
more than `LARGE` bytes; which ones, their name decides.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from tools.fuzz.corpus import CAPTURES, captures
from tools.fuzz.explain import explain
from tools.fuzz.pieces import Pieces, split
from whywire.capture import open_bytes
from whywire.connections.survey import survey
from whywire.connections.tally import Tally
from whywire.connections.track import Tracker
from whywire.packets import decode_capture
from whywire.packets.table import TCP, PacketTable

WHOLE = 60
SAMPLE, LARGE, FEW = 20, 60_000, 4
READ = 400
"""Captures of more packets are read anew at `SAMPLE` cuts only; at the others the pass stops after so many rows of the
whole table, which is the same thing where the first is held against the second."""


@cache
def pieces_of(path: Path) -> Pieces | None:
    """Return a file as its packets."""
    return split(path.read_bytes())


def packets_in(path: Path) -> int:
    """Return how many packets can be taken away at the end of a file."""
    pieces = pieces_of(path)
    return 0 if pieces is None else len(pieces.packets)


FILES = [path for path in captures() if packets_in(path)]


def name_of(path: Path) -> str:
    """Return a capture's place in the corpus."""
    return path.relative_to(CAPTURES).as_posix()


def cut(path: Path, count: int) -> bytes:
    """Return a file with its first ``count`` packets."""
    pieces = pieces_of(path)
    assert pieces is not None
    return replace(pieces, packets=pieces.packets[:count], rest=b"").joined()


def some(path: Path, most: int) -> list[int]:
    """Return ``most`` of the places at which a file can be cut."""
    return sorted(Random(path.name).sample(range(packets_in(path) + 1), most))


def to_explain(path: Path) -> list[int]:
    """Return after how many packets a file is cut and explained."""
    count = packets_in(path)
    return list(range(count + 1)) if count <= WHOLE else some(path, FEW if path.stat().st_size > LARGE else SAMPLE)


def counted(table: PacketTable, tracker: Tracker) -> list[list[int]]:
    """Return what a summary counts of the rows that ``tracker`` has followed; holds that each has its connection."""
    tally = Tally(table, tracker.rows, tracker.flows, tracker.connections, tracker.count)
    packets = [tracker.connections.packets[number] for number in range(tracker.count)]
    assert sum(packets) == sum(1 for row in range(table.count) if table.present[row] & TCP)
    assert 0 not in packets
    return [packets, tally.opening.tolist(), tally.closing.tolist(), tally.kinds.tolist(), tally.troubles.tolist(),
            tally.payload.tolist(), tally.counts.packets.tolist()]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_followed_and_counted_at_every_cut(path: Path) -> None:
    whole = packets_in(path)
    anew = set(range(whole + 1) if whole <= READ else some(path, SAMPLE))
    with closing(open_bytes(cut(path, whole))) as source:
        table = decode_capture(source, path.name).table
    rows, table.count = table.count, 0
    tracker, again = Tracker(table), 0
    for count in range(rows + 1):
        table.count = count
        tracker.track()
        grown = counted(table, tracker)
        if count in anew:
            with closing(open_bytes(cut(path, count))) as source:
                told = survey(decode_capture(source, path.name))
            assert told.packets == count
            assert [told.tally.opening.tolist(), told.tally.closing.tolist(), told.tally.kinds.tolist(),
                    told.tally.troubles.tolist(), told.tally.payload.tolist()] == grown[1:6]
            again += 1
    assert again == min(len(anew), rows + 1)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_explained_at_cuts(path: Path) -> None:
    for count in to_explain(path):
        told = explain(cut(path, count))
        assert told is not None
        assert told["packets"] >= min(count, 1)


def test_nearly_all_are_explained_at_every_cut() -> None:
    assert sum(packets_in(path) > WHOLE for path in FILES) < len(FILES) // 10


@pytest.mark.parametrize("path", FILES[::6], ids=name_of)
def test_cut_within_a_packet(path: Path) -> None:
    data = path.read_bytes()[:20_000]
    random = Random(path.name)
    for at in sorted(random.sample(range(len(data)), min(6, len(data)))):
        explain(data[:at])
