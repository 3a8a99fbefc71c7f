"""What was there stays, byte by byte; what is new is comments."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from struct import pack

import pytest

from whywire.capture import open_bytes
from whywire.capture.annotate import annotate
from whywire.capture.block import Interface
from whywire.capture.pcapng_writer import PcapngWriter, comment_options, option

CAPTURES = sorted(path for path in (Path(__file__).parent.parent / "captures").glob("*/*.pcapng*"))


def frames(data: bytes) -> tuple[list[int], list[tuple[object, ...]]]:
    """Return where each frame lies, and all that the reader says of it."""
    source = open_bytes(data)
    places, told = [], []
    for block in source.blocks():
        for row in range(block.frames):
            at = block.at[row]
            places.append(block.start + at)
            told.append((block.data[at:at + block.captured[row]], block.original[row], block.time_ns[row],
                         block.interface[row], block.direction[row], block.packet_id[row]))
    return places, [*told, tuple(source.interfaces)]


def annotated(data: bytes, *texts: str) -> tuple[bytes, int]:
    out = BytesIO()
    without = annotate(open_bytes(data), frames(data)[0], lambda number: [f"p{number} {text}" for text in texts], out)
    return out.getvalue(), without


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_frames_and_interfaces_stay(path: Path) -> None:
    before = path.read_bytes()
    after, _ = annotated(before, "is h\u00e4lt so")
    assert frames(after)[1] == frames(before)[1]


def test_without_comments_nothing_changes() -> None:
    before = written()
    assert annotated(before)[0] == before


def written(options: bytes = b"", order: str = "<") -> bytes:
    """Return a section with an interface, a name block, a packet with these options, and a block nobody knows."""
    def block(kind: int, body: bytes) -> bytes:
        return pack(order + "II", kind, len(body) + 12) + body + pack(order + "I", len(body) + 12)

    return (block(0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, pack(order + "HHI", 1, 0, 0))
            + block(4, pack(order + "HH", 0, 0))
            + block(6, pack(order + "IIIII", 0, 1, 2, 5, 9) + b"frame\0\0\0" + options)
            + block(0x0BAD, b"whatever"))


@pytest.mark.parametrize("order", ["<", ">"])
def test_other_options_and_blocks_stay(order: str) -> None:
    mine = option(1, b"an older comment", order) + option(2, pack(order + "I", 1), order)
    for ending in (bytes(4), b""):  # the end of options may be left out
        before = written(mine + ending, order)
        after, _ = annotated(before, "new", "and more")
        new = comment_options(("p1 new", "p1 and more"), order)
        length = pack(order + "I", 40 + len(mine + ending))
        grown = pack(order + "I", 40 + len(mine + ending) + len(new))
        assert after == before.replace(length, grown).replace(mine, new + mine)


def test_a_packet_without_options_gets_an_end_of_them() -> None:
    after, _ = annotated(written(), "new")
    assert comment_options(("p1 new",)) + bytes(4) in after
    assert frames(after)[1] == frames(written())[1]


def test_a_section_that_said_its_length_says_it_no_longer() -> None:
    before = written()
    said = before[:16] + pack("<q", len(before) - 28) + before[24:]
    assert annotated(said, "new")[0] == annotated(before, "new")[0]


def test_simple_packets_are_counted() -> None:
    data = next(path for path in CAPTURES if path.name == "pcapng_spb.pcapng").read_bytes()
    after, without = annotated(data, "no room")
    assert without == len(frames(data)[0]) > 0
    assert b"no room" not in after


@pytest.mark.parametrize("lost", [1, 9, 17, 40])
def test_a_cut_file_is_copied_up_to_the_cut(lost: int) -> None:
    out = BytesIO()
    writer = PcapngWriter(out, [Interface(1)])
    for number in range(3):
        writer.packet(number, bytes(60))
    after, _ = annotated(out.getvalue()[:-lost], "new")
    assert after.count(b"new") == 2
    assert open_bytes(after).problems == []
    assert len(frames(after)[0]) == 2


def test_damage_in_the_middle_ends_the_copy() -> None:
    before = written()
    broken = before + b"\x06\0\0\0\x03\0\0\0" + before
    assert annotated(broken, "new")[0] == annotated(before, "new")[0]


def test_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    out = BytesIO()
    writer = PcapngWriter(out, [Interface(1)])
    for number in range(50):
        writer.packet(number, bytes(number))
    whole = annotated(out.getvalue(), "new")
    monkeypatch.setattr("whywire.capture.annotate.CHUNK", 64)
    assert annotated(out.getvalue(), "new") == whole
    assert whole[0].count(b" new") == 50


def test_a_comment_beyond_the_format_is_cut_between_letters() -> None:
    (options,) = [comment_options(["x" + "\u00e4" * 40_000])]
    assert int.from_bytes(options[2:4], "little") == 65_535
    options = comment_options(["\u00e4" * 40_000])
    assert options[4:4 + 65_534].decode() == "\u00e4" * 32_767
