"""Linux cooked captures (LINKTYPE_LINUX_SLL 113 and _SLL2 276): what ``any`` records instead of Ethernet."""

from __future__ import annotations

from whywire.packets.ethernet import LEAST_TYPE
from whywire.packets.layers import LLC, Cursor, named, too_short
from whywire.packets.names import ethertype_layer
from whywire.packets.table import PacketTable

ARPHRD_NETLINK = 824


def cooked(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read the 16 bytes of version 1."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 16:
        return too_short(table, row, cursor, "linux cooked", 16)
    cursor.at = at + 16
    return _behind(table, row, data[at + 2] << 8 | data[at + 3], data[at + 14] << 8 | data[at + 15])


def cooked2(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read the 20 bytes of version 2."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 20:
        return too_short(table, row, cursor, "linux cooked v2", 20)
    cursor.at = at + 20
    return _behind(table, row, data[at + 8] << 8 | data[at + 9], data[at] << 8 | data[at + 1])


def _behind(table: PacketTable, row: int, hardware: int, kind: int) -> int:
    if hardware == ARPHRD_NETLINK:
        return named(table, row, "netlink")
    if kind >= LEAST_TYPE:
        return ethertype_layer(table, row, kind)
    if kind == 4:
        return LLC
    return named(table, row, f"linux cooked protocol 0x{kind:04x}")
