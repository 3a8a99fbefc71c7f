"""The flat state of the tracker: columns for connections, for their two directions, and beside each packet.

A direction ("flow") of connection ``c`` has index ``2 * c + side``, side 0 from the client, 1 from the server.
Positions are relative to the direction's base and never wrap. All columns are typed flat buffers, written by index.
"""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns

CONNECTION_COLUMNS = (
    ("first_row", "q"), ("last_row", "q"), ("packets", "q"),
    ("roles", "B"),  # 0 assumed, 1 handshake, 2 simultaneous
    ("reused", "B"),  # the same ports were in use by an earlier connection of this capture
    ("client", "Q"),  # the client's end: address index << 16 | port
    ("server", "Q"),
)
ASSUMED, HANDSHAKE, SIMULTANEOUS = 0, 1, 2

FLOW_COLUMNS = (
    ("base", "q"),  # absolute position that is relative 0
    ("known", "B"),  # 0 no base; 1 base from the peer's ACK only; 2 from a segment of its own; 3 from its SYN
    ("next", "q"),  # highest position sent, relative: one behind the last byte, SYN or FIN
    ("next_time", "q"),
    ("ack", "q"),  # highest acknowledgment sent (relative to the peer); -1 none
    ("last_ack", "q"),
    ("ack_time", "q"),  # of the last packet that carried last_ack
    ("duplicates", "I"),  # duplicate ACKs in a row
    ("window", "q"),  # last window announced, scaled where known; -1 none
    ("raw_window", "i"),
    ("shift", "b"),  # window scale offered in the SYN; -1 not offered or no SYN seen
    ("mss", "i"),  # -1 not seen
    ("options", "I"),  # presence bits of the SYN's options
    ("fin", "q"),  # position of the FIN; -1 none
    ("bytes", "q"),
    ("data_segments", "q"),
    ("state", "B"),
    ("probe", "B"),  # what the last segment of this direction was: 1 keep-alive, 2 zero-window probe
    ("last_row", "q"),
    ("rsts", "I"),  # acceptable ones
    # the last packet's header as it was on the wire, for `Facts._is_copy`
    ("was_time", "q"), ("was_packet_id", "q"), ("was_seq", "I"), ("was_ack", "I"), ("was_flags", "H"),
    ("was_window", "H"), ("was_length", "I"), ("was_ip_id", "H"), ("was_ts_value", "I"),
)

ROW_COLUMNS = (("connection", "i"), ("side", "B"), ("seq", "q"), ("ack", "q"), ("kinds", "I"))


class Connections(Columns):
    """One entry a connection."""

    first_row: array[int]
    last_row: array[int]
    packets: array[int]
    roles: array[int]
    reused: array[int]
    client: array[int]
    server: array[int]

    def __init__(self) -> None:
        super().__init__(CONNECTION_COLUMNS)


class Flows(Columns):
    """Two entries a connection: what each direction has sent, and the state of the end that sends it."""

    base: array[int]
    known: array[int]
    next: array[int]
    next_time: array[int]
    ack: array[int]
    last_ack: array[int]
    ack_time: array[int]
    duplicates: array[int]
    window: array[int]
    raw_window: array[int]
    shift: array[int]
    mss: array[int]
    options: array[int]
    fin: array[int]
    bytes: array[int]
    data_segments: array[int]
    state: array[int]
    probe: array[int]
    last_row: array[int]
    rsts: array[int]
    was_time: array[int]
    was_packet_id: array[int]
    was_seq: array[int]
    was_ack: array[int]
    was_flags: array[int]
    was_window: array[int]
    was_length: array[int]
    was_ip_id: array[int]
    was_ts_value: array[int]

    def __init__(self) -> None:
        super().__init__(FLOW_COLUMNS)
        self.holes: dict[int, list[tuple[int, int]]] = {}
        """Flow -> ascending ranges below ``next`` that were not seen; only for flows that have some."""


class Rows(Columns):
    """Beside each packet of the table: its connection (-1 none), side, relative positions, kinds."""

    connection: array[int]
    side: array[int]
    seq: array[int]
    ack: array[int]
    kinds: array[int]

    def __init__(self) -> None:
        super().__init__(ROW_COLUMNS)


NO_BASE, BASE_FROM_ACK, BASE_FROM_SEGMENT, BASE_FROM_SYN = 0, 1, 2, 3


def rows_of(rows: Rows, connection: int, first: int, last: int) -> list[int]:
    """Return the rows of a connection, which lie from ``first`` to ``last``."""
    found = []
    for row in range(first, last + 1):
        if rows.connection[row] == connection:
            found.append(row)
    return found
