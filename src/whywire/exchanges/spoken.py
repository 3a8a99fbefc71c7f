"""`Spoken`: one connection with what was said on it, while this room works; and small questions about connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whywire.connections.model import Connection, OpenKind, Segment, Side
from whywire.exchanges.model import Exchange
from whywire.exchanges.stream import Stream
from whywire.packets.table import FIN, RST


@dataclass(slots=True, eq=False)
class Spoken:
    """A connection, its two streams and its exchanges."""

    connection: Connection
    streams: Mapping[Side, Stream]
    protocol: str | None = None
    requester: Side = Side.CLIENT
    exchanges: list[Exchange] = field(default_factory=list)
    problems: list[tuple[Side, int, str]] = field(default_factory=list)
    _by_packet: dict[int, Segment] | None = None
    opened: Segment | None = field(init=False)
    """The first packet: a SYN, where that was seen."""
    ended: Segment | None = field(init=False)
    """The first FIN, or acceptable RST."""

    def __post_init__(self) -> None:
        """Find where the connection begins and ends."""
        segments = self.connection.segments
        self.opened = segments[0] if segments else None
        self.ended = next((x for x in segments if x.flags & (FIN | RST) and "not-acceptable" not in x.kinds), None)

    @property
    def number(self) -> int:
        """The connection's number."""
        return self.connection.number

    @property
    def established(self) -> bool:
        """The handshake was seen whole."""
        return self.connection.opening.kind in (OpenKind.HANDSHAKE, OpenKind.SIMULTANEOUS) \
            and self.connection.opening.third is not None

    @property
    def pair(self) -> tuple[str, str]:
        """The client's host and the server's endpoint: connections between the same two."""
        return host(self.connection.client.endpoint), self.connection.server.endpoint

    def segment(self, packet: int | None) -> Segment | None:
        """Return the segment of a packet number."""
        if packet is None:
            return None
        if self._by_packet is None:
            self._by_packet = {segment.packet: segment for segment in self.connection.segments}
        return self._by_packet.get(packet)


def in_order(one: Exchange) -> tuple[int, int, int]:
    """Return the key that sorts exchanges by their first packet."""
    return one.first_packet or 1 << 60, one.connection, one.number


def host(endpoint: str) -> str:
    """Return the address of an endpoint: ``10.0.0.1`` of ``10.0.0.1:80``."""
    return endpoint.rpartition(":")[0]


def by_pair(spoken: list[Spoken]) -> dict[tuple[str, str], list[Spoken]]:
    """Return the connections between the same client host and server endpoint, by their beginning."""
    found: dict[tuple[str, str], list[Spoken]] = {}
    for each in spoken:
        found.setdefault(each.pair, []).append(each)
    for group in found.values():
        group.sort(key=lambda each: each.connection.first_packet)
    return found


def by_server(spoken: list[Spoken]) -> dict[str, list[Spoken]]:
    """Return the connections to the same server endpoint, by their beginning."""
    found: dict[str, list[Spoken]] = {}
    for each in sorted(spoken, key=lambda each: each.connection.first_packet):
        found.setdefault(each.connection.server.endpoint, []).append(each)
    return found
