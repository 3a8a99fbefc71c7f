"""pcapng out: section header, interfaces, enhanced packet blocks (draft-ietf-opsawg-pcapng, 4.1 to 4.3).

Little endian, nanosecond time stamps. Each packet is one ``write`` of one whole block, so a file whose writer
was stopped can be read up to its last flushed packet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct, pack
from typing import BinaryIO

from whywire.capture.block import UNKNOWN, Interface

SECTION_HEADER, INTERFACE, ENHANCED_PACKET = 0x0A0D0D0A, 1, 6
OPT_COMMENT = 1
SHB_HARDWARE, SHB_OS, SHB_USERAPPL = 2, 3, 4
IF_NAME, IF_DESCRIPTION, IF_TSRESOL = 2, 3, 9
EPB_FLAGS, EPB_PACKETID = 2, 5

_HEAD = Struct("<IIIIIII").pack
_TAIL_BOTH = Struct("<HHI HHq HH I").pack  # flags, packet id, end of options, block length
_LENGTH = Struct("<I").pack
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """Return one option, padded to 32 bits. A value beyond the 65,535 bytes of the format is cut."""
    value = value[:65535]
    return pack(order + "HH", code, len(value)) + value + _PADDING[len(value) & 3]


def comment_options(comments: Iterable[str], order: str = "<") -> bytes:
    """Return an opt_comment a text: UTF-8, what does not fit the format cut between two letters."""
    cut = (text.encode("utf-8", "replace")[:65535].decode("utf-8", "ignore") for text in comments)
    return b"".join(option(OPT_COMMENT, text.encode("utf-8"), order) for text in cut if text)


def _block(kind: int, body: bytes) -> bytes:
    length = _LENGTH(len(body) + 12)
    return _LENGTH(kind) + length + body + length


def _texts(pairs: Iterable[tuple[int, str | None]]) -> bytes:
    return b"".join(option(code, text.encode("utf-8", "replace")) for code, text in pairs if text)


class PcapngWriter:
    """Writes one section to an open binary file; buffering and closing are the file's."""

    def __init__(self, file: BinaryIO, interfaces: Iterable[Interface] = (), *, application: str = "whywire",
                 hardware: str | None = None, system: str | None = None, comment: str | None = None) -> None:
        """Write the section header and the ``interfaces``; ``system`` is the operating system's name."""
        self._write = file.write
        self.flush = file.flush
        self.interfaces: list[Interface] = []
        options = _texts(((OPT_COMMENT, comment), (SHB_HARDWARE, hardware), (SHB_OS, system),
                          (SHB_USERAPPL, application)))
        self._write(_block(SECTION_HEADER, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options + bytes(4)))
        for interface in interfaces:
            self.add_interface(interface)

    def add_interface(self, interface: Interface) -> int:
        """Declare an interface and return its index. Its time stamps are nanoseconds."""
        options = _texts(((IF_NAME, interface.name), (IF_DESCRIPTION, interface.description)))
        options += option(IF_TSRESOL, b"\x09") + bytes(4)
        self._write(_block(INTERFACE, pack("<HHI", interface.link_type, 0, interface.snap_length) + options))
        self.interfaces.append(interface)
        return len(self.interfaces) - 1

    def packet(self, time_ns: int, frame: bytes, interface: int = 0, direction: int = UNKNOWN,
               packet_id: int = -1, original: int | None = None,
               comments: Sequence[str] = ()) -> None:
        """Write one frame.

        ``time_ns`` counts from 1970; ``direction`` is `block.INBOUND` or `block.OUTBOUND`; ``packet_id`` -1
        writes none; ``original`` is the length on the wire where the frame was cut.
        """
        captured = len(frame)
        padded = captured + (-captured & 3)
        if not comments and packet_id >= 0:
            length = padded + 56
            tail = _TAIL_BOTH(EPB_FLAGS, 4, direction, EPB_PACKETID, 8, packet_id, 0, 0, length)
        else:
            options = _packet_options(direction, packet_id, comments)
            length = padded + 32 + len(options)
            tail = options + _LENGTH(length)
        self._write(b"".join((
            _HEAD(ENHANCED_PACKET, length, interface, time_ns >> 32, time_ns & 0xFFFFFFFF, captured,
                  captured if original is None else original),
            frame, _PADDING[captured & 3], tail)))


def _packet_options(direction: int, packet_id: int, comments: Sequence[str]) -> bytes:
    options = comment_options(comments)
    if direction != UNKNOWN:
        options += option(EPB_FLAGS, _LENGTH(direction))
    if packet_id >= 0:
        options += option(EPB_PACKETID, pack("<q", packet_id))
    return options + bytes(4) if options else b""
