"""One frame of every link type: what decode puts into the columns is what dissect shows."""

from __future__ import annotations

from collections.abc import Iterable

from tests.packets.frames import Frames
from tests.packets.test_dissect import LINK_TYPES, check_same
from tools.fuzz.corpus import small_captures
from tools.fuzz.pieces import split
from whywire.packets.decode import decode_capture


def seeds() -> Iterable[bytes]:
    """The first packets of the small captures, each with the number of its link type before it."""
    for data in small_captures():
        pieces = split(data)
        if pieces is None or pieces.packets == ():
            continue
        size = 4 if pieces.packets[0].tail == b"" else 2
        at = 20 if size == 4 else pieces.header.rfind(b"\x01\x00\x00\x00") + 8
        link = int.from_bytes(pieces.header[at:at + size], pieces.order)  # type: ignore[arg-type]
        index = LINK_TYPES.index(link) if link in LINK_TYPES else 0
        yield from (bytes([index]) + packet.data for packet in pieces.packets[:4])


def one(data: bytes) -> None:
    """Decode the frame, dissect it, compare."""
    if not data:
        return
    link_type = LINK_TYPES[data[0] % len(LINK_TYPES)]
    frame = data[1:]
    for original in (len(frame), len(frame) + 7, 0):
        check_same(decode_capture(Frames([(frame, {"original": original})], link_type), "frame"), 0)
