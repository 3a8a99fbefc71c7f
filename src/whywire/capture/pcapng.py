"""pcapng (draft-ietf-opsawg-pcapng): sections of blocks; each section has its byte order and its interfaces."""

from __future__ import annotations

from struct import Struct

from whywire.capture.block import Block, Interface
from whywire.capture.framing import FRAME_LIMIT, TIME_LIMIT, Account

SECTION_HEADER, INTERFACE, OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6
HEADER_SIZE = 28
"""The smallest section header."""

BLOCK_LIMIT = FRAME_LIMIT + (1 << 17)
_IF_NAME, _IF_DESCRIPTION, _IF_TSRESOL, _IF_TSOFFSET = 2, 3, 9, 14
_FLAGS, _PACKETID = 2, 5


def order_of(head: bytes) -> str | None:
    """Return the byte order of the section that begins ``head``, as `struct` spells it; None: it begins none."""
    if head[:4] != b"\n\r\r\n":
        return None
    return {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}.get(head[8:12])


class PcapngFramer:
    """See `framing.Framer`."""

    def __init__(self, host: str | None = None) -> None:
        self.account = Account()
        self.file_type = "pcapng"
        self._host = host
        self._first = 0  # index of the section's first interface
        # of each interface: a time stamp's ticks * multiply // divide + add are nanoseconds
        self._multiply: list[int] = []
        self._divide: list[int] = []
        self._add: list[int] = []
        self._use("<")

    def _use(self, order: str) -> None:
        self._order = order
        self._pair = Struct(order + "II").unpack_from
        self._one = Struct(order + "I").unpack_from
        self._packet = Struct(order + "IIIII").unpack_from
        self._old_packet = Struct(order + "HHIIII").unpack_from
        self._interface = Struct(order + "HHI").unpack_from
        self._option = Struct(order + "HH").unpack_from
        self._signed = Struct(order + "q").unpack_from

    def scan(self, block: Block, position: int) -> int:
        """See `framing.Framer`."""
        data, end = block.data, len(block.data)
        while position + 12 <= end:
            kind, length = self._pair(data, position)
            if kind == SECTION_HEADER:
                order = order_of(data[position:position + 12])
                if order is None:
                    self._stop(block, position, "begins a section without a byte order")
                    break
                self._use(order)
                length = self._one(data, position + 4)[0]
            if length < 12 or length & 3 or length > BLOCK_LIMIT:
                self._stop(block, position, f"claims a length of {length:,} bytes, which no block has")
                break
            if position + length > end:
                break
            if kind == ENHANCED_PACKET and length >= 32:
                interface, high, low, captured, original = self._packet(data, position + 8)
                self._add_frame(block, position + 28, position + length - 4, interface,
                                high << 32 | low, captured, original)
            elif kind == SECTION_HEADER:
                self._first = len(self.account.interfaces)
            elif kind == INTERFACE and length >= 20:
                self._add_interface(data, position, length)
            elif kind == SIMPLE_PACKET and length >= 16:
                self._add_simple(block, position, length)
            elif kind == OLD_PACKET and length >= 32:
                interface, _, high, low, captured, original = self._old_packet(data, position + 8)
                self._add_frame(block, position + 28, position + length - 4, interface,
                                high << 32 | low, captured, original)
            elif kind in (INTERFACE, SIMPLE_PACKET, OLD_PACKET, ENHANCED_PACKET):
                self._note("short", block, position, f"has {length} bytes, too few for its kind; it is left out")
            if self._one(data, position + length - 4)[0] != length:
                self._note("ends", block, position, "has two different lengths at its ends; the first was used")
            position += length
        return position

    def _add_frame(self, block: Block, at: int, end: int, interface: int, ticks: int, captured: int,
                   original: int) -> None:
        """Add a frame with a time stamp; ``end`` is where its options end."""
        index = self._first + interface
        if index >= len(self._multiply):
            self._note("interface", block, at - 28,
                       f"names interface {interface:,}, which its section does not declare; it is left out")
            return
        if captured > end - at:
            self._note("room", block, at - 28,
                       f"claims {captured:,} captured bytes and has room for {end - at:,}; it is left out")
            return
        time_ns = ticks * self._multiply[index] // self._divide[index] + self._add[index]
        if not 0 <= time_ns <= TIME_LIMIT:
            self._note("time", block, at - 28,
                       f"has a time that is out of range ({ticks:,} ticks); the frame is kept without it")
            time_ns = -1
        direction, packet_id = 0, -1
        position = at + captured + (-captured & 3)
        while position + 4 <= end:
            code, length = self._option(block.data, position)
            position += 4
            if code == 0 or position + length > end:
                break
            if code == _FLAGS and length == 4:
                direction = self._one(block.data, position)[0] & 3
            elif code == _PACKETID and length == 8:
                packet_id = self._signed(block.data, position)[0]
            position += length + (-length & 3)
        block.add(at, captured, original, time_ns, index, direction if direction < 3 else 0, packet_id)
        self.account.frames += 1

    def _add_simple(self, block: Block, position: int, length: int) -> None:
        """Add a Simple Packet Block: no time, the section's first interface, cut by its snap length."""
        if self._first >= len(self._multiply):
            self._note("interface", block, position,
                       "needs interface 0, which its section does not declare; it is left out")
            return
        original = self._one(block.data, position + 8)[0]
        snap_length = self.account.interfaces[self._first].snap_length or original
        captured = min(original, snap_length, length - 16)
        block.add(position + 12, captured, original, -1, self._first, 0, -1)
        self.account.frames += 1

    def _add_interface(self, data: bytes, position: int, length: int) -> None:
        """Add an Interface Description Block, with the resolution of its time stamps."""
        link_type, _, snap_length = self._interface(data, position + 8)
        name = description = None
        resolution, offset = 6, 0
        at, end = position + 16, position + length - 4
        while at + 4 <= end:
            code, size = self._option(data, at)
            at += 4
            if code == 0 or at + size > end:
                break
            if code == _IF_NAME:
                name = _text(data[at:at + size])
            elif code == _IF_DESCRIPTION:
                description = _text(data[at:at + size])
            elif code == _IF_TSRESOL and size == 1:
                resolution = data[at]
            elif code == _IF_TSOFFSET and size == 8:
                offset = self._signed(data, at)[0]
            at += size + (-size & 3)
        power, base = resolution & 0x7F, 2 if resolution & 0x80 else 10
        if base == 10 and power <= 9:
            self._multiply.append(10 ** (9 - power))
            self._divide.append(1)
        else:
            self._multiply.append(1_000_000_000)
            self._divide.append(base ** power)
        self._add.append(offset * 1_000_000_000)
        self.account.interfaces.append(Interface(link_type, snap_length, name, description, self._host))

    def _note(self, kind: str, block: Block, position: int, what: str) -> None:
        offset = block.start + position
        where = f"the block at offset {offset:,} after frame {self.account.frames:,}"
        self.account.note(kind, f"{where} {what}", offset)

    def _stop(self, block: Block, position: int, what: str) -> None:
        offset = block.start + position
        self.account.stop(f"the block at offset {offset:,} after frame {self.account.frames:,} {what}", offset)

    def cut(self, rest: bytes, offset: int) -> str:
        """See `framing.Framer`."""
        where = f"the file is cut in mid-record: the block at offset {offset:,} after frame {self.account.frames:,}"
        if len(rest) < 12:
            return f"{where} needs at least 12 bytes, the file has {len(rest)} more"
        return f"{where} needs {self._pair(rest)[1]:,} bytes, the file has {len(rest):,} more"


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode("utf-8", "replace")
