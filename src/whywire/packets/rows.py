"""Small questions about rows that others ask too: which are TCP, what SACK blocks say, what was left out."""

from __future__ import annotations

from whywire.packets.table import SACK, TCP, Capture, PacketTable
from whywire.packets.tcp import END, KIND_SACK, option_length, option_problem


def is_tcp(table: PacketTable, row: int) -> bool:
    """Tell whether the fixed TCP header of a row was read: ports, seq, ack, flags, window, payload_length."""
    return bool(table.present[row] & TCP)


def sack_blocks(capture: Capture, row: int) -> tuple[tuple[int, int], ...]:
    """Return the SACK blocks of a packet as raw (left, right) edges, in their order (RFC 2018 section 3)."""
    table = capture.table
    if not table.present[row] & SACK:
        return ()
    frame = capture.frame(row)
    at = table.transport_at[row] + 20
    end = table.payload_at[row]
    blocks: list[tuple[int, int]] = []
    while at < min(end, len(frame)) and frame[at] != END:
        length = option_length(frame, at, end, len(frame))
        if length == 0:
            break
        if frame[at] == KIND_SACK and not option_problem(frame, at, end, len(frame)):
            blocks = [(int.from_bytes(frame[edge:edge + 4], "big"), int.from_bytes(frame[edge + 4:edge + 8], "big"))
                      for edge in range(at + 2, at + length, 8)]
        at += length
    return tuple(blocks)


def skipped(table: PacketTable) -> list[tuple[str, int]]:
    """Return what the packets that are not TCP are, and how many: ``mdns over udp``, or why one can't be read.

    Most frequent first, then by first appearance.
    """
    counts: dict[str, int] = {}
    for row in range(len(table)):
        if not table.present[row] & TCP:
            reason = table.errors[table.error[row]] or table.protocols[table.protocol[row]]
            counts[reason] = counts.get(reason, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])
