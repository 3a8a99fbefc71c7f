"""Questions that need the packets' bytes again; asked of the first packets only, so that large files stay quick."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from whywire.connections.model import Account
from whywire.packets.checksum import tcp_state
from whywire.packets.table import TCP, Capture

STARTS = tuple(f"{word} ".encode() for word in (
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE")) + (b"HTTP/1.",)
MOST_STARTS = 2_000
MOST = 200
"""Packets whose checksum is looked at."""
_HEADER = 20
_CALC_HEADER = 12


def checksums(capture: Capture) -> Iterator[tuple[int, str]]:
    """Yield row and state of TCP checksums (``right``, ``offload``, ``wrong``), where the whole segment is there."""
    table, seen = capture.table, 0
    for row in range(len(table) if capture.sources else 0):
        start, payload = table.transport_at[row], table.payload_at[row]
        end = payload + table.payload_length[row]
        if not table.present[row] & TCP or payload < start + _HEADER or end > table.captured[row]:
            continue
        source, destination = table.addresses[table.source[row]], table.addresses[table.destination[row]]
        yield row, tcp_state(source, destination, capture.frame(row)[start:end])
        seen += 1
        if seen == MOST:
            return


def speaks_http(account: Account, capture: Capture) -> bool:
    """Tell whether a segment begins as an HTTP message does."""
    return any(data.startswith(STARTS) for data in _beginnings(account, capture))


def has_messages(account: Account, capture: Capture) -> bool:
    """Tell whether a segment begins as a message of HTTP, or may be one of the calculator's.

    If none does, the exchanges room need not be asked; it decides.
    """
    return any(data.startswith(STARTS) or _may_be_calc(data) for data in _beginnings(account, capture))


def _beginnings(account: Account, capture: Capture) -> Iterator[bytes]:
    rows = (segment.packet - 1 for connection in account.connections for segment in connection.segments
            if segment.length)
    return (capture.payload(row) for row in islice(rows, MOST_STARTS))


def _may_be_calc(data: bytes) -> bool:
    """Look for the calculator's header: a length that fits, three reserved bits and a pad that are 0."""
    return (len(data) > _CALC_HEADER and int.from_bytes(data[4:6], "big") <= len(data) and not data[6] & 0xE0
            and data[10:12] == b"\0\0" and int.from_bytes(data[4:6], "big") > _CALC_HEADER)
