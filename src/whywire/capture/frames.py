"""Ethernet frames with a TCP segment in them, as `compile` puts them on its wire. Checksums are right."""

from __future__ import annotations

from struct import pack


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of ``data``, its checksum field being zero."""
    total = int.from_bytes(data + b"\0" * (len(data) & 1), "big") % 0xFFFF
    # of the two zeros of ones' complement only the all-ones one comes from data that is not all zero
    return 0xFFFF - (total or (0xFFFF if any(data) else 0))


def tcp_segment(source: bytes, destination: bytes, ports: tuple[int, int], seq: int, ack: int, flags: int,
                window: int, options: bytes, payload: bytes) -> bytes:
    """Return a TCP segment (RFC 9293 3.1) between two raw addresses. ``options`` are a multiple of four bytes."""
    size = 20 + len(options)
    header = pack("!HHIIHHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, size << 10 | flags, window, 0, 0)
    segment = header + options + payload
    if len(source) == 4:
        pseudo = source + destination + pack("!HH", 6, len(segment))
    else:
        pseudo = source + destination + pack("!II", len(segment), 6)
    return segment[:16] + pack("!H", checksum(pseudo + segment)) + segment[18:]


def ip_packet(source: bytes, destination: bytes, payload: bytes, identification: int, ttl: int) -> bytes:
    """Return an IPv4 (RFC 791, don't fragment) or IPv6 (RFC 8200) packet around a TCP segment."""
    if len(source) == 16:
        return pack("!IHBB", 6 << 28, len(payload), 6, ttl) + source + destination + payload
    header = pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), identification, 0x4000, ttl, 6, 0) + source + destination
    return header[:10] + pack("!H", checksum(header)) + header[12:] + payload


def ethernet_frame(source: int, destination: int, packet: bytes) -> bytes:
    """Return an Ethernet frame between the hosts with these numbers (locally administered addresses)."""
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return b"".join(pack("!HI", 0x0200, number) for number in (destination, source)) + pack("!H", kind) + packet
