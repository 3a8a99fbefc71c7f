"""IP over InfiniBand (LINKTYPE_IPOIB 242): RFC 4391 section 6."""

from __future__ import annotations

from whywire.packets.layers import Cursor, too_short
from whywire.packets.names import ethertype_layer
from whywire.packets.table import PacketTable


def infiniband(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Walk over the global routing header (40 bytes), then read type and two reserved bytes."""
    at = cursor.at
    if cursor.end - at < 44:
        return too_short(table, row, cursor, "ip over infiniband", 44)
    cursor.at = at + 44
    return ethertype_layer(table, row, cursor.data[at + 40] << 8 | cursor.data[at + 41])
