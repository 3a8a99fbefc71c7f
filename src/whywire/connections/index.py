"""Which connection a pair of ends has at the moment: a flat hash table with open addressing.

An end is one number, address index << 16 | port; a pair is found from either side. A pair whose ports are used again
points to the newer connection.
"""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns
from whywire.connections.flows import Connections

SMALLEST = 1 << 10
MOST_STEPS = 256
"""A walk longer than this means that the pairs were chosen to collide: the table is laid out by another factor."""
FACTOR, NEXT_FACTOR = 0x9E3779B1, 0x3C6EF362
"""Both below 2^32, so that a product with 31 bits stays below 2^63; an odd factor loses no bits."""


class Slots(Columns):
    """Slot -> number of a connection + 1; 0: free."""

    held: array[int]

    def __init__(self, size: int) -> None:
        super().__init__((("held", "q"),))
        self.grow(size)


class Index:
    """See the module. ``connections`` has the ends of each in ``client`` and ``server``."""

    connections: Connections
    size: int
    used: int
    factor: int

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.size = SMALLEST
        self.used = 0
        self.factor = FACTOR
        self.slots = Slots(SMALLEST)

    def find(self, one: int, other: int) -> int:
        """Return the number of the connection between two ends, -1 where there is none."""
        return self.slots.held[self._slot(one, other)] - 1

    def put(self, one: int, other: int, connection: int) -> None:
        """Let the pair of ends mean ``connection``, whose ends are in its columns already."""
        slot = self._slot(one, other)
        if self.slots.held[slot] == 0:
            self.used += 1
        self.slots.held[slot] = connection + 1
        if 3 * self.used > 2 * self.size:
            self._lay_out(4 * self.size)

    def _slot(self, one: int, other: int) -> int:
        """Return the slot that holds the pair, or the free one where it belongs."""
        conns, held, last = self.connections, self.slots, self.size - 1
        low = one if one < other else other
        high = other if one < other else one
        mixed = (low ^ low >> 29 ^ high << 9 ^ high >> 17) & 0x7FFFFFFF
        slot = (mixed * self.factor >> 15) & last
        steps = 0
        while held.held[slot]:
            number = held.held[slot] - 1
            client, server = conns.client[number], conns.server[number]
            if (client == low and server == high) or (client == high and server == low):
                return slot
            slot = (slot + 1) & last
            steps += 1
        if steps > MOST_STEPS:
            self.factor = self.factor + NEXT_FACTOR & 0x7FFFFFFF | 1
            self._lay_out(self.size)
            return self._slot(one, other)
        return slot

    def _lay_out(self, size: int) -> None:
        """Put all pairs into a new table."""
        before, count = self.slots, self.size
        self.slots = Slots(size)
        self.size = size
        for slot in range(count):
            held = before.held[slot]
            if held:
                number = held - 1
                found = self._slot(self.connections.client[number], self.connections.server[number])
                self.slots.held[found] = held  # not in one line: `_slot` may have changed the table
