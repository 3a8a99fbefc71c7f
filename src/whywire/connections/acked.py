"""`Acked`: which segment an acknowledgment answers, for a whole capture at once and in little memory.

What each side has sent and the other has not acknowledged stands in a queue of its own, in the order in which it was
sent; nodes are used again. `scene` keeps the same books of a laid out connection with all names.
"""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns

MOST = 1 << 16
"""So many segments of one direction are followed; more are under way only where the other direction is missing."""
ROOM = 256
NEVER = -(1 << 60)

NODE_COLUMNS = (
    ("seq", "q"), ("end", "q"), ("time", "q"),
    ("stamp", "q"),  # its TCP timestamp; -1 none
    ("data", "B"),  # it carries payload
    ("following", "i"),  # the next node of its queue, or of those that are free; -1 none
)
QUEUE_COLUMNS = (
    ("head", "i"), ("tail", "i"),  # nodes; -1 none
    ("held", "I"),  # so many
    ("high", "q"),  # the end of what was sent
    ("broken", "q"),  # segments below were not sent in the order of their numbers
    ("fin", "q"),  # the position of its FIN; NEVER none
)


class Queues(Columns):
    """One row a direction."""

    head: array[int]
    tail: array[int]
    held: array[int]
    high: array[int]
    broken: array[int]
    fin: array[int]

    def __init__(self) -> None:
        super().__init__(QUEUE_COLUMNS)


class Acked(Columns):
    """The nodes, and what the last `take` found."""

    seq: array[int]
    end: array[int]
    time: array[int]
    stamp: array[int]
    data: array[int]
    following: array[int]

    def __init__(self) -> None:
        super().__init__(NODE_COLUMNS)
        self.queues = Queues()
        self.free = -1
        self.newest = -1
        """The node of the newest segment acknowledged for the first time; -1 none. Valid until the next `send`."""
        self.fin_only = False
        """Nothing but a FIN was acknowledged."""

    def add(self, count: int) -> None:
        """Make room for the first ``count`` directions."""
        queues = self.queues
        first = queues.grow(count - queues.count, queues.count >> 1)
        for flow in range(first, count):
            queues.head[flow] = queues.tail[flow] = -1
            queues.high[flow] = queues.broken[flow] = queues.fin[flow] = NEVER

    def send(self, flow: int, seq: int, end: int, time: int, stamp: int, data: bool, fin: bool) -> bool:
        """Take in a segment that was sent; return False where there are too many, and forget them all."""
        queues = self.queues
        if queues.held[flow] == MOST:
            self.drop(flow)
            return False
        if fin and queues.fin[flow] == NEVER:
            queues.fin[flow] = end - 1
        if seq < queues.high[flow]:
            queues.broken[flow] = max(queues.high[flow], end)
        queues.high[flow] = max(queues.high[flow], end)
        node = self._node()
        self.seq[node], self.end[node], self.time[node], self.stamp[node] = seq, end, time, stamp
        self.data[node], self.following[node] = data, -1
        if queues.head[flow] < 0:
            queues.head[flow] = node
        else:
            self.following[queues.tail[flow]] = node
        queues.tail[flow] = node
        queues.held[flow] += 1
        return True

    def take(self, flow: int, before: int, ack: int, syn: bool) -> None:
        """Find what an acknowledgment that moves from ``before`` to ``ack`` answers; ``syn``: this direction's SYN has
        been sent. Of what reached its receiver last, whole segments count before those acknowledged in part."""
        queues, part = self.queues, -1
        begin = before + (1 if syn and before <= 0 < ack else 0)
        fin = begin <= queues.fin[flow] < ack
        self.fin_only = fin and ack - begin == 1
        self.newest = -1
        ordered = before >= queues.broken[flow]
        node = queues.head[flow]
        while node >= 0:
            if self.seq[node] < ack:
                if self.end[node] <= ack:
                    if self.end[node] > before:
                        self.newest = node
                else:
                    part = node
            elif ordered:
                break
            node = self.following[node]
        if self.newest < 0:
            self.newest = part
        self._pass(flow, ack)

    def drop(self, flow: int) -> None:
        """Forget what is under way in a direction."""
        self._pass(flow, -NEVER)

    def _pass(self, flow: int, ack: int) -> None:
        """Give back the nodes at the front whose segments are acknowledged. They keep what they say until used."""
        queues = self.queues
        node = queues.head[flow]
        while node >= 0 and self.end[node] <= ack:
            after = self.following[node]
            self.following[node] = self.free
            self.free = node
            queues.held[flow] -= 1
            node = after
        queues.head[flow] = node

    def _node(self) -> int:
        node = self.free
        if node >= 0:
            self.free = self.following[node]
            return node
        if self.count == len(self.columns["seq"]):
            self.grow(1, max(ROOM, self.count >> 1))
        else:
            self.grow(1)
        return self.count - 1
