"""`Block`: what leaves the capture room. Bytes of the file, and flat columns that say where its frames are.

No object per frame: a reader fills typed columns for some 4 MiB of file at a time, and the packets room
walks them by index. Both loops are plain integer code over flat buffers, so that they can be compiled as
they stand.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

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


@dataclass(slots=True)
class Block:
    """A piece of the file and the frames whose bytes lie in it whole. All columns have ``count`` entries."""

    data: bytes
    start: int
    """Offset of ``data[0]`` in the (uncompressed) file."""
    count: int = 0
    at: array[int] = field(default_factory=lambda: array("Q"))
    """Offset in ``data`` of the frame's first captured byte."""
    captured: array[int] = field(default_factory=lambda: array("I"))
    """Bytes of the frame that are in the file."""
    original: array[int] = field(default_factory=lambda: array("I"))
    """Bytes the frame had on the wire."""
    time_ns: array[int] = field(default_factory=lambda: array("q"))
    """Nanoseconds since 1970 (CLOCK_REALTIME); -1 where the file does not say (Simple Packet Block)."""
    interface: array[int] = field(default_factory=lambda: array("H"))
    """Index into `FrameSource.interfaces`."""
    direction: array[int] = field(default_factory=lambda: array("B"))
    packet_id: array[int] = field(default_factory=lambda: array("q"))
    """The pcapng epb_packetid; -1: none."""


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
