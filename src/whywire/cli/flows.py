"""Connections while they are recorded: a line about each one that is over.

A connection's packets are kept, their first bytes only, until it is over; then they are told as a capture of their
own would be. Their numbers in the file are not known here, so no line has any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple

from whywire.base.times import duration
from whywire.capture.block import Interface
from whywire.capture.opening import open_bytes
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.packets.decode import decode_capture
from whywire.packets.table import ACK, FIN, RST, SYN, TCP, Capture
from whywire.story.values import packet_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.model import Connection
    from whywire.findings import Finding

KEPT_BYTES = 200
"""Of a frame: its headers, and the beginning of what it carries."""
KEPT_PACKETS = 2_000
"""A longer connection is counted only."""
SETTLED_NS = 300_000_000
"""A connection is over when nothing has come for so long behind its last FIN or reset."""
TOO_MANY = 5_000
"""Packets at a time that can't be told beside recording them."""

Key = frozenset[tuple[bytes, int]]


class Packet(NamedTuple):
    """A packet as it was recorded."""

    link_type: int
    time_ns: int
    data: bytes
    original: int


@dataclass(slots=True)
class Flow:
    """A connection that is being recorded."""

    client: str
    server: str
    first_ns: int
    last_ns: int = 0
    packets: list[Packet] = field(default_factory=list)
    count: int = 0
    ended: set[int] = field(default_factory=set)
    """Ports whose side has sent a FIN."""
    reset: bool = False

    @property
    def over(self) -> bool:
        """Whether both sides have ended it, or one has aborted it."""
        return self.reset or len(self.ended) > 1


class Flows:
    """The connections that are not over yet."""

    def __init__(self) -> None:
        self._flows: dict[Key, Flow] = {}
        self.finished = 0

    def __len__(self) -> int:
        """Return how many connections are not over yet."""
        return len(self._flows)

    def take(self, packets: Sequence[Packet]) -> list[str]:
        """Note packets that came; return a line for each connection that a new one with its ports has replaced."""
        lines: list[str] = []
        capture = as_capture(packets)
        table = capture.table
        for row, packet in enumerate(packets):
            if not table.present[row] & TCP:
                continue
            ends = [(table.addresses[table.source[row]], table.source_port[row]),
                    (table.addresses[table.destination[row]], table.destination_port[row])]
            key, flags = frozenset(ends), table.flags[row]
            flow = self._flows.get(key)
            if flow is not None and flow.over and flags & SYN and not flags & ACK:
                lines.append(self._line(key))
                flow = None
            if flow is None:
                names = [table.source_endpoint(row), table.destination_endpoint(row)]
                if flags & ACK if flags & SYN else ends[0][1] < ends[1][1]:
                    names.reverse()
                flow = self._flows[key] = Flow(names[0], names[1], packet.time_ns)
            flow.count += 1
            flow.last_ns = packet.time_ns
            if flags & FIN:
                flow.ended.add(table.source_port[row])
            flow.reset = flow.reset or bool(flags & RST)
            if flow.count <= KEPT_PACKETS:
                flow.packets.append(packet._replace(data=packet.data[:KEPT_BYTES]))
            else:
                flow.packets.clear()
        return lines

    def settled(self, now_ns: int) -> Iterator[str]:
        """Yield a line for each connection that is over at this time."""
        for key in [key for key, flow in self._flows.items() if flow.over and now_ns - flow.last_ns >= SETTLED_NS]:
            yield self._line(key)

    def _line(self, key: Key) -> str:
        flow = self._flows.pop(key)
        self.finished += 1
        front = f"{flow.client} -> {flow.server}  {packet_count(flow.count)}, {duration(flow.last_ns - flow.first_ns)}"
        return f"{front}: {told(flow.packets) or 'too long to be told beside recording it'}"


def as_capture(packets: Sequence[Packet]) -> Capture:
    """Return packets as a decoded capture."""
    links = sorted({packet.link_type for packet in packets})
    out = BytesIO()
    writer = PcapngWriter(out, [Interface(link) for link in links])
    for packet in packets:
        writer.packet(packet.time_ns, packet.data, links.index(packet.link_type), original=packet.original)
    return decode_capture(open_bytes(out.getvalue()), "live")


def told(packets: Sequence[Packet]) -> str:
    """Return how the connection of these packets went, and what is worth a look in it; empty without packets."""
    from whywire.connections import account
    from whywire.findings import Level, find
    from whywire.story.ending import ended_in_table

    if not packets:
        return ""
    capture = as_capture(packets)
    known = account(capture)
    if not known.connections:
        return ""
    parts = [_carried(known.connections[0]), ended_in_table(known.connections[0])]
    found: dict[str, Finding] = {one.code: one for one in find(known, capture) if one.level >= Level.WARNING}
    parts += [f"{one.code} {one.name}" for one in found.values()]
    return "; ".join(part for part in parts if part)


def _carried(connection: Connection) -> str:
    up, down = (None if value is None else f"{value:,}" for value in (connection.client.bytes, connection.server.bytes))
    return f"{up or '?'} bytes up, {down or '?'} down"
