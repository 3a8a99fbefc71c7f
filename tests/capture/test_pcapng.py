"""The framing of pcapng: sections, resolutions, options, and the ways in which a block can be wrong."""

from __future__ import annotations

from struct import pack

import pytest

from tests.capture.pcapngs import Pcapng, sentences


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("resolution", "ticks", "ns"), [
    (None, 1_700_000_000_123_456, 1_700_000_000_123_456_000), (9, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
    (0, 1_700_000_000, 1_700_000_000_000_000_000), (12, 5_000_000_000_999, 5_000_000_000),
    (0x80 | 20, 3 << 19, 1_500_000_000)])
def test_resolutions_of_time(order: str, resolution: int | None, ticks: int, ns: int) -> None:
    made = Pcapng(order)
    options = b"" if resolution is None else made.option(9, bytes([resolution]))
    _, block = made.interface(options=options).packet(ticks).opened()
    assert list(block.time_ns) == [ns]


def test_an_offset_is_added_to_the_time() -> None:
    made = Pcapng(">")
    _, block = made.interface(options=made.option(14, pack(">q", -5))).packet(7_000_000).opened()
    assert list(block.time_ns) == [2_000_000_000]


def test_names_are_those_of_the_file() -> None:
    made = Pcapng()
    options = made.option(2, b"eth0") + made.option(3, "h\u00e4".encode()) + made.option(77, b"?") + bytes(4)
    source, _ = made.interface(113, 96, options).opened()
    (interface,) = source.interfaces
    assert (interface.link_type, interface.snap_length, interface.name, interface.description) == \
        (113, 96, "eth0", "h\u00e4")


def test_direction_and_packet_id() -> None:
    made = Pcapng(">").interface()
    made.packet(options=made.option(1, b"a comment") + made.option(2, pack(">I", 0x12))
                + made.option(5, pack(">q", 1 << 40)) + bytes(4))
    made.packet(options=made.option(2, pack(">I", 3)))  # 3 is no direction
    made.packet(options=pack(">HH", 2, 400))  # longer than the block
    _, block = made.opened()
    assert list(block.direction) == [2, 0, 0]
    assert list(block.packet_id) == [1 << 40, -1, -1]


def test_each_section_has_its_own_interfaces() -> None:
    made = Pcapng("<").interface(1).interface(101).packet(interface=1)
    source, block = made.section(">").interface(113).packet(interface=0).opened()
    assert [interface.link_type for interface in source.interfaces] == [1, 101, 113]
    assert list(block.interface) == [1, 2]
    assert source.problems == []


def test_the_host_is_named_by_who_opens() -> None:
    from whywire.capture import open_bytes

    source = open_bytes(Pcapng().interface().data, host="client")
    assert list(source.blocks()) == []
    assert [interface.host for interface in source.interfaces] == ["client"]


def test_simple_and_obsolete_packets() -> None:
    made = Pcapng().interface(1, 3)
    made.block(3, pack("<I", 9) + b"abc\0")
    made.block(2, pack("<HHIIII", 0, 0, 0, 5, 2, 2) + b"xy\0\0")
    source, block = made.opened()
    assert list(block.captured) == [3, 2]
    assert list(block.original) == [9, 2]
    assert list(block.time_ns) == [-1, 5000]
    assert [block.data[at:at + size] for at, size in zip(block.at, block.captured, strict=True)] == [b"abc", b"xy"]
    assert source.problems == []


def test_other_blocks_are_passed_over() -> None:
    made = Pcapng().block(0xBAD, pack("<I", 1)).interface().block(4, bytes(8)).block(10, bytes(8)).packet()
    source, block = made.block(5, bytes(12)).packet().opened()
    assert block.count == 2
    assert source.problems == []


@pytest.mark.parametrize(("made", "word"), [
    (Pcapng().interface().packet(interface=4).packet(), "names interface 4"),
    (Pcapng().interface().packet(captured=400).packet(), "claims 400 captured bytes and has room for 4"),
    (Pcapng().interface().block(6, bytes(4)).packet(), "too few for its kind"),
    (Pcapng().interface().block(9, b"", last=99).packet(), "two different lengths"),
    (Pcapng().block(3, pack("<I", 9)).interface().packet(), "needs interface 0"),
])
def test_one_bad_block_costs_only_itself(made: Pcapng, word: str) -> None:
    source, block = made.opened()
    assert block.count == 1
    (problem,) = source.problems
    assert word in problem.what
    assert not problem.fatal
    assert problem.offset is not None
    assert f"offset {problem.offset:,}" in problem.what


def test_a_time_beyond_64_bits_is_not_known() -> None:
    made = Pcapng().interface()
    source, block = made.packet(1 << 63).packet(1 << 63).packet(1).opened()
    assert list(block.time_ns) == [-1, -1, 1000]
    (sentence,) = sentences(source)
    assert sentence.endswith("the frame is kept without it; 1 more like this")


@pytest.mark.parametrize(("tail", "word"), [
    (pack("<II", 6, 61), "claims a length of 61 bytes"), (pack("<II", 6, 1 << 31), "2,147,483,648"),
    (pack("<II", 6, 8), "claims a length of 8"), (b"\n\r\r\n\x1c\0\0\0????", "without a byte order")])
def test_what_ends_the_walk(tail: bytes, word: str) -> None:
    made = Pcapng().interface().packet()
    offset = len(made.data)
    made.data += tail + bytes(40)
    source, block = made.opened()
    assert block.count == 1
    (problem,) = source.problems
    assert word in problem.what
    assert (problem.fatal, problem.offset, problem.frame) == (True, offset, 2)


@pytest.mark.parametrize(("size", "words"), [(5, "needs at least 12 bytes, the file has 5 more"),
                                             (20, "needs 36 bytes, the file has 20 more")])
def test_cut_in_a_block(size: int, words: str) -> None:
    made = Pcapng().interface().packet()
    end = len(made.data)
    made.packet()
    made.data = made.data[:end + size]
    source, block = made.opened()
    assert block.count == 1
    assert sentences(source) == [f"the file is cut in mid-record: the block at offset {end} after frame 1 {words}"]
