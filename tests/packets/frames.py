"""Frames built from their parts, and a source that hands them out, for the tests of the packets room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from whywire.base.errors import WhywireError
from whywire.capture.block import Block, Interface, Problem
from whywire.capture.opening import open_bytes
from whywire.packets.checksum import ones_sum, pseudo_sum
from whywire.packets.decode import decode_capture
from whywire.packets.table import Capture

CAPTURES = Path(__file__).resolve().parent.parent / "captures"
A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
A6, B6 = bytes.fromhex("fd00" + "00" * 13 + "01"), bytes.fromhex("fd00" + "00" * 13 + "02")
IP, ARP, IP6 = 0x0800, 0x0806, 0x86DD


def tcp(flags: int = 0x10, seq: int = 1000, ack: int = 2000, payload: bytes = b"", options: bytes = b"",
        window: int = 500, words: int | None = None, addresses: tuple[bytes, bytes] = (A, B)) -> bytes:
    """Return a TCP segment from port 40000 to 80 with a right checksum; ``words`` overrides the data offset."""
    words = 5 + len(options) // 4 if words is None else words
    head = (b"\x9c\x40\x00\x50" + seq.to_bytes(4, "big") + ack.to_bytes(4, "big")
            + ((words << 12) | flags).to_bytes(2, "big") + window.to_bytes(2, "big"))
    raw = head + b"\0\0\0\0" + options + payload
    total = (ones_sum(raw) + pseudo_sum(*addresses, len(raw))) % 0xFFFF
    return head + (0xFFFF - total).to_bytes(2, "big") + b"\0\0" + options + payload


def ip4(payload: bytes, protocol: int = 6, total: int | None = None, first: int = 0x45, fragment: int = 0x4000,
        options: bytes = b"", source: bytes = A) -> bytes:
    """Return an IPv4 packet with a right header checksum; ``total`` overrides the total length."""
    total = 20 + len(options) + len(payload) if total is None else total
    head = bytes([first + len(options) // 4, 0]) + total.to_bytes(2, "big") + b"\x12\x34" + fragment.to_bytes(2, "big")
    head += bytes([64, protocol])
    rest = source + B + options
    return head + (0xFFFF - ones_sum(head + rest) % 0xFFFF).to_bytes(2, "big") + rest + payload


def ip6(payload: bytes, following: int = 6, length: int | None = None) -> bytes:
    """Return an IPv6 packet; ``length`` overrides the payload length."""
    length = len(payload) if length is None else length
    return b"\x60\0\0\0" + length.to_bytes(2, "big") + bytes([following, 64]) + A6 + B6 + payload


def udp(source: int, destination: int, payload: bytes = b"") -> bytes:
    """Return a UDP datagram without a checksum."""
    return (source.to_bytes(2, "big") + destination.to_bytes(2, "big") + (8 + len(payload)).to_bytes(2, "big")
            + b"\0\0" + payload)


def ethernet(payload: bytes, kind: int = IP) -> bytes:
    """Return an Ethernet frame, not padded."""
    return bytes.fromhex("020000000002" "020000000001") + kind.to_bytes(2, "big") + payload


class Frames:
    """A `FrameSource` over a list of frames; each is (bytes, {Block column: value})."""

    def __init__(self, frames: Sequence[tuple[bytes, dict[str, int]]], link_type: int = 1, blocks_of: int = 1000,
                 problems: Sequence[Problem] = ()) -> None:
        self.path, self.file_type = "frames", "pcapng"
        self.interfaces = [Interface(link_type)]
        self.problems = list(problems)
        self.frames = frames
        self.blocks_of = blocks_of
        self.data = b"".join(frame for frame, _ in frames)
        self.closed = False

    def blocks(self) -> Iterator[Block]:
        """Yield blocks of ``blocks_of`` frames."""
        start = 0
        for first in range(0, len(self.frames), self.blocks_of):
            part = self.frames[first:first + self.blocks_of]
            block = Block(b"".join(frame for frame, _ in part), start)
            at = 0
            for frame, columns in part:
                block.add(at, len(frame), columns.get("original", len(frame)), columns.get("time_ns", 0),
                          columns.get("interface", 0), columns.get("direction", 0), columns.get("packet_id", -1))
                at += len(frame)
            start += at
            yield block

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the joined frames."""
        return self.data[offset:offset + length]

    def close(self) -> None:
        """Remember that it was asked to."""
        self.closed = True


def decoded(frame: bytes, link_type: int = 1, original: int | None = None) -> Capture:
    """Decode one frame."""
    columns = {} if original is None else {"original": original}
    return decode_capture(Frames([(frame, columns)], link_type), "one frame")


def what(capture: Capture, row: int = 0) -> tuple[str, str]:
    """Return a row's protocol and error as text."""
    table = capture.table
    return table.protocols[table.protocol[row]], table.errors[table.error[row]]


def capture_files(*groups: str) -> list[Path]:
    """Return the readable captures of these groups of tests/captures, or of all."""
    folders = [CAPTURES / group for group in groups] or [CAPTURES]
    found = []
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix in (".pcap", ".pcapng", ".gz"):
            try:
                open_bytes(path.read_bytes())
            except WhywireError:
                continue  # not a capture at all: the capture room's tests say what is said of it
            found.append(path)
    return found


def opened(path: Path) -> Capture:
    """Decode a capture file."""
    return decode_capture(open_bytes(path.read_bytes()), path.name)


def name_of(path: Path) -> str:
    """Return how a test names a capture."""
    return path.relative_to(CAPTURES).as_posix()
