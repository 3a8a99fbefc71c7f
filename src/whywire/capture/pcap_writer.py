"""The classic pcap format out (draft-ietf-opsawg-pcap): what the readers' tests are written with."""

from __future__ import annotations

from struct import pack
from typing import BinaryIO, Literal


class PcapWriter:
    """Writes a pcap file of one link type to an open binary file."""

    def __init__(self, file: BinaryIO, link_type: int = 1, *, snap_length: int = 262144,
                 nanoseconds: bool = True, order: Literal["<", ">"] = "<") -> None:
        self._write = file.write
        self._order = order
        self._unit = 1 if nanoseconds else 1000
        magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
        self._write(pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap_length, link_type))

    def packet(self, time_ns: int, frame: bytes, original: int | None = None) -> None:
        """Write one frame; ``original`` is its length on the wire where it was cut."""
        seconds, rest = divmod(time_ns, 1_000_000_000)
        size = len(frame)
        wire = size if original is None else original
        self._write(pack(self._order + "IIII", seconds, rest // self._unit, size, wire) + frame)
