"""gzip and zstd: forwards in pieces, again by offset, damaged, and never more memory than was asked for."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.test_streams import DATA, all_of
from whywire.capture import unpacking
from whywire.capture.streams import FileInput, MemoryInput
from whywire.capture.unpacking import Codec, UnpackedInput

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD = unpacking.zstd()
assert ZSTD is not None
Compress = Callable[[bytes], bytes]
BOTH = pytest.mark.parametrize(("codec", "compress"), [
    pytest.param(unpacking.gzip(), gzip.compress, id="gzip"), pytest.param(ZSTD, zstd.compress, id="zstd")])
NOISE = b"".join(number.to_bytes(4, "big") for number in range(0, 1 << 20, 77))


@BOTH
@settings(derandomize=True, max_examples=60)
@given(st.binary(max_size=5000), st.binary(max_size=200), st.integers(1, 700), st.integers(0, 6000), st.booleans())
def test_in_pieces_and_again(
    codec: Codec, compress: Compress, first: bytes, second: bytes, size: int, offset: int, keep: bool
) -> None:
    packed = compress(first) + compress(second) + bytes(3)  # two members and padding
    source = UnpackedInput(MemoryInput(packed), codec, keep)
    assert all_of(source, size) == first + second
    assert source.damage == ""
    for place in (offset, 0, offset):
        assert source.read_at(place, 50) == (first + second)[place:place + 50]


@BOTH
@pytest.mark.parametrize(("change", "word"), [
    (lambda packed: packed[:-30], "cut: it ends after"),
    (lambda packed: packed + b"more", "followed by something else"),
    (lambda packed: packed[:40] + b"\xff" * 20 + packed[60:], "damaged before its byte")])
def test_damaged_data_is_read_up_to_the_damage(
    codec: Codec, compress: Compress, change: Callable[[bytes], bytes], word: str
) -> None:
    source = UnpackedInput(MemoryInput(change(compress(NOISE))), codec)
    assert NOISE.startswith(all_of(source, 4096))
    assert f"the {codec.name} data is" in source.damage
    assert word in source.damage


@BOTH
def test_no_more_is_unpacked_than_is_asked_for(codec: Codec, compress: Compress) -> None:
    source = UnpackedInput(MemoryInput(compress(bytes(50 << 20))), codec)
    assert len(source.read(1000)) == 1000


def test_a_zstd_window_of_gigabytes_is_refused() -> None:
    parameters = {zstd.CompressionParameter.window_log: 30, zstd.CompressionParameter.enable_long_distance_matching: 1}
    compressor = zstd.ZstdCompressor(options=parameters)
    packed = compressor.compress(NOISE) + compressor.flush()
    assert ZSTD is not None
    source = UnpackedInput(MemoryInput(packed), ZSTD)
    assert source.read(10) == b""
    assert "damaged" in source.damage


@BOTH
@pytest.mark.parametrize("kept", [0, 1, 300, 2_000])
def test_behind_what_is_kept_it_begins_again(
    codec: Codec, compress: Compress, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "KEPT", kept)
    source = UnpackedInput(MemoryInput(compress(NOISE)), codec)
    while source.read(700):
        pass
    for place in (5_000, 0, 280, 1_990, 4_000, 299, len(NOISE) - 10):
        assert source.read_at(place, 50) == NOISE[place:place + 50]


@BOTH
def test_from_a_pipe(codec: Codec, compress: Compress) -> None:
    reader, writer = os.pipe()
    os.write(writer, compress(DATA[:2000]))
    os.close(writer)
    source = UnpackedInput(FileInput(os.fdopen(reader, "rb", buffering=0)), codec)
    assert all_of(source, 300) == DATA[:2000]
    assert source.read_at(100, 9) == DATA[100:109]
    source.close()


@BOTH
def test_from_a_pipe_that_is_not_kept_behind_a_head(codec: Codec, compress: Compress) -> None:
    reader, writer = os.pipe()
    os.write(writer, compress(DATA[:2000]))
    os.close(writer)
    inner = FileInput(os.fdopen(reader, "rb", buffering=0), again=False)
    source = UnpackedInput(inner, codec, head=inner.read(10))
    assert all_of(source, 300) == DATA[:2000]
    source.close()


class Failing(MemoryInput):
    """A disk that fails."""

    def read(self, size: int) -> bytes:
        """Fail behind the first bytes, as `FileInput` does."""
        if self.damage or self._position:
            self.damage = "reading stopped at offset 20: Input/output error"
            return b""
        return super().read(min(size, 20))


@BOTH
def test_a_failing_disk_is_damage(codec: Codec, compress: Compress) -> None:
    source = UnpackedInput(Failing(compress(DATA)), codec)
    all_of(source, 100)
    assert source.damage == "reading stopped at offset 20: Input/output error"
