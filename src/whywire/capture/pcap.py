"""The classic pcap format (draft-ietf-opsawg-pcap): a file header, then a record header before each frame."""

from __future__ import annotations

from struct import Struct

from whywire.base.octets import read32
from whywire.capture.block import Block, Interface
from whywire.capture.framing import FRAME_LIMIT, Account

HEADER_SIZE = 24
NS = 1_000_000_000

MAGICS: dict[int, tuple[str, int, int]] = {
    0xA1B2C3D4: ("pcap", 1000, 16),
    0xA1B23C4D: ("pcap (nanoseconds)", 1, 16),
    0xA1B2CD34: ("pcap (Kuznetzov's variant)", 1000, 24),
}
"""Magic -> what the format is called, nanoseconds of a time unit, size of a record header."""

_SNAP_LIMIT = 262144
"""libpcap's own limit (MAXIMUM_SNAPLEN): a longer frame is damage unless the header allows for more."""


def order_of(head: bytes) -> str | None:
    """Return the byte order of a pcap file as `struct` spells it; None when it is no pcap file."""
    if int.from_bytes(head[:4], "little") in MAGICS:
        return "<"
    return ">" if int.from_bytes(head[:4], "big") in MAGICS else None


class PcapFramer:
    """See `framing.Framer`."""

    _unit: int
    _header_size: int
    _limit: int
    _little: bool

    def __init__(self, head: bytes, order: str, host: str | None = None) -> None:
        self.account = Account()
        magic, _, _, snap_length, link_type = Struct(order + "IIQII").unpack_from(head)
        self.file_type, self._unit, self._header_size = MAGICS[magic]
        self._limit = min(max(snap_length, _SNAP_LIMIT), FRAME_LIMIT)
        self._little = order == "<"
        # the upper bits hold the length of the frame check sequence (libpcap: LT_LINKTYPE)
        self.account.interfaces.append(Interface(link_type & 0x03FFFFFF, snap_length, host=host))

    def scan(self, block: Block, position: int) -> int:
        """See `framing.Framer`."""
        data, end = block.data, len(block.data)
        header_size, limit, unit, little = self._header_size, self._limit, self._unit, self._little
        while position + header_size <= end:
            at = position + header_size
            captured = read32(data, position + 8, little)
            if captured > limit:
                self._claims_too_much(block, position, captured)
                break
            if at + captured > end:
                break
            time_ns = read32(data, position, little) * NS + read32(data, position + 4, little) * unit
            block.add(at, captured, read32(data, position + 12, little), time_ns, 0, 0, -1)
            position = at + captured
        if not self.account.stopped:
            self.account.frames += block.frames
        return position

    def _claims_too_much(self, block: Block, position: int, captured: int) -> None:
        self.account.frames += block.frames
        offset = block.start + position
        self.account.stop(f"frame {self.account.frames + 1} at offset {offset:,} claims {captured:,} captured bytes, "
                          "more than any frame has", offset)

    def cut(self, rest: bytes, offset: int) -> str:
        """See `framing.Framer`."""
        number = self.account.frames + 1
        if len(rest) < self._header_size:
            return (f"the file is cut in mid-record: the header of frame {number} at offset {offset:,} needs "
                    f"{self._header_size} bytes, the file has {len(rest)} more")
        captured = read32(rest, 8, self._little)
        return (f"the file is cut in mid-record: frame {number} needs {captured:,} bytes at offset "
                f"{offset + self._header_size:,}, the file has {len(rest) - self._header_size:,} more")
