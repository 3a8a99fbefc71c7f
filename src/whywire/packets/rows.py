"""Small questions about rows that others ask too: which are TCP, what SACK blocks say, what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from whywire.packets.table import OTHER_OPTIONS, SACK, TCP, TIME, Capture, PacketTable
from whywire.packets.tcp import END, KIND_SACK, option_length, option_problem

KIND_MPTCP = 30
MP_FASTCLOSE, MP_TCPRST = 7, 8
"""Subtypes of the MPTCP option (RFC 8684, table 3)."""


def is_tcp(table: PacketTable, row: int) -> bool:
    """Tell whether the fixed TCP header of a row was read: ports, seq, ack, flags, window, payload_length."""
    return bool(table.present[row] & TCP)


class MptcpReset(NamedTuple):
    """What an MPTCP option of a reset says: MP_FASTCLOSE, or MP_TCPRST with its reason code (RFC 8684 3.5, 3.6)."""

    subtype: int
    reason: int | None


def sack_blocks(capture: Capture, row: int) -> tuple[tuple[int, int], ...]:
    """Return the SACK blocks of a packet as raw (left, right) edges, in their order (RFC 2018 section 3)."""
    if not capture.table.present[row] & SACK:
        return ()
    blocks: list[tuple[int, int]] = []
    for option in _options(capture, row, KIND_SACK):
        blocks = [(int.from_bytes(option[at:at + 4], "big"), int.from_bytes(option[at + 4:at + 8], "big"))
                  for at in range(2, len(option), 8)]
    return tuple(blocks)


def mptcp_reset(capture: Capture, row: int) -> MptcpReset | None:
    """Return what the MPTCP option of a reset says about it; None where there is none that does."""
    if not capture.table.present[row] & OTHER_OPTIONS:
        return None
    for option in _options(capture, row, KIND_MPTCP):
        if len(option) == 12 and option[2] >> 4 == MP_FASTCLOSE:
            return MptcpReset(MP_FASTCLOSE, None)
        if len(option) == 4 and option[2] >> 4 == MP_TCPRST:
            return MptcpReset(MP_TCPRST, option[3])
    return None


def _options(capture: Capture, row: int, kind: int) -> Iterator[bytes]:
    """Yield the options of a kind, whole, as far as the frame was captured and they make sense."""
    table, frame = capture.table, capture.frame(row)
    at, end = table.transport_at[row] + 20, table.payload_at[row]
    while at < min(end, len(frame)) and frame[at] != END:
        length = option_length(frame, at, end, len(frame))
        if length == 0:
            break
        if frame[at] == kind and not option_problem(frame, at, end, len(frame)):
            yield bytes(frame[at:at + length])
        at += length


def tcp_count(table: PacketTable) -> int:
    """Return how many rows are TCP."""
    count = 0
    for row in range(table.count):
        if table.present[row] & TCP:
            count += 1
    return count


def first_time(table: PacketTable) -> int:
    """Return the earliest time of a capture in nanoseconds; -1 where no packet has one."""
    found = -1
    for row in range(table.count):
        if table.present[row] & TIME and (found < 0 or table.time_ns[row] < found):
            found = table.time_ns[row]
    return found


def last_time(table: PacketTable) -> int:
    """Return the latest time of a capture in nanoseconds; -1 where no packet has one."""
    found = -1
    for row in range(table.count):
        if table.present[row] & TIME and table.time_ns[row] > found:
            found = table.time_ns[row]
    return found


def skipped(table: PacketTable) -> list[tuple[str, int]]:
    """Return what the packets that are not TCP are, and how many: ``mdns over udp``, or why one can't be read.

    Most frequent first, then by first appearance.
    """
    counts: dict[str, int] = {}
    count_skipped(table, counts)
    return sorted(counts.items(), key=lambda item: -item[1])


def count_skipped(table: PacketTable, counts: dict[str, int]) -> None:
    """Add to ``counts`` how many packets that are not TCP each reason has."""
    for row in range(table.count):
        if not table.present[row] & TCP:
            reason = table.errors[table.error[row]] or table.protocols[table.protocol[row]]
            counts[reason] = counts.get(reason, 0) + 1
