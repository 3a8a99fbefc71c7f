"""GRE (RFC 2784, RFC 2890): what a tunnel carries is read like what arrives without one."""

from __future__ import annotations

from whywire.packets.layers import Cursor, named, too_short
from whywire.packets.names import ethertype_layer
from whywire.packets.table import PacketTable


def gre(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read a version 0 header with its optional checksum, key and sequence number."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 4:
        return too_short(table, row, cursor, "gre", 4)
    if data[at + 1] & 7 or data[at] & 0x40:  # version 1 carries PPP (RFC 2637); source routes are long gone
        return named(table, row, "gre")
    length = 4
    for bit in (0x80, 0x20, 0x10):
        if data[at] & bit:
            length += 4
    if cursor.end - at < length:
        return too_short(table, row, cursor, "gre", length)
    cursor.at = at + length
    return ethertype_layer(table, row, data[at + 2] << 8 | data[at + 3])
