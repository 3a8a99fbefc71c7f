"""Bytes from files, pipes and memory: forwards, and again by offset."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from whywire.capture.streams import FileInput, Input

DATA = bytes(range(256)) * 4000


def all_of(source: Input, size: int) -> bytes:
    """Read to the end in pieces of at most ``size``."""
    pieces = []
    while piece := source.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    return b"".join(pieces)


def test_a_file_is_read_again_without_losing_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(DATA)
    source = FileInput(path.open("rb", buffering=0))
    first = source.read(1000)
    assert source.read_at(5, 10) == DATA[5:15]
    assert first + all_of(source, 1 << 20) == DATA
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.read_at(0, 1)


def test_a_pipe_is_kept_as_it_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, DATA[:2000])
    os.close(writer)
    source = FileInput(os.fdopen(reader, "rb", buffering=0))
    assert all_of(source, 300) == DATA[:2000]
    assert source.read_at(100, 9) == DATA[100:109]
    source.close()
