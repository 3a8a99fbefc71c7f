"""PPP (RFC 1661; LINKTYPE_PPP 9 with or without HDLC's two bytes, RFC 1662) and PPPoE sessions (RFC 2516)."""

from __future__ import annotations

from whywire.packets.layers import DONE, IPV4, IPV6, MPLS, PPP, Cursor, named, too_short
from whywire.packets.table import PacketTable

PPP_LAYERS = {0x0021: IPV4, 0x0057: IPV6, 0x0281: MPLS}
PPP_NAMES = {0x8021: "ppp ip control", 0x8057: "ppp ipv6 control", 0xC021: "ppp link control",
             0xC023: "ppp pap", 0xC223: "ppp chap", 0xC025: "ppp link quality"}


def ppp(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read the protocol field, of one byte when it was compressed (an odd first byte)."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at >= 2 and data[at] == 0xFF and data[at + 1] == 0x03:
        at += 2
        cursor.at = at
    if cursor.end - at < 2:
        return too_short(table, row, cursor, "ppp", 2)
    if data[at] & 1:
        kind = data[at]
        cursor.at = at + 1
    else:
        kind = data[at] << 8 | data[at + 1]
        cursor.at = at + 2
    layer = PPP_LAYERS.get(kind, DONE)
    if layer == DONE:
        return named(table, row, PPP_NAMES.get(kind) or f"ppp protocol 0x{kind:04x}")
    return layer


def pppoe(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read the 6 bytes of a session packet; its length takes Ethernet's padding away."""
    data = cursor.data
    at = cursor.at
    if cursor.end - at < 6:
        return too_short(table, row, cursor, "pppoe", 6)
    length = data[at + 4] << 8 | data[at + 5]
    cursor.at = at + 6
    if at + 6 + length < cursor.wire_end:
        cursor.wire_end = at + 6 + length
        cursor.end = min(cursor.end, cursor.wire_end)
    return PPP
