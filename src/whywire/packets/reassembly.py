"""IP fragments put together again (RFC 791 3.2, RFC 8200 4.5), with limits that a flood of fragments can't pass.

The whole datagram belongs to the packet whose fragment completed it, as in Wireshark; the others are named "ip
fragment". A datagram that never becomes whole stays named so, and is counted.
"""

from __future__ import annotations

from whywire.base.ranges import RangeSet
from whywire.packets.layers import Cursor, named
from whywire.packets.names import ip_layer
from whywire.packets.table import FRAGMENT, FRAGMENT_OF_LATER, PacketTable

WAITING = 256
"""Datagrams that may wait for their rest at a time; the oldest goes first (Linux keeps 4 MB of them)."""
PIECES = 1_024
"""Fragments of one datagram: real ones have fewer than 50."""
LARGEST = 65_535
PATIENCE_NS = 30_000_000_000
"""How long a datagram waits for its rest (Linux ipfrag_time, 30 s)."""

Key = tuple[int, int, int, int]


class _Datagram:
    """The fragments of one datagram so far."""

    __slots__ = ("buffer", "end", "have", "header", "packets", "pieces", "since")

    def __init__(self, since: int) -> None:
        self.buffer = bytearray()
        self.have = RangeSet()
        self.header: bytes | None = None
        self.end: int | None = None
        self.pieces = 0
        self.packets: list[tuple[int, bool]] = []
        """Numbers (from 0) of those seen so far; False: it is known by an error, not by its name."""
        self.since = since


class Fragments:
    """The datagrams of a capture that wait for their rest."""

    def __init__(self) -> None:
        self._waiting: dict[Key, _Datagram] = {}

    def take(self, table: PacketTable, row: int, cursor: Cursor, ident: int, offset: int, more: bool) -> int:
        """Add the fragment at the cursor; return the layer that follows when the datagram is whole now, else DONE.

        ``ident`` is the identification of the header, ``offset`` counts bytes. The cursor stands on the fragment's
        first byte; when the datagram is whole it is moved there, and `PacketTable.reassembled` keeps its bytes.
        """
        key = (table.source[row], table.destination[row], ident, cursor.protocol)
        datagram = self._find(key, table.time_ns[row])
        piece = cursor.data[cursor.at:cursor.end]
        if not self._add(datagram, piece, offset, more):
            self._waiting.pop(key, None)
            return named(table, row, FRAGMENT)
        if offset == 0:
            datagram.header = cursor.data[cursor.start + table.network_at[row]:cursor.at]
        if datagram.header is None or datagram.end is None or not datagram.have.covers(0, datagram.end):
            datagram.packets.append((table.forgotten + row, table.error[row] == 0))
            return named(table, row, FRAGMENT)
        for packet, is_plain in datagram.packets:
            if packet >= table.forgotten:
                named(table, packet - table.forgotten, FRAGMENT_OF_LATER)
            elif is_plain:
                table.renamed += 1
        del self._waiting[key]
        whole = datagram.header + bytes(datagram.buffer[:datagram.end])
        table.reassembled[row] = whole
        table.network_at[row] = 0
        cursor.place(whole, 0, len(whole), len(whole))
        cursor.at = len(datagram.header)
        return ip_layer(table, row, cursor.protocol)

    def _find(self, key: Key, now: int) -> _Datagram:
        found = self._waiting.get(key)
        if found is not None and now - found.since <= PATIENCE_NS:
            return found
        self._waiting.pop(key, None)  # the identification was used again
        if len(self._waiting) >= WAITING:
            del self._waiting[next(iter(self._waiting))]
        found = self._waiting[key] = _Datagram(now)
        return found

    @staticmethod
    def _add(datagram: _Datagram, piece: bytes, offset: int, more: bool) -> bool:
        """Put a piece in its place; False for what can't be one datagram (RFC 5722: overlaps are refused)."""
        end = offset + len(piece)
        datagram.pieces += 1
        if end > LARGEST or datagram.pieces > PIECES or (more and len(piece) % 8):
            return False
        if not more and datagram.end not in (None, end):
            return False
        if datagram.have.covers(offset, end) and piece == datagram.buffer[offset:end]:
            return True  # the same fragment once more
        if datagram.have.add(offset, end) < len(piece):
            return False
        if len(datagram.buffer) < end:
            datagram.buffer.extend(bytes(end - len(datagram.buffer)))
        datagram.buffer[offset:end] = piece
        if not more:
            datagram.end = end
        return datagram.end is None or len(datagram.buffer) <= datagram.end
