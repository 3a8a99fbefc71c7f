"""IPv4 (RFC 791 3.1) into columns."""

from __future__ import annotations

from whywire.packets.layers import FIRST_FRAGMENT, Cursor, broken, named, too_short
from whywire.packets.names import ip_layer
from whywire.packets.table import IPV4, IPV6, PacketTable


def ipv4(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read an IPv4 header; the innermost one of a tunnel wins the columns."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 20:
        return too_short(table, row, cursor, "ipv4", 20)
    if data[at] >> 4 != 4:
        named(table, row, "ipv4")
        return broken(table, row, f"ipv4: version {data[at] >> 4}, 4 is right")
    header = (data[at] & 15) << 2
    if header < 20:
        named(table, row, "ipv4")
        return broken(table, row, f"ipv4: header length {header >> 2} is below 5 words")
    total = data[at + 2] << 8 | data[at + 3]
    if total == 0:  # a super-segment on its way to the network card (TSO), BIG TCP: only the frame knows
        total = cursor.wire_end - at
    if total < header:
        named(table, row, "ipv4")
        return broken(table, row, f"ipv4: total length {total} is below the header's {header}")
    table.present[row] = table.present[row] & ~IPV6 | IPV4
    table.network_at[row] = at - cursor.start
    table.source[row] = table.intern_ipv4(data, at + 12)
    table.destination[row] = table.intern_ipv4(data, at + 16)
    table.ip_id[row] = data[at + 4] << 8 | data[at + 5]
    table.ttl[row] = data[at + 8]
    if at + total > cursor.wire_end:
        broken(table, row, "ipv4: total length is more than the frame has")
    else:
        cursor.wire_end = at + total
        if cursor.end > cursor.wire_end:
            cursor.end = cursor.wire_end
    cursor.at = at + header
    protocol = cursor.protocol = data[at + 9]
    offset = ((data[at + 6] & 0x1F) << 8 | data[at + 7]) << 3
    more = data[at + 6] & 0x20
    if (offset or more) and cursor.fragments is not None and cursor.end == cursor.wire_end:
        return cursor.fragments.take(table, row, cursor, table.ip_id[row], offset, more != 0)
    return lone_fragment(table, row, protocol, offset, more)


def lone_fragment(table: PacketTable, row: int, protocol: int, offset: int, more: int) -> int:
    """Return the layer behind a header whose packet is not put together: whole, or a fragment seen alone."""
    if offset:  # not the first fragment: what follows is no header
        return named(table, row, "ip fragment")
    if more:
        broken(table, row, FIRST_FRAGMENT)
    return ip_layer(table, row, protocol)
