"""pcapng blocks by hand, in either byte order: what no writer would write."""

from __future__ import annotations

from struct import pack

from whywire.capture import open_bytes
from whywire.capture.block import Block
from whywire.capture.source import CaptureFile


class Pcapng:
    """Collects blocks; ``order`` is that of the section begun last."""

    def __init__(self, order: str = "<") -> None:
        self.data = b""
        self.section(order)

    def section(self, order: str) -> Pcapng:
        """Begin a section."""
        self.order = order
        return self.block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))

    def block(self, kind: int, body: bytes, *, last: int | None = None) -> Pcapng:
        """Add a block; ``last`` is a wrong length at its end."""
        length = len(body) + 12
        self.data += pack(self.order + "II", kind, length) + body
        self.data += pack(self.order + "I", length if last is None else last)
        return self

    def option(self, code: int, value: bytes) -> bytes:
        """Return an option in the section's order."""
        return pack(self.order + "HH", code, len(value)) + value + bytes(-len(value) % 4)

    def interface(self, link_type: int = 1, snap_length: int = 0, options: bytes = b"") -> Pcapng:
        """Declare an interface."""
        return self.block(1, pack(self.order + "HHI", link_type, 0, snap_length) + options)

    def packet(self, ticks: int = 0, frame: bytes = b"abcd", *, interface: int = 0, captured: int | None = None,
               options: bytes = b"") -> Pcapng:
        """Add an Enhanced Packet Block."""
        size = len(frame) if captured is None else captured
        body = pack(self.order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, size, len(frame) + 1)
        return self.block(6, body + frame + bytes(-len(frame) % 4) + options)

    def opened(self) -> tuple[CaptureFile, Block]:
        """Return the capture, walked, and its only block (empty where there was none)."""
        source = open_bytes(self.data)
        blocks = list(source.blocks())
        assert len(blocks) <= 1
        return source, blocks[0] if blocks else Block(b"", 0)


def sentences(source: CaptureFile) -> list[str]:
    """Return what a capture had to say of its damage."""
    return [problem.what for problem in source.problems]
