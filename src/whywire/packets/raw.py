"""Frames without a link layer: LINKTYPE_RAW (101; 12 and 14 on older systems)."""

from __future__ import annotations

from whywire.packets.layers import IPV4, IPV6, Cursor, broken, named, too_short
from whywire.packets.table import PacketTable


def raw_ip(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Tell IPv4 from IPv6 by the first four bits; the cursor stays."""
    if cursor.end <= cursor.at:
        return too_short(table, row, cursor, "ip", 1)
    version = cursor.data[cursor.at] >> 4
    if version == 4:
        return IPV4
    if version == 6:
        return IPV6
    named(table, row, "ip")
    return broken(table, row, f"ip: version {version}, 4 or 6 is right")
