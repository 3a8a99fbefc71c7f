"""The walk over blocks: frames that straddle an edge, large frames, reading again."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from whywire.base.errors import WhywireError
from whywire.capture import open_bytes, open_capture, streams
from whywire.capture.block import Block, Interface
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.capture.source import CaptureFile
from whywire.capture.streams import MemoryInput


def made(sizes: list[int]) -> bytes:
    """Return a pcapng file with frames of these sizes, each of its own letter."""
    out = BytesIO()
    writer = PcapngWriter(out, [Interface(1)])
    for number, size in enumerate(sizes):
        writer.packet(number, bytes([number & 255]) * size, packet_id=number)
    return out.getvalue()


def frames(blocks: list[Block]) -> list[bytes]:
    """Return the frames of blocks."""
    return [block.data[at:at + size] for block in blocks
            for at, size in zip(block.at, block.captured, strict=True)]


@pytest.mark.parametrize("piece", [1, 7, 64, 1 << 20])
def test_edges_of_blocks_cut_nothing(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [0, 60, 1514, 9000, 1]
    whole = MemoryInput.read
    monkeypatch.setattr(MemoryInput, "read", lambda self, size: whole(self, min(size, piece)))
    source = open_bytes(made(sizes))
    blocks = list(source.blocks())
    assert frames(blocks) == [bytes([number]) * size for number, size in enumerate(sizes)]
    for block in blocks:
        for at, size in zip(block.at, block.captured, strict=True):
            assert source.read(block.start + at, size) == block.data[at:at + size]
    assert source.problems == []


def test_memory_is_bounded_by_the_block(tmp_path: Path) -> None:
    path = tmp_path / "large.pcapng"
    path.write_bytes(made([60_000] * 300))
    source: CaptureFile = open_capture(path)
    sizes = [len(block.data) for block in source.blocks()]
    source.close()
    assert len(sizes) > 3
    assert max(sizes) < streams.BLOCK + 70_000


def test_a_second_walk_finds_nothing_and_says_nothing_twice() -> None:
    source = open_bytes(made([]))
    assert list(source.blocks()) == []
    assert list(source.blocks()) == []
    assert len(source.problems) == 1


def test_a_file_that_is_gone_when_a_packet_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    path.write_bytes(made([5]))
    source = open_capture(path)
    source.close()
    with pytest.raises(WhywireError, match="could not be read again at offset 7"):
        source.read(7, 1)
