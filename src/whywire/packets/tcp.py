"""TCP's header and options (RFC 9293 3.1, 3.2; RFC 7323; RFC 2018) into columns."""

from __future__ import annotations

from whywire.packets.layers import DONE, Cursor, broken, too_short
from whywire.packets.table import (
    MSS,
    OTHER_OPTIONS,
    PORTS,
    SACK,
    SACK_PERMITTED,
    TCP,
    TIMESTAMPS,
    WINDOW_SCALE,
    PacketTable,
)

END, NOP = 0, 1
KIND_MSS, KIND_WINDOW_SCALE, KIND_SACK_PERMITTED, KIND_SACK, KIND_TIMESTAMPS = 2, 3, 4, 5, 8

OPTION_LENGTHS = {KIND_MSS: 4, KIND_WINDOW_SCALE: 3, KIND_SACK_PERMITTED: 2, KIND_TIMESTAMPS: 10}
"""The only length that is right, for the options that have one."""


def tcp(table: PacketTable, row: int, cursor: Cursor) -> int:
    """Read a TCP header. Its fields count as present when the data offset makes sense."""
    data = cursor.data
    at = cursor.at
    table.transport_at[row] = at - cursor.start
    if cursor.end - at < 20:
        if cursor.end - at >= 4:
            _ports(table, row, data, at)
        return too_short(table, row, cursor, "tcp", 20)
    _ports(table, row, data, at)
    table.seq[row] = data[at + 4] << 24 | data[at + 5] << 16 | data[at + 6] << 8 | data[at + 7]
    table.ack[row] = data[at + 8] << 24 | data[at + 9] << 16 | data[at + 10] << 8 | data[at + 11]
    table.flags[row] = (data[at + 12] & 1) << 8 | data[at + 13]
    table.window[row] = data[at + 14] << 8 | data[at + 15]
    words = data[at + 12] >> 4
    if words < 5:
        return broken(table, row, f"tcp: data offset {words} is below 5")
    payload = at + words * 4
    if payload > cursor.wire_end:
        return broken(table, row, f"tcp: data offset {words} needs {words * 4} bytes, "
                                  f"the packet has {cursor.wire_end - at}")
    table.present[row] = table.present[row] & ~PORTS | TCP
    table.payload_at[row] = payload - cursor.start
    table.payload_length[row] = cursor.wire_end - payload
    if words > 5:
        options(table, row, data, at + 20, payload, cursor.end)
    cursor.at = payload
    return DONE


def _ports(table: PacketTable, row: int, data: bytes, at: int) -> None:
    table.source_port[row] = data[at] << 8 | data[at + 1]
    table.destination_port[row] = data[at + 2] << 8 | data[at + 3]
    table.present[row] |= PORTS


def options(table: PacketTable, row: int, data: bytes, at: int, end: int, captured_end: int) -> None:
    """Read the options in ``[at, end)``, of which ``[at, captured_end)`` is in the file."""
    if (end - at == 12 and end <= captured_end and data[at] == NOP and data[at + 1] == NOP
            and data[at + 2] == KIND_TIMESTAMPS and data[at + 3] == 10):  # what nearly every segment carries
        _timestamps(table, row, data, at + 4)
        return
    while at < end:
        if at >= captured_end:
            broken(table, row, "tcp: options cut by the snap length")
            return
        kind = data[at]
        if kind == END:
            return
        if kind == NOP:
            at += 1
            continue
        length = option_length(data, at, end, captured_end)
        if length <= 0:
            broken(table, row, option_problem(data, at, end, captured_end))
            return
        problem = option_problem(data, at, end, captured_end)
        if problem:
            broken(table, row, problem)
        else:
            _option(table, row, data, at, kind, length)
        at += length


def option_length(data: bytes, at: int, end: int, captured_end: int) -> int:
    """Return the length of the option at ``at`` (NOP and end: 1), or 0 when it can't be walked over."""
    if data[at] <= NOP:
        return 1
    if at + 1 >= end or at + 1 >= captured_end:
        return 0
    length = data[at + 1]
    if length < 2 or at + length > end or at + length > captured_end:
        return 0
    return length


def option_problem(data: bytes, at: int, end: int, captured_end: int) -> str:
    """Return what is wrong with the option at ``at``; empty when nothing is."""
    kind = data[at]
    if kind <= NOP:
        return ""
    if at + 1 >= end:
        return f"tcp: option {kind} has no length"
    if at + 1 >= captured_end:
        return "tcp: options cut by the snap length"
    length = data[at + 1]
    right = OPTION_LENGTHS.get(kind)
    if right is not None and length != right:
        return f"tcp: option {kind} has length {length}, {right} is right"
    if length < 2:
        return f"tcp: option {kind} has length {length}, at least 2 is right"
    if kind == KIND_SACK and (length % 8 != 2 or length == 2):
        return f"tcp: option 5 has length {length}, 2 and 8 a block is right"
    if at + length > end:
        return f"tcp: option {kind} of length {length} runs over the end of the header"
    if at + length > captured_end:
        return "tcp: options cut by the snap length"
    return ""


def _option(table: PacketTable, row: int, data: bytes, at: int, kind: int, length: int) -> None:
    if kind == KIND_TIMESTAMPS:
        _timestamps(table, row, data, at + 2)
    elif kind == KIND_MSS:
        table.mss[row] = data[at + 2] << 8 | data[at + 3]
        table.present[row] |= MSS
    elif kind == KIND_WINDOW_SCALE:
        table.window_scale[row] = data[at + 2]
        table.present[row] |= WINDOW_SCALE
    elif kind == KIND_SACK_PERMITTED:
        table.present[row] |= SACK_PERMITTED
    elif kind == KIND_SACK:
        table.sack_count[row] = (length - 2) >> 3
        table.present[row] |= SACK
    else:
        table.present[row] |= OTHER_OPTIONS


def _timestamps(table: PacketTable, row: int, data: bytes, at: int) -> None:
    table.ts_value[row] = data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
    table.ts_echo[row] = data[at + 4] << 24 | data[at + 5] << 16 | data[at + 6] << 8 | data[at + 7]
    table.present[row] |= TIMESTAMPS
