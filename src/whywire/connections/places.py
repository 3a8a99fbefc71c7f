"""Where a capture was taken, in numbers: from the times of the handshake and from hop counts (see `vantage`)."""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns
from whywire.connections.flows import Connections
from whywire.connections.index import Index

UNSURE, AT_CLIENT, AT_SERVER, BETWEEN, ONE_HOST = range(5)
"""``BETWEEN``: both sides' packets came through routers."""

FACTOR = 4
"""The far half of the handshake must take this many times as long as the near one before it tells anything."""
LEAST_NS = 100_000
"""Shorter round trips than this are not a network's; scheduling decides them."""
NO_TIME = -(1 << 60)
"""In place of a time: that half of the handshake was not seen."""
NOWHERE, AT_LOWER, AT_HIGHER, UNTOLD = 1, 2, 4, 8
"""What a connection says of the place as seen from its two hosts, of which one has the lower index: neither of them, at
one of them, or that it can't be told."""
NO_TTL = -1
"""In place of a hop count: the side sent nothing."""


def place_by_times(to_server: int, to_client: int) -> int:
    """Return the place that the handshake shows: ``to_server`` from SYN to SYN-ACK, ``to_client`` from there to the
    third packet, in nanoseconds. At the client the first takes a round trip and the second none; at the server the
    other way round."""
    if to_server == NO_TIME or to_client == NO_TIME or max(to_server, to_client) < LEAST_NS:
        return UNSURE
    if to_server >= FACTOR * max(to_client, 1):
        return AT_CLIENT
    return AT_SERVER if to_client >= FACTOR * max(to_server, 1) else UNSURE


def place_by_hops(client: int, server: int) -> int:
    """Return the place that the hop counts of both sides show: one that still has its initial value was set on this
    link, the other one came through routers."""
    if client == NO_TTL or server == NO_TTL or is_fresh(client) == is_fresh(server):
        return UNSURE
    return AT_CLIENT if is_fresh(client) else AT_SERVER


def place_of(to_server: int, to_client: int, client: int, server: int) -> int:
    """Return the place that times and hop counts show together; of two that contradict each other neither counts."""
    times, hops = place_by_times(to_server, to_client), place_by_hops(client, server)
    if hops != UNSURE and times in (UNSURE, hops):
        return hops
    if client != NO_TTL and server != NO_TTL and not is_fresh(client) and not is_fresh(server):
        return BETWEEN
    return times if hops == UNSURE else UNSURE


def is_fresh(ttl: int) -> bool:
    """Tell whether a hop count has one of the values that systems begin with."""
    return ttl == 64 or ttl == 128 or ttl == 255


class HostPairs(Columns):
    """What the connections between each two hosts say of the place, taken together. Hosts are indices of addresses."""

    bits: array[int]

    def __init__(self) -> None:
        super().__init__((("bits", "B"),))
        self.hosts = Connections()
        self._index = Index(self.hosts)

    def say(self, one: int, other: int, bits: int) -> None:
        """Take in what a connection says."""
        pair = self._index.find(one, other)
        if pair < 0:
            pair = self.grow(1, self.count >> 1)
            self.hosts.grow(1, pair >> 1)
            self.hosts.client[pair], self.hosts.server[pair] = one, other
            self._index.put(one, other, pair)
        self.bits[pair] |= bits

    def said(self, one: int, other: int) -> int:
        """Return all that was said of two hosts."""
        return self.bits[self._index.find(one, other)]
