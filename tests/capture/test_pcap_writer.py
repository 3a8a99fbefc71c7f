"""What the writer writes, byte by byte."""

from __future__ import annotations

from io import BytesIO

from whywire.capture.pcap_writer import PcapWriter


def test_big_endian_microseconds() -> None:
    out = BytesIO()
    writer = PcapWriter(out, 101, snap_length=96, nanoseconds=False, order=">")
    writer.packet(1_000_002_000, b"ab", original=7)
    assert out.getvalue() == bytes.fromhex(
        "a1b2c3d4 0002 0004 00000000 00000000 00000060 00000065" "00000001 00000002 00000002 00000007 6162")


def test_little_endian_nanoseconds() -> None:
    out = BytesIO()
    PcapWriter(out).packet(2_000_000_003, b"")
    assert out.getvalue()[:4] == bytes.fromhex("4d3cb2a1")
    assert out.getvalue()[24:] == bytes.fromhex("02000000 03000000 00000000 00000000")
