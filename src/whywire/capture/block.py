"""`Block`: what leaves the capture room. Bytes of the file, and flat columns that say where its frames are.

No object per frame: a reader fills typed columns for some MiB of file at a time, and the packets room
walks them by index. Both loops are plain integer code over flat buffers, so that they can be compiled as
they stand.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from whywire.base.columns import Columns

UNKNOWN, INBOUND, OUTBOUND = 0, 1, 2
"""Direction of a frame at its interface (pcapng epb_flags bits 0-1)."""


NO_PACKETS = "the file has a header and no packets"
"""What `Problem.what` says of an empty capture; in a run it only means that this host saw nothing."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Where frames were captured: a pcap file has one, a pcapng file as many as it declares."""

    link_type: int
    """LINKTYPE_ number of the tcpdump registry: 1 Ethernet, 113 Linux cooked, 276 cooked v2, 0 Null, ..."""
    snap_length: int = 0
    """0: unlimited or not said."""
    name: str | None = None
    description: str | None = None
    host: str | None = None
    """The host of the lab at which it was captured; None for a file from elsewhere."""


BLOCK_COLUMNS = (
    ("at", "Q"),  # offset in ``data`` of the frame's first captured byte
    ("captured", "I"),  # bytes of the frame that are in the file
    ("original", "I"),  # bytes the frame had on the wire
    ("time_ns", "q"),  # nanoseconds since 1970 (CLOCK_REALTIME); -1 where the file does not say (Simple Packet Block)
    ("interface", "H"),  # index into `FrameSource.interfaces`
    ("direction", "B"),
    ("packet_id", "q"),  # the pcapng epb_packetid; -1: none
)
LEAST = 1024
"""Rows that are added at first; then as many as there are."""


class Block(Columns):
    """A piece of the file and the frames whose bytes lie in it whole: the first ``frames`` rows of the columns."""

    at: array[int]
    captured: array[int]
    original: array[int]
    time_ns: array[int]
    interface: array[int]
    direction: array[int]
    packet_id: array[int]

    def __init__(self, data: bytes, start: int) -> None:
        """``start``: offset of ``data[0]`` in the (uncompressed) file."""
        super().__init__(BLOCK_COLUMNS)
        self.data: bytes = data
        self.start = start
        self.frames = 0

    def add(self, at: int, captured: int, original: int, time_ns: int, interface: int, direction: int,
            packet_id: int) -> None:
        """Add a frame."""
        row = self.frames
        if row == self.count:
            self.grow(max(LEAST, row))
        self.at[row] = at
        self.captured[row] = captured
        self.original[row] = original
        self.time_ns[row] = time_ns
        self.interface[row] = interface
        self.direction[row] = direction
        self.packet_id[row] = packet_id
        self.frames = row + 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Damage in a file: what could not be read, and where. Everything before it was handed on."""

    what: str
    """A sentence: "cut in mid-record: frame 8 needs 66 bytes at offset 1,024, the file has 20 more"."""
    offset: int | None = None
    frame: int | None = None
    fatal: bool = True
    """False: reading went on behind it (an unknown block, a bad option)."""


class FrameSource(Protocol):
    """An opened capture. `blocks` is walked once; after that `problems` and `interfaces` are complete."""

    path: str
    """As the user named it."""
    file_type: str
    """``pcap``, ``pcap (nanoseconds)``, ``pcapng``; with ``, gzip`` behind it when it was compressed."""
    interfaces: list[Interface]
    problems: list[Problem]

    def blocks(self) -> Iterator[Block]:
        """Yield the frames, block by block, in file order. Never raises for damage: see `problems`."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the (uncompressed) file again, to show one packet in full."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
