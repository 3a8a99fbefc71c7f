"""Which packet of each connection was the first of its kind: SYN, SYN-ACK, the FIN and the reset of each side.

A summary keeps only that they were there (`tally`); tables name them.
"""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns
from whywire.connections import kinds as k
from whywire.connections.flows import Rows

FIRST_COLUMNS = (
    ("syn", "q"), ("answer", "q"),  # rows of the first SYN and the first SYN-ACK; -1 none
    ("reset_client", "q"), ("reset_server", "q"),  # rows of the first acceptable reset of each side; -1 none
    ("fin_client", "q"), ("fin_server", "q"),  # rows of the first FIN of each side; -1 none
)


class Firsts(Columns):
    """One row a connection, see `FIRST_COLUMNS`."""

    syn: array[int]
    answer: array[int]
    reset_client: array[int]
    reset_server: array[int]
    fin_client: array[int]
    fin_server: array[int]

    def __init__(self, rows: Rows, count: int) -> None:
        """Look through the rows of a tracker with ``count`` connections."""
        super().__init__(FIRST_COLUMNS)
        self.rows = rows
        self.grow(count)
        for number in range(count):
            self.syn[number] = self.answer[number] = -1
            self.reset_client[number] = self.reset_server[number] = -1
            self.fin_client[number] = self.fin_server[number] = -1
        self._walk()

    def _walk(self) -> None:
        rows = self.rows
        for row in range(rows.count):
            if rows.connection[row] >= 0 and rows.kinds[row] & (k.SYN | k.SYN_ACK | k.FIN | k.RST):
                self._mark(row, rows.connection[row], rows.side[row], rows.kinds[row])

    def _mark(self, row: int, number: int, side: int, kinds: int) -> None:
        if kinds & k.SYN and self.syn[number] < 0:
            self.syn[number] = row
        if kinds & k.SYN_ACK and self.answer[number] < 0:
            self.answer[number] = row
        if kinds & k.RST and not kinds & k.NOT_ACCEPTABLE:
            if side == 0 and self.reset_client[number] < 0:
                self.reset_client[number] = row
            elif side == 1 and self.reset_server[number] < 0:
                self.reset_server[number] = row
        if kinds & k.FIN and not kinds & k.CAPTURED_TWICE:
            if side == 0 and self.fin_client[number] < 0:
                self.fin_client[number] = row
            elif side == 1 and self.fin_server[number] < 0:
                self.fin_server[number] = row
