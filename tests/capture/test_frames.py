"""Frames and their checksums, against the packets room's own arithmetic and RFC 1071's example."""

from __future__ import annotations

from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from whywire.capture.frames import checksum, ethernet_frame, ip_packet, tcp_segment

A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
A6, B6 = b"\xfd" + bytes(14) + b"\1", b"\xfd" + bytes(14) + b"\2"


def ones_complement_sum(data: bytes) -> int:
    """Add 16-bit words with end-around carry, as RFC 1071 describes it."""
    total = 0
    for place in range(0, len(data), 2):
        total += int.from_bytes(data[place:place + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_the_example_of_rfc_1071() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


@given(st.binary(max_size=40))
def test_what_carries_its_checksum_sums_to_all_ones(data: bytes) -> None:
    even = data + bytes(len(data) & 1)
    assert ones_complement_sum(even + pack("!H", checksum(even))) == 0xFFFF


@given(st.sampled_from(((A, B), (A6, B6))), st.binary(max_size=60))
def test_a_segment_checks_out(ends: tuple[bytes, bytes], payload: bytes) -> None:
    segment = tcp_segment(*ends, (51270, 80), (1 << 32) + 5, -1, 0x18, 502, b"\1\1\1\0", payload)
    if len(ends[0]) == 4:
        pseudo = b"".join(ends) + pack("!BBH", 0, 6, len(segment))
    else:
        pseudo = b"".join(ends) + pack("!IHBB", len(segment), 0, 0, 6)
    assert ones_complement_sum(pseudo + segment) == 0xFFFF
    assert segment[:14] == pack("!HHIIH", 51270, 80, 5, 0xFFFFFFFF, 6 << 12 | 0x18)


def test_ip_headers() -> None:
    packet = ip_packet(A, B, b"xyz", 7, 64)
    assert ones_complement_sum(packet[:20]) == 0xFFFF
    assert packet.hex() == "450000170007400040062" + packet.hex()[21:24] + "0a0000010a000002" + b"xyz".hex()
    assert ip_packet(A6, B6, b"xyz", 7, 64)[:8].hex() == "6000000000030640"


def test_ethernet() -> None:
    frame = ethernet_frame(1, 2, b"\x45")
    assert frame.hex() == "020000000002" "020000000001" "0800" "45"
    assert ethernet_frame(1, 2, b"\x60")[12:14].hex() == "86dd"
