"""IPv6 and its extension headers (RFC 8200 3, 4; RFC 4302 for authentication) into columns."""

from __future__ import annotations

from whywire.packets.ip4 import lone_fragment
from whywire.packets.layers import Cursor, broken, named, too_short
from whywire.packets.names import EXTENSION_NAMES, ip_layer
from whywire.packets.table import IPV4, IPV6, PacketTable


def ipv6(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read an IPv6 header; the innermost one of a tunnel wins the columns."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 40:
        return too_short(table, row, cursor, "ipv6", 40)
    if data[at] >> 4 != 6:
        named(table, row, "ipv6")
        return broken(table, row, f"ipv6: version {data[at] >> 4}, 6 is right")
    length = data[at + 4] << 8 | data[at + 5]
    if length == 0:  # a jumbogram (RFC 2675), a super-segment or BIG TCP: the frame's length is all there is
        length = cursor.wire_end - at - 40
    table.present[row] = table.present[row] & ~IPV4 | IPV6
    table.network_at[row] = at - cursor.start
    table.source[row] = table.intern_address(data[at + 8:at + 24])
    table.destination[row] = table.intern_address(data[at + 24:at + 40])
    table.ip_id[row] = 0
    table.ttl[row] = data[at + 7]
    if at + 40 + length > cursor.wire_end:
        broken(table, row, "ipv6: payload length is more than the frame has")
    else:
        cursor.wire_end = at + 40 + length
        if cursor.end > cursor.wire_end:
            cursor.end = cursor.wire_end
    cursor.at = at + 40
    protocol = cursor.protocol = data[at + 6]
    return ip_layer(table, row, protocol)


def extension(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Walk over a header whose length counts in 8 bytes beyond the first 8: hop-by-hop, routing, destination."""
    return _step(table, row, cursor, 8)


def authentication(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Walk over an authentication header, whose length counts in 4 bytes beyond the first 8; IPv4 has it too."""
    return _step(table, row, cursor, 4)


def _step(table: PacketTable, row: int, cursor: Cursor, unit: int) -> int:
    data = cursor.data
    at = cursor.at
    name = EXTENSION_NAMES[cursor.protocol]
    if cursor.end - at < 8:
        return too_short(table, row, cursor, name, 8)
    length = 8 + data[at + 1] * unit
    if at + length > cursor.wire_end:
        named(table, row, name)
        return broken(table, row, f"{name}: length {length} is more than the packet has")
    cursor.at = at + length
    protocol = cursor.protocol = data[at]
    return ip_layer(table, row, protocol)


def fragment(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Walk over a fragment header (RFC 8200 4.5); what a later fragment holds is no header."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 8:
        return too_short(table, row, cursor, EXTENSION_NAMES[cursor.protocol], 8)
    cursor.at = at + 8
    protocol = cursor.protocol = data[at]
    offset = (data[at + 2] << 8 | data[at + 3]) & 0xFFF8
    more = data[at + 3] & 1
    if (offset or more) and cursor.fragments is not None and cursor.end == cursor.wire_end:
        ident = int.from_bytes(data[at + 4:at + 8], "big")
        return cursor.fragments.take(table, row, cursor, ident, offset, more != 0)
    return lone_fragment(table, row, protocol, offset, more)
