"""The framing of pcap: byte orders, units, variants, and damage."""

from __future__ import annotations

from io import BytesIO
from struct import pack

import pytest

from whywire.capture import open_bytes
from whywire.capture.pcap_writer import PcapWriter
from whywire.capture.source import CaptureFile


def file_of(*frames: bytes, order: str = "<", nanoseconds: bool = True, link_type: int = 1) -> bytes:
    """Return a pcap file whose frames are a millisecond and a nanosecond apart."""
    out = BytesIO()
    writer = PcapWriter(out, link_type, order=order, nanoseconds=nanoseconds)  # type: ignore[arg-type]
    for number, frame in enumerate(frames):
        writer.packet(1_700_000_000_000_000_000 + number * 1_000_001, frame, len(frame) + number)
    return out.getvalue()


def walked(data: bytes) -> tuple[CaptureFile, list[bytes], list[int]]:
    """Return a capture that was walked, its frames and times."""
    source = open_bytes(data)
    frames, times = [], []
    for block in source.blocks():
        frames += [block.data[at:at + size] for at, size in zip(block.at, block.captured, strict=True)]
        times += block.time_ns
    return source, frames, times


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [True, False])
def test_orders_and_units(order: str, nanoseconds: bool) -> None:
    source, frames, times = walked(file_of(b"one", b"", b"three", order=order, nanoseconds=nanoseconds))
    assert frames == [b"one", b"", b"three"]
    step = 1_000_001 if nanoseconds else 1_000_000
    assert times == [1_700_000_000_000_000_000 + step * number for number in range(3)]
    assert source.file_type == ("pcap (nanoseconds)" if nanoseconds else "pcap")
    assert source.problems == []


def test_the_link_type_is_without_the_length_of_the_check_sequence() -> None:
    source, _, _ = walked(file_of(link_type=0x44000071))
    assert source.interfaces[0].link_type == 113


def test_kuznetzovs_variant_has_a_longer_header() -> None:
    head = pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65535, 1)
    record = pack("<IIIIIHBB", 5, 6, 3, 3, 2, 0x0800, 0, 0) + b"abc"
    source, frames, times = walked(head + record * 2)
    assert source.file_type == "pcap (Kuznetzov's variant)"
    assert frames == [b"abc", b"abc"]
    assert times == [5_000_006_000] * 2


def test_an_insane_length_ends_the_walk() -> None:
    data = file_of(b"one") + pack("<IIII", 0, 0, 0xFFFFFFFF, 60) + bytes(100)
    source, frames, _ = walked(data)
    assert frames == [b"one"]
    (problem,) = source.problems
    assert problem.what == "frame 2 at offset 43 claims 4,294,967,295 captured bytes, more than any frame has"
    assert (problem.frame, problem.offset, problem.fatal) == (2, 43, True)


@pytest.mark.parametrize(("size", "what"), [
    (43 + 5, "the file is cut in mid-record: the header of frame 2 at offset 43 needs 16 bytes, the file has 5 more"),
    (43 + 18, "the file is cut in mid-record: frame 2 needs 3 bytes at offset 59, the file has 2 more")])
def test_cut_in_a_record(size: int, what: str) -> None:
    source, frames, _ = walked(file_of(b"one", b"two")[:size])
    assert frames == [b"one"]
    assert [problem.what for problem in source.problems] == [what]


def test_no_packets_is_no_damage_but_is_said() -> None:
    source, frames, _ = walked(file_of())
    assert frames == []
    assert [(problem.what, problem.fatal) for problem in source.problems] == \
        [("the file has a header and no packets", False)]


def test_a_snap_length_may_allow_for_more_than_libpcap() -> None:
    frame = bytes(300_000)
    out = BytesIO()
    PcapWriter(out, snap_length=1 << 20).packet(0, frame)
    assert walked(out.getvalue())[1] == [frame]
