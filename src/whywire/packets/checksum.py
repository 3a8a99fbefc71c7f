"""The Internet checksum (RFC 1071) and the four things a TCP checksum in a capture can be."""

from __future__ import annotations


def ones_sum(data: bytes) -> int:
    """Return the one's complement sum of 16-bit words, an odd last byte padded with zero."""
    if len(data) % 2:
        data += b"\0"
    total = int.from_bytes(data, "big") % 0xFFFF  # 2**16 is 1 modulo 0xFFFF, so the words add up by themselves
    return total or (0xFFFF if any(data) else 0)


def ipv4_state(header: bytes) -> str:
    """Return ``right``, ``wrong`` or ``empty`` (0x0000: the network card fills it in later)."""
    if ones_sum(header) == 0xFFFF:
        return "right"
    return "empty" if header[10:12] == b"\0\0" else "wrong"


def pseudo_sum(source: bytes, destination: bytes, length: int) -> int:
    """Return the sum of TCP's pseudo-header (RFC 9293 3.1, RFC 8200 8.1; both give the same number)."""
    return ones_sum(source + destination + length.to_bytes(4, "big") + b"\0\0\0\x06")


def tcp_state(source: bytes, destination: bytes, segment: bytes) -> str:
    """Return what the checksum of a whole TCP segment is.

    ``right``; ``offload``: the field holds no more than the pseudo-header's sum, which Linux leaves there for the
    network card to finish (CHECKSUM_PARTIAL), so this is a copy from before the card; ``wrong`` otherwise.
    """
    pseudo = pseudo_sum(source, destination, len(segment))
    if (ones_sum(segment) + pseudo) % 0xFFFF == 0:
        return "right"
    field = int.from_bytes(segment[16:18], "big")
    if field in (pseudo, pseudo_sum(source, destination, 0)):
        return "offload"
    return "wrong"
