"""Capture readers: pcap and pcapng, also inside gzip and zstd. The first byte says how the rest is packed."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from contextlib import closing

from tools.fuzz.corpus import captures
from tools.fuzz.holds import want
from tools.fuzz.mutations import mutated
from whywire.base.errors import WhywireError
from whywire.capture import open_bytes

AS_IT_IS, PACKED = 0, 1


def seeds() -> Iterable[bytes]:
    """Every small capture, as it is; one byte before it."""
    return (bytes([AS_IT_IS]) + path.read_bytes() for path in captures(6_000))


def mutate(data: bytes, seed: int) -> bytes:
    """Change the file inside, and sometimes how it is packed."""
    return bytes([seed % 8 == 0]) + mutated(data[1:], seed)


def one(data: bytes) -> None:
    """Read all frames, and each again by its offset; what was opened never raises."""
    inside = gzip.compress(data[1:], 1) if data[:1] == bytes([PACKED]) else data[1:]
    try:
        source = open_bytes(inside)
    except WhywireError as error:
        want(bool(str(error)), "an error without a sentence")
        return
    with closing(source):
        for block in source.blocks():
            for index in range(block.count):
                at, size = block.at[index], block.captured[index]
                want(source.read(block.start + at, size) == block.data[at:at + size], "a frame read again differs")
                want(block.interface[index] < len(source.interfaces), "a frame of an interface that is not there")
        want(all(problem.what for problem in source.problems), "a problem without a sentence")
