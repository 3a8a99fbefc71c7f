"""`Columns`: named flat typed buffers that grow together. The only shape of bulk data in the pass over a capture.

In plain Python each column is an attribute that holds its `array.array`. Where the pass was compiled (see
docs/design/speed.md) the attribute is the address of the same bytes for compiled code, and everybody else reaches the
array under the same name through ``__getattr__``. So columns are read and written by index, and never replaced.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence


class Columns:
    """Base of the tables. ``count`` is the number of rows that all columns have."""

    columns: dict[str, array[int]]
    count: int

    def __init__(self, spec: Sequence[tuple[str, ...]]) -> None:
        """Make empty columns; ``spec`` has name and `array` type code of each, and perhaps more behind them."""
        self.columns = {entry[0]: array(entry[1]) for entry in spec}
        self.count = 0
        self.attach()

    def attach(self) -> None:
        """Give every column its attribute. To be called when arrays were replaced or moved."""
        for name, column in self.columns.items():
            setattr(self, name, column)

    def grow(self, count: int = 1, spare: int = 0) -> int:
        """Add ``count`` rows of zeros; return the index of the first.

        ``spare``: where memory is lacking, there is room for so many rows more behind it (`cut` gives it back).
        """
        first = self.count
        room = len(next(iter(self.columns.values())))
        lack = first + count - room
        if lack > 0:
            for column in self.columns.values():
                column.frombytes(bytes((lack + spare) * column.itemsize))
            self.attach()
        self.count = first + count
        return first

    def cut(self, count: int) -> None:
        """Forget all rows but the first ``count``."""
        for column in self.columns.values():
            del column[count:]
        self.count = count
        self.attach()

    def clear(self) -> None:
        """Forget all rows and keep their memory, full of zeros, for those that come."""
        zeros = memoryview(bytes(8 * self.count))
        for column in self.columns.values():
            size = self.count * column.itemsize
            memoryview(column).cast("B")[:size] = zeros[:size]
        self.count = 0
