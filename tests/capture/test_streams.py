"""Bytes from files, pipes, memory and gzip: forwards, again by offset, and damaged."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.capture.streams import FileInput, GzipInput, Input, MemoryInput

DATA = bytes(range(256)) * 4000


def all_of(source: Input, size: int) -> bytes:
    """Read to the end in pieces of at most ``size``."""
    pieces = []
    while piece := source.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    return b"".join(pieces)


@given(st.binary(max_size=5000), st.binary(max_size=200), st.integers(1, 700), st.integers(0, 6000), st.booleans())
def test_gzip_in_pieces_and_again(first: bytes, second: bytes, size: int, offset: int, keep: bool) -> None:
    packed = gzip.compress(first) + gzip.compress(second) + bytes(3)  # two members and padding
    source = GzipInput(MemoryInput(packed), keep)
    assert all_of(source, size) == first + second
    assert source.damage == ""
    for place in (offset, 0, offset):
        assert source.read_at(place, 50) == (first + second)[place:place + 50]


@pytest.mark.parametrize(("change", "word"), [
    (lambda packed: packed[:-30], "cut: it ends after"),
    (lambda packed: packed + b"more", "followed by something else"),
    (lambda packed: packed[:40] + b"\xff" * 20 + packed[60:], "damaged before its byte")])
def test_damaged_gzip_is_read_up_to_the_damage(change: object, word: str) -> None:
    assert callable(change)
    noise = b"".join(number.to_bytes(4, "big") for number in range(0, 1 << 20, 77))
    source = GzipInput(MemoryInput(change(gzip.compress(noise))))
    read = all_of(source, 4096)
    assert noise.startswith(read)
    assert word in source.damage


def test_gzip_does_not_unpack_more_than_is_asked_for() -> None:
    bomb = gzip.compress(bytes(50 << 20))
    source = GzipInput(MemoryInput(bomb))
    assert len(source.read(1000)) == 1000


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
    os.write(writer, gzip.compress(DATA[:2000]))
    os.close(writer)
    inner = FileInput(os.fdopen(reader, "rb", buffering=0))
    source = GzipInput(inner)
    assert all_of(source, 300) == DATA[:2000]
    assert source.read_at(100, 9) == DATA[100:109]
    source.close()


class Failing(MemoryInput):
    """A disk that fails."""

    def read_at(self, offset: int, length: int) -> bytes:
        """Fail behind the first byte."""
        if offset:
            raise OSError(5, "Input/output error")
        return super().read_at(offset, min(length, 20))


def test_a_failing_disk_is_damage() -> None:
    source = GzipInput(Failing(gzip.compress(DATA)))
    all_of(source, 100)
    assert source.damage == "reading stopped at offset 20: Input/output error"
