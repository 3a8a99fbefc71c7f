"""Every capture cut at every packet (large ones at a seeded sample of packets), explained and held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tools.fuzz.corpus import CAPTURES, captures
from tools.fuzz.explain import explain
from tools.fuzz.pieces import Pieces, split

WHOLE = 24
"""A capture of more packets is cut at so many of them."""
LARGE = 60_000
FEW = 4



def has_packets(path: Path) -> bool:
    """Tell whether packets can be taken away at the end of a file."""
    pieces = split(path.read_bytes())
    return pieces is not None and pieces.packets != ()


FILES = [path for path in captures() if has_packets(path)]


def cuts(pieces: Pieces, name: str, size: int) -> list[int]:
    """Return after how many packets to cut."""
    count = len(pieces.packets)
    most = FEW if size > LARGE else WHOLE
    return list(range(count + 1)) if count <= most else sorted(Random(name).sample(range(count + 1), most))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CAPTURES).as_posix())
def test_cut_at_packets(path: Path) -> None:
    data = path.read_bytes()
    pieces = split(data)
    assert pieces is not None
    for count in cuts(pieces, path.name, len(data)):
        told = explain(replace(pieces, packets=pieces.packets[:count], rest=b"").joined())
        assert told is not None
        assert told["packets"] >= min(count, 1)


@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.relative_to(CAPTURES).as_posix())
def test_cut_within_a_packet(path: Path) -> None:
    data = path.read_bytes()[:20_000]
    random = Random(path.name)
    for at in sorted(random.sample(range(len(data)), min(6, len(data)))):
        explain(data[:at])
