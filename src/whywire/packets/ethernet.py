"""Ethernet and what stands between it and IP: 802.1Q tags, 802.2 LLC and SNAP, MPLS."""

from __future__ import annotations

from whywire.packets.layers import IPV4, IPV6, LLC, MPLS, Cursor, named, too_short
from whywire.packets.names import LLC_NAMES, ethertype_layer
from whywire.packets.table import PacketTable

LEAST_TYPE = 0x600
"""Below it the field is an 802.3 length, from it on a type (IEEE 802.3 3.2.6)."""
CISCO = 0x00000C


def ethernet(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read 14 bytes: destination, source, type."""
    at = cursor.at
    if cursor.end - at < 14:
        return too_short(table, row, cursor, "ethernet", 14)
    cursor.at = at + 14
    return _typed(table, row, cursor, cursor.data[at + 12] << 8 | cursor.data[at + 13])


def vlan(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read the 4 bytes of an 802.1Q (or 802.1ad) tag behind its type: control, then the next type."""
    at = cursor.at
    if cursor.end - at < 4:
        return too_short(table, row, cursor, "vlan", 4)
    cursor.at = at + 4
    return _typed(table, row, cursor, cursor.data[at + 2] << 8 | cursor.data[at + 3])


def _typed(table: PacketTable, row: int, cursor: Cursor, kind: int) -> int:
    if kind >= LEAST_TYPE:
        return ethertype_layer(table, row, kind)
    if cursor.at + kind < cursor.wire_end:  # the rest is padding
        cursor.wire_end = cursor.at + kind
        cursor.end = min(cursor.end, cursor.wire_end)
    return LLC


def llc(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read 802.2 LLC; with SNAP and no vendor behind it stands an ordinary type (RFC 1042)."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 3:
        return too_short(table, row, cursor, "llc", 3)
    if data[at] != 0xAA or data[at + 1] != 0xAA:
        return named(table, row, LLC_NAMES.get(data[at]) or f"llc sap 0x{data[at]:02x}")
    if cursor.end - at < 8:
        return too_short(table, row, cursor, "snap", 8)
    vendor = data[at + 3] << 16 | data[at + 4] << 8 | data[at + 5]
    kind = data[at + 6] << 8 | data[at + 7]
    if vendor == CISCO and kind == 0x2000:
        return named(table, row, "cdp")
    if vendor != 0:
        return named(table, row, f"snap vendor 0x{vendor:06x}")
    cursor.at = at + 8
    return ethertype_layer(table, row, kind)


def mpls(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read one label (RFC 3032 2.1); behind the last one the first four bits tell IPv4 from IPv6."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 5:
        return too_short(table, row, cursor, "mpls", 5)
    cursor.at = at + 4
    if not data[at + 2] & 1:
        return MPLS
    version = data[at + 4] >> 4
    if version == 4:
        return IPV4
    if version == 6:
        return IPV6
    return named(table, row, "mpls payload")
