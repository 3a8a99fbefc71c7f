"""`PacketTable`: one row a packet, one typed flat column a header field. What leaves the packets room.

Not present is a bit in ``present``, never a zero: read a column only where its bit is set. A broken layer
sets ``error`` and leaves the layers below it as they are. Decoding grows all columns by a block's frames and then
writes by index; that loop holds integers and flat buffers only.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from whywire.base.address import endpoint
from whywire.base.columns import Columns
from whywire.capture.block import FrameSource, Interface

# present: which columns of a row hold a value
TIME = 1 << 0
IPV4 = 1 << 1
IPV6 = 1 << 2
TCP = 1 << 3
"""The 20 fixed bytes of the TCP header are there: ports, seq, ack, flags, window, payload_length."""
MSS = 1 << 4
WINDOW_SCALE = 1 << 5
SACK_PERMITTED = 1 << 6
SACK = 1 << 7
TIMESTAMPS = 1 << 8
ARRIVAL = 1 << 9
"""Merged view: the frame's other copy was seen at the receiver."""
LOST = 1 << 10
"""Merged view: the frame left its sender and never reached the receiver's capture."""
TRAVELLING = 1 << 14
"""Merged view: the frame left its sender and was still under way when the recording stopped."""
PACKET_ID = 1 << 11
OTHER_OPTIONS = 1 << 12
"""TCP options other than the five above, NOP and end."""
PORTS = 1 << 13
"""The ports are there, the whole TCP header is not (cut by the snap length)."""

# flags: as in the header (RFC 9293 3.1)
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = (1 << bit for bit in range(9))

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("present", "I", "bit mask of the constants above"),
    ("time_ns", "q", "nanoseconds since 1970; merged view: when it left its sender"),
    ("arrival_ns", "q", "merged view: when it reached the receiver"),
    ("packet_id", "q", "the frame's number on the wire (pcapng packet id)"),
    ("file_at", "Q", "offset in the file of the first captured byte"),
    ("file", "H", "index of the file it was read from (merged view: the sender's capture)"),
    ("captured", "I", "bytes of the frame in the file"),
    ("original", "I", "bytes of the frame on the wire"),
    ("interface", "H", "index into interfaces"),
    ("direction", "B", "0 unknown, 1 inbound, 2 outbound at the capturing host"),
    ("error", "B", "index into errors of the first layer that could not be read; 0 none"),
    ("protocol", "H", "index into protocols: 0 is TCP, the others name what else it is"),
    ("network_at", "I", "offset in the frame of the innermost IP header"),
    ("transport_at", "I", "offset in the frame of the TCP header"),
    ("payload_at", "I", "offset in the frame of the TCP payload"),
    ("source", "I", "index into addresses"),
    ("destination", "I", "index into addresses"),
    ("source_port", "H", ""),
    ("destination_port", "H", ""),
    ("ip_id", "H", "IPv4 identification; 0 for IPv6"),
    ("ttl", "B", "TTL or hop limit"),
    ("seq", "I", "raw sequence number"),
    ("ack", "I", "raw acknowledgment number; it means something only where flags has ACK"),
    ("flags", "H", "nine bits"),
    ("window", "H", "raw window field, not scaled"),
    ("payload_length", "I", "TCP payload bytes on the wire (from the IP length, padding never counted)"),
    ("mss", "H", ""),
    ("window_scale", "B", "shift count as sent (RFC 7323 caps it at 14 in use)"),
    ("ts_value", "I", "TSval"),
    ("ts_echo", "I", "TSecr"),
    ("sack_count", "B", "number of SACK blocks; their edges are in the frame, read them with `sack_blocks`"),
)

MOST_ERRORS = 255
OTHER_ERROR = "another error in a header"
MOST_PROTOCOLS = 4000
"""Names kept apart; hostile captures could make up millions."""
OTHER_PROTOCOL = "another protocol"

FRAGMENT, FRAGMENT_OF_LATER = "ip fragment", "ip fragment of a later packet"
"""Names of packets that are a piece of another: of one that is not whole, of one that became whole."""

_SHARED = ("addresses", "errors", "interfaces", "protocols", "reassembled", "_address_index", "_protocol_index")

NEAR = 1 << 12
"""Slots of the cache in front of the address index; captures rarely have more addresses at a time."""


class Near(Columns):
    """Slot of an IPv4 address -> the address as a number, and its index + 1 (0: nothing there yet)."""

    number: array[int]
    index: array[int]

    def __init__(self) -> None:
        super().__init__((("number", "I"), ("index", "I")))
        self.grow(NEAR)


class PacketTable(Columns):
    """Columns, one row a packet. Row ``i`` is packet number ``i + 1`` of the view that is shown."""

    present: array[int]
    time_ns: array[int]
    arrival_ns: array[int]
    packet_id: array[int]
    file_at: array[int]
    file: array[int]
    captured: array[int]
    original: array[int]
    interface: array[int]
    direction: array[int]
    error: array[int]
    protocol: array[int]
    network_at: array[int]
    transport_at: array[int]
    payload_at: array[int]
    source: array[int]
    destination: array[int]
    source_port: array[int]
    destination_port: array[int]
    ip_id: array[int]
    ttl: array[int]
    seq: array[int]
    ack: array[int]
    flags: array[int]
    window: array[int]
    payload_length: array[int]
    mss: array[int]
    window_scale: array[int]
    ts_value: array[int]
    ts_echo: array[int]
    sack_count: array[int]

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.interfaces: list[Interface] = []
        self.addresses: list[bytes] = []
        self.protocols: list[str] = ["tcp"]
        self.errors: list[str] = [""]
        self.forgotten = 0
        """Packets before row 0 whose rows were taken away; see `forget`."""
        self.renamed = 0
        """Forgotten packets that turned from FRAGMENT into FRAGMENT_OF_LATER behind that."""
        self.reassembled: dict[int, bytes] = {}
        """Row -> the whole datagram (from its IP header on) that its fragment completed; ``*_at`` count in it."""
        self._address_index: dict[bytes, int] = {}
        self._protocol_index: dict[str, int] = {"tcp": 0}
        self._near = Near()

    def __len__(self) -> int:
        return self.count

    def forget(self) -> None:
        """Take all rows away: for whoever has counted them and needs them no more. Packet numbers go on."""
        self.forgotten += self.count
        self.reassembled.clear()
        self.clear()

    def take(self, rows: Sequence[int]) -> PacketTable:
        """Return a table of these rows, in this order; it shares the lists that the indices point into."""
        taken = PacketTable()
        for name, code, _ in COLUMNS:
            column = self.columns[name]
            taken.columns[name] = array(code, [column[row] for row in rows])
        taken.count = len(rows)
        taken.attach()
        for name in _SHARED:
            setattr(taken, name, getattr(self, name))
        if self.reassembled:
            taken.reassembled = {new: self.reassembled[row] for new, row in enumerate(rows) if row in self.reassembled}
        return taken

    def intern_address(self, raw: bytes) -> int:
        """Return the index of an address, adding it when it is new."""
        index = self._address_index.get(raw)
        if index is None:
            index = self._address_index[raw] = len(self.addresses)
            self.addresses.append(raw)
        return index

    def intern_ipv4(self, data: bytes, at: int) -> int:
        """Return the index of the IPv4 address that stands at ``data[at]``, adding it when it is new."""
        number = data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
        slot = (number ^ number >> 12) & (NEAR - 1)
        near = self._near
        if near.number[slot] == number and near.index[slot] > 0:
            return near.index[slot] - 1
        index = self.intern_address(data[at:at + 4])
        near.number[slot], near.index[slot] = number, index + 1
        return index

    def intern_protocol(self, name: str) -> int:
        """Return the index of a protocol's name (``mdns over udp``, ``arp``), adding it when it is new."""
        index = self._protocol_index.get(name)
        if index is None:
            if len(self.protocols) >= MOST_PROTOCOLS and name != OTHER_PROTOCOL:
                return self.intern_protocol(OTHER_PROTOCOL)
            index = self._protocol_index[name] = len(self.protocols)
            self.protocols.append(name)
        return index

    def intern_error(self, text: str) -> int:
        """Return the index of an error's text; at most 255 different ones are kept apart."""
        if text in self.errors:
            return self.errors.index(text)
        if len(self.errors) == MOST_ERRORS:
            return self.errors.index(OTHER_ERROR)
        if len(self.errors) == MOST_ERRORS - 1:
            text = OTHER_ERROR
        self.errors.append(text)
        return len(self.errors) - 1

    def source_endpoint(self, row: int) -> str:
        """Return where a TCP packet came from, as text."""
        return endpoint(self.addresses[self.source[row]], self.source_port[row])

    def destination_endpoint(self, row: int) -> str:
        """Return where a TCP packet went, as text."""
        return endpoint(self.addresses[self.destination[row]], self.destination_port[row])


class Capture(NamedTuple):
    """A decoded capture (or the merged view of a run): the table, and what the readers had to say."""

    name: str
    """The file's or run folder's name, as the user gave it."""
    view: str
    """``file``; for a run ``merged`` or ``at <host>``."""
    table: PacketTable
    problems: tuple[str, ...]
    """Sentences about damage, in file order."""
    sources: tuple[FrameSource, ...] = ()
    """The opened files that column ``file`` counts; empty for a table that was made otherwise."""

    def frame(self, row: int) -> bytes:
        """Read the captured bytes of a packet from its file again."""
        table = self.table
        return self.sources[table.file[row]].read(table.file_at[row], table.captured[row])

    def payload(self, row: int) -> bytes:
        """Read the TCP payload of a packet again: fewer bytes than its ``payload_length`` where the capture cut it."""
        table = self.table
        frame = table.reassembled.get(row) or self.frame(row)
        at = table.payload_at[row]
        return frame[at:at + table.payload_length[row]]

    def __enter__(self) -> Capture:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; `frame` works no longer."""
        for source in self.sources:
            source.close()
