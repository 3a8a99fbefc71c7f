"""All captures of the repository, against what tshark says of them; and any bytes at all, which must not raise."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.capture.expected import CAPTURES, TABLE, Row, by_tshark, capture_files, name_of, weighted
from whywire.base.errors import WhywireError
from whywire.capture import open_bytes, open_capture
from whywire.capture.source import CaptureFile

NO_CAPTURE = {"formats/empty0.pcap": "0 bytes"}
"""Files that are refused, and a word of the sentence."""

OTHERWISE = {
    "wild/malformed/tcpdump__kday6.pcap": "tshark refuses link type 182; the framing is whole",
    "wild/pcpp__pcapng-example.pcapng": "times of interface 1 lie beyond 2^63 ns; here they are not known",
    "wild/pcpp__pcapng-example.pcapng.zst": "the same, inside zstd",
    "wild/png__basic_test017.pcapng": "tshark counts blocks that are no packets",
    "wild/png__difficult_test202.pcapng": "tshark counts blocks that are no packets",
    "wild/png__x_basic_test017.pcapng": "tshark counts blocks that are no packets",
    "wild/png__x_difficult_test202.pcapng": "tshark counts blocks that are no packets",
}
"""Where tshark says something else, and why."""


def frames(source: CaptureFile) -> list[tuple[int, int, int]]:
    """Return (captured, original, time) of every frame; hold what every block must keep."""
    found = []
    for block in source.blocks():
        columns = (block.at, block.captured, block.original, block.time_ns, block.interface, block.direction,
                   block.packet_id)
        assert {len(column) for column in columns} == {block.count}
        assert all(at + size <= len(block.data) for at, size in zip(block.at, block.captured, strict=True))
        assert max(block.interface, default=0) < len(source.interfaces)
        found += list(zip(block.captured, block.original, block.time_ns, strict=True))
    return found


def row(path: Path) -> Row:
    """Return a file's row as we read it."""
    with closing(open_capture(path)) as source:
        return weighted(name_of(path), frames(source))


def stored() -> dict[str, Row]:
    """Return the table that tshark made."""
    lines = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
    return {name: (name, int(count), int(captured), int(original), int(time))
            for name, count, captured, original, time in lines}


def test_the_table_has_every_capture() -> None:
    assert set(stored()) == {name_of(path) for path in capture_files()}, "call python -m tests.capture.expected"


@pytest.mark.parametrize("path", capture_files(), ids=name_of)
def test_same_frames_as_tshark(path: Path) -> None:
    name = name_of(path)
    if name in NO_CAPTURE:
        with pytest.raises(WhywireError, match=NO_CAPTURE[name]):
            open_capture(path)
    else:
        assert (row(path) == stored()[name]) == (name not in OTHERWISE)


def test_the_table_is_what_this_tshark_says(tshark: str) -> None:
    assert tshark
    for name in ("formats/pcapng_2sections.pcapng", "formats/pcap_ns_be.pcap", "founding/a-v3.pcapng"):
        assert by_tshark(CAPTURES / name) == stored()[name]


def test_packets_that_tshark_counts_otherwise() -> None:
    counted = {name: row(CAPTURES / name)[1] for name in OTHERWISE}
    assert counted == {
        "wild/malformed/tcpdump__kday6.pcap": 1, "wild/pcpp__pcapng-example.pcapng": 159,
        "wild/pcpp__pcapng-example.pcapng.zst": 159,
        "wild/png__basic_test017.pcapng": 0, "wild/png__difficult_test202.pcapng": 8,
        "wild/png__x_basic_test017.pcapng": 0, "wild/png__x_difficult_test202.pcapng": 8}


def walked(data: bytes) -> tuple[int, CaptureFile] | None:
    """Read bytes as a capture; None when they are refused as the user's mistake."""
    try:
        source = open_bytes(data)
    except WhywireError as error:
        assert error.exit_code == 2
        assert "\n" not in error.what
        return None
    count = len(frames(source))
    assert all(problem.what for problem in source.problems)
    return count, source


HEADERS = (b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(8) + b"\0\0\x04\0\x01\0\0\0", b"\xa1\xb2\x3c\x4d" + bytes(20),
           b"\x34\xcd\xb2\xa1" + bytes(20), (CAPTURES / "formats/pcapng_le.pcapng").read_bytes()[:84],
           (CAPTURES / "formats/pcapng_be.pcapng").read_bytes()[:84], b"\x1f\x8b\x08" + bytes(7), b"")


@given(st.sampled_from(HEADERS), st.binary(max_size=400))
@example(b"", b"\n\r\r\n")
@example(b"", b"\x1f\x8b")
@example(HEADERS[0], b"\xff" * 16)
@example(HEADERS[3], b"\x06\0\0\0\xff\xff\xff\xff" + bytes(20))
def test_any_bytes(header: bytes, rest: bytes) -> None:
    walked(header + rest)


SMALL = [path for path in capture_files() if 0 < path.stat().st_size < 3000]


@given(st.sampled_from(SMALL), st.lists(st.tuples(st.integers(0, 2999), st.integers(0, 255)), min_size=1, max_size=4))
def test_mutated_captures(path: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    walked(bytes(data))


@pytest.mark.parametrize("name", [
    "formats/pcap_us_le.pcap", "formats/pcap_ns_be.pcap", "formats/pcapng_2sections.pcapng",
    "formats/pcapng_spb.pcapng", "founding/a-v1.pcapng", "formats/pcap_gz.pcap.gz"])
def test_cut_at_every_byte(name: str) -> None:
    data = (CAPTURES / name).read_bytes()
    whole = walked(data)
    assert whole is not None
    last = 0
    for size in range(len(data)):
        cut = walked(data[:size])
        if cut is None:
            assert last == 0, "a file that could be opened when it was shorter"
            continue
        count, source = cut
        assert last <= count <= whole[0]
        assert source.problems or count < whole[0] or "pcapng" in source.file_type, f"cut at {size} without a word"
        last = count
