"""Comments into a capture: each packet with the sentences about it, as pcapng packet comments (opt_comment).

A pcapng file is copied block by block as it stands, whatever is in it, and only the packets' options grow. Anything
else (pcap, a view of several files) becomes a pcapng file with nanosecond time stamps. Memory does not depend on size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import pack, unpack_from
from typing import BinaryIO, NamedTuple

from whywire.capture.block import FrameSource
from whywire.capture.pcapng import (
    BLOCK_LIMIT,
    ENHANCED_PACKET,
    OLD_PACKET,
    SECTION_HEADER,
    SIMPLE_PACKET,
    order_of,
)
from whywire.capture.pcapng_writer import comment_options

CHUNK = 4 << 20
_OPTIONS_OF = 28
"""Bytes of a packet block before its frame."""

Comments = Callable[[int], Sequence[str]]
"""Packet number, counted from 1 -> its comments, perhaps none."""


class Piece(NamedTuple):
    """A block of a pcapng file."""

    kind: int
    order: str
    offset: int
    data: bytes


def annotate(source: FrameSource, frames_at: Sequence[int], comments: Comments, file: BinaryIO) -> int:
    """Copy a pcapng file with comments; return how many packets have a block without room for one.

    ``frames_at``: where in the (unpacked) file the frame of each packet begins, ascending. Existing options stay,
    existing comments too. Behind damage nothing is copied. Raises OSError of ``file``.
    """
    without, row = 0, 0
    for piece in _pieces(source):
        data = piece.data
        frame = piece.offset + (12 if piece.kind == SIMPLE_PACKET else _OPTIONS_OF)
        if piece.kind in (ENHANCED_PACKET, OLD_PACKET, SIMPLE_PACKET) and row < len(frames_at) \
                and frames_at[row] == frame:
            row += 1
            texts = comments(row)
            if texts and piece.kind == SIMPLE_PACKET:
                without += 1
            elif texts:
                data = _with_comments(piece, texts)
        elif piece.kind == SECTION_HEADER:  # its length changes; -1: not said
            data = data[:16] + pack(piece.order + "q", -1) + data[24:]
        file.write(data)
    return without


def _with_comments(piece: Piece, texts: Sequence[str]) -> bytes:
    """Return a packet's block with comments before its other options, whatever those are."""
    data, order = piece.data, piece.order
    (captured,) = unpack_from(order + "I", data, 20)
    at = _OPTIONS_OF + captured + (-captured & 3)
    options = comment_options(texts, order) + (data[at:-4] or bytes(4))
    length = pack(order + "I", at + len(options) + 4)
    return b"".join((data[:4], length, data[8:at], options, length))


def _pieces(source: FrameSource) -> Iterator[Piece]:
    """Yield the blocks of a file up to its end or its damage."""
    data, start, position, order = b"", 0, 0, "<"
    while True:
        while position + 12 <= len(data):
            if data[position:position + 4] == b"\n\r\r\n":
                order = order_of(data[position:position + 12]) or ""
                if not order:
                    return
            kind, length = unpack_from(order + "II", data, position)
            if length < 12 or length & 3 or length > BLOCK_LIMIT:
                return
            if position + length > len(data):
                break
            yield Piece(kind, order, start + position, data[position:position + length])
            position += length
        start, data, position = start + position, data[position:], 0
        more = source.read(start + len(data), CHUNK)
        if not more:
            return
        data += more
