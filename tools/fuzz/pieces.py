"""A capture file as its packets, so that a change can keep the rest of the file readable; and back to bytes."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, replace

PCAP_HEADER, RECORD_HEADER = 24, 16
_ORDERS = {b"\xa1\xb2\xc3\xd4": "big", b"\xa1\xb2\x3c\x4d": "big", b"\xd4\xc3\xb2\xa1": "little",
           b"\x4d\x3c\xb2\xa1": "little"}
_ENHANCED = 6


@dataclass(frozen=True)
class Piece:
    """A packet: what stands before its bytes in the file, its bytes, and what stands behind them."""

    head: bytes
    data: bytes
    tail: bytes = b""


@dataclass(frozen=True)
class Pieces:
    """A file: what stands before the first packet, the packets, and what is left over."""

    order: str
    header: bytes
    packets: tuple[Piece, ...]
    rest: bytes = b""

    def joined(self) -> bytes:
        """Return the file."""
        return self.header + b"".join(p.head + p.data + p.tail for p in self.packets) + self.rest

    def with_packets(self, packets: list[Piece]) -> Pieces:
        """Return the file with other packets."""
        return replace(self, packets=tuple(packets))


def split(data: bytes) -> Pieces | None:
    """Return the packets of a pcap or pcapng file; None for anything else."""
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, ValueError, zlib.error):
            return None
    order = _ORDERS.get(data[:4])
    if order is not None:
        return _pcap(data, order)
    return _pcapng(data) if data[:4] == b"\n\r\r\n" else None


def resized(piece: Piece, data: bytes, order: str) -> Piece:
    """Return the packet with other bytes, its captured length (and in pcap the length on the wire) set to fit."""
    if not piece.tail:
        size = len(data).to_bytes(4, order)  # type: ignore[arg-type]
        return Piece(piece.head[:8] + size + size, data)
    whole = -(-len(data) // 4) * 4
    total = (len(piece.head) + whole + 4).to_bytes(4, order)  # type: ignore[arg-type]
    size = len(data).to_bytes(4, order)  # type: ignore[arg-type]
    head = piece.head[:4] + total + piece.head[8:20] + size + size
    return Piece(head, data, bytes(whole - len(data)) + total)


def _pcap(data: bytes, order: str) -> Pieces:
    packets, at = [], PCAP_HEADER
    while at + RECORD_HEADER <= len(data):
        size = int.from_bytes(data[at + 8:at + 12], order)  # type: ignore[arg-type]
        end = at + RECORD_HEADER + size
        if end > len(data):
            break
        packets.append(Piece(data[at:at + RECORD_HEADER], data[at + RECORD_HEADER:end]))
        at = end
    return Pieces(order, data[:PCAP_HEADER], tuple(packets), data[at:])


def _pcapng(data: bytes) -> Pieces:
    """Enhanced packet blocks are packets; other blocks stay before the packet that follows them."""
    order = "little" if data[8:12] == b"\x4d\x3c\x2b\x1a" else "big"
    packets: list[Piece] = []
    header, at, waiting = b"", 0, b""
    while at + 12 <= len(data):
        kind = int.from_bytes(data[at:at + 4], order)  # type: ignore[arg-type]
        size = int.from_bytes(data[at + 4:at + 8], order)  # type: ignore[arg-type]
        if size < 12 or size % 4 or at + size > len(data):
            break
        block = data[at:at + size]
        at += size
        if kind != _ENHANCED or size < 32:
            waiting += block
            continue
        captured = int.from_bytes(block[20:24], order)  # type: ignore[arg-type]
        if packets or header:
            if waiting and packets:
                last = packets[-1]
                packets[-1] = Piece(last.head, last.data, last.tail + waiting)
        else:
            header = waiting
        waiting = b""
        packets.append(Piece(block[:28], block[28:28 + captured], block[28 + captured:]))
    return Pieces(order, header, tuple(packets), waiting + data[at:])
