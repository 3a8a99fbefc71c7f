"""UDP (RFC 768): only to name what runs over it, and to see the TCP inside a VXLAN tunnel (RFC 7348)."""

from __future__ import annotations

from whywire.packets.layers import DONE, ETHERNET, Cursor, named, too_short
from whywire.packets.names import UDP_LAYERS, UDP_NAMES
from whywire.packets.table import PacketTable


def udp(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Name the service by its port: the destination's first, then the source's (``mdns over udp``)."""
    data = cursor.data
    at = cursor.at
    table.transport_at[row] = at - cursor.start
    if cursor.end - at < 8:
        return too_short(table, row, cursor, "udp", 8)
    source = data[at] << 8 | data[at + 1]
    destination = data[at + 2] << 8 | data[at + 3]
    table.source_port[row] = source
    table.destination_port[row] = destination
    cursor.at = at + 8
    layer = UDP_LAYERS.get(destination, DONE)
    if layer != DONE and _is_vxlan(data, at + 8, cursor.end):
        return layer
    service = UDP_NAMES.get(destination) or UDP_NAMES.get(source)
    return named(table, row, f"{service} over udp" if service else "udp")


def _is_vxlan(data: bytes, at: int, end: int) -> bool:
    """The I bit is set and a frame can follow; reserved bits are the sender's to misuse (RFC 7348 section 5)."""
    return end - at >= 8 + 14 and bool(data[at] & 0x08)


def vxlan(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Walk over the 8 bytes of a VXLAN header; Ethernet follows."""
    if cursor.end - cursor.at < 8:
        return too_short(table, row, cursor, "vxlan", 8)
    cursor.at += 8
    return ETHERNET
