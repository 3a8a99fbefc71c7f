"""BSD loopback: LINKTYPE_NULL (0, in the capturing machine's byte order), LINKTYPE_LOOP (108, network order)."""

from __future__ import annotations

from whywire.packets.layers import IPV4, IPV6, Cursor, named, too_short
from whywire.packets.table import PacketTable

AF_INET = 2
AF_INET6 = (10, 23, 24, 28, 30)
"""Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS."""


def family(data: bytes, at: int) -> int:
    """Return the address family in the 4 bytes: all of them are small, so the byte order shows itself."""
    if data[at] == 0 and data[at + 1] == 0:
        return data[at + 2] << 8 | data[at + 3]
    return data[at + 3] << 24 | data[at + 2] << 16 | data[at + 1] << 8 | data[at]


def loopback(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read the 4 bytes of the address family."""
    at = cursor.at
    if cursor.end - at < 4:
        return too_short(table, row, cursor, "loopback", 4)
    cursor.at = at + 4
    kind = family(cursor.data, at)
    if kind == AF_INET:
        return IPV4
    if kind in AF_INET6:
        return IPV6
    if kind > 0xFFFF:  # some systems put two bytes of their own before an EtherType
        kind = cursor.data[at + 2] << 8 | cursor.data[at + 3]
        if kind == 0x0800:
            return IPV4
        if kind == 0x86DD:
            return IPV6
    return named(table, row, f"address family {kind}")
