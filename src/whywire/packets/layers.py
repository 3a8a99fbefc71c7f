"""What every layer's reader shares: the `Cursor` it moves, the numbers of the layers, and three ways to stop.

A reader is ``reader(table, row, cursor) -> layer``: it reads one header at ``cursor.at``, writes columns of
``row``, moves the cursor behind the header and returns the number of the layer that follows, or DONE. Readers
hold integers and index flat buffers; the one cursor is reused for all frames, so no object is made per packet,
and the walk is a loop (`decode.walk`), so no frame can nest deep enough to hurt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whywire.packets.table import PacketTable

if TYPE_CHECKING:
    from whywire.packets.reassembly import Fragments

(DONE, ETHERNET, VLAN, LLC, MPLS, PPPOE, PPP, COOKED, COOKED2, LOOPBACK, LOOP, RAW, INFINIBAND,
 IPV4, IPV6, EXTENSION, IPV6_FRAGMENT, AUTHENTICATION, TCP, UDP, GRE, VXLAN) = range(22)

MOST_LAYERS = 64
"""Headers in one frame before the walk gives up: real frames have fewer than 16."""

FIRST_FRAGMENT = "ip: only the first fragment of this packet is read; the rest is in others"


class Cursor:
    """Where the walk stands in a frame. All offsets count from the start of ``data``."""

    __slots__ = ("at", "data", "end", "fragments", "protocol", "start", "wire_end")

    data: bytes
    start: int
    """The frame's first byte."""
    at: int
    """The next header's first byte."""
    end: int
    """Behind the last captured byte that belongs to the layer (the IP length takes padding away)."""
    wire_end: int
    """Where the layer ended on the wire; above ``end`` when the snap length cut it."""
    protocol: int
    """The IP protocol number that led here (for headers that share a reader)."""

    fragments: Fragments | None
    """Where fragments wait for their rest; None: one frame is looked at alone."""

    def __init__(self, fragments: Fragments | None = None) -> None:
        self.fragments = fragments
        self.data = b""
        self.start = self.at = self.end = self.wire_end = self.protocol = 0

    def place(self, data: bytes, start: int, captured: int, original: int) -> None:
        """Put the cursor on the first byte of a frame."""
        self.data = data
        self.start = self.at = start
        self.end = start + captured
        self.wire_end = start + (original if original > captured else captured)


def broken(table: PacketTable, row: int, text: str) -> int:
    """Note the first thing that could not be read in this packet; return DONE."""
    if table.error[row] == 0:
        table.error[row] = table.intern_error(text)
    return DONE


def named(table: PacketTable, row: int, name: str) -> int:
    """Say what the packet is, since it is not TCP; return DONE."""
    table.protocol[row] = table.intern_protocol(name)
    return DONE


def too_short(table: PacketTable, row: int, cursor: Cursor, name: str, need: int) -> int:
    """Name a packet whose ``name`` header is not all there; say whether the capture or the sender cut it."""
    if name != "tcp":
        named(table, row, name)
    if cursor.wire_end - cursor.at >= need:
        return broken(table, row, f"{name}: header cut by the snap length")
    have = cursor.wire_end - cursor.at
    return broken(table, row, f"{name}: {max(have, 0)} bytes, the header has {need}")
