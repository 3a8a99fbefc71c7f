from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.packets.frames import CAPTURES, Frames, capture_files, decoded, ethernet, ip4, name_of, opened, tcp, what
from whywire.capture.block import Interface, Problem
from whywire.packets.decode import decode_capture
from whywire.packets.rows import is_tcp
from whywire.packets.table import PACKET_ID, TCP, TIME

FORMATS = [path for path in capture_files("formats") if path.name not in ("hdr_only.pcap", "cut_midrecord.pcap")]


@pytest.mark.parametrize("path", FORMATS, ids=name_of)
def test_every_format_holds_the_same_connection(path: Path) -> None:
    table = opened(path).table
    rows = [row for row in range(len(table)) if is_tcp(table, row)]
    assert len(rows) == 8
    assert {(table.source_port[row], table.destination_port[row]) for row in rows} == {(40000, 80), (80, 40000)}
    assert sum(table.payload_length[row] for row in rows) == 2068
    assert not any(table.error)


def test_a_capture_cut_in_its_last_packet_gives_the_seven_before() -> None:
    capture = opened(CAPTURES / "formats" / "cut_midrecord.pcap")
    assert len(capture.table) == 7
    assert sum(capture.table.payload_length) == 2068
    assert len(capture.problems) == 1


with (CAPTURES / "wild" / "MANIFEST.tsv").open() as manifest:
    COUNTS = {row["file"]: row for row in csv.DictReader(manifest, delimiter="\t")}
CUSTOM_BLOCKS = {  # tshark counts pcapng custom blocks as packets; kday6 it can't read at all
    "png__basic_test017.pcapng", "png__x_basic_test017.pcapng", "png__difficult_test202.pcapng",
    "png__x_difficult_test202.pcapng", "malformed/tcpdump__kday6.pcap",
}


@pytest.mark.parametrize("path", capture_files("wild"), ids=name_of)
def test_wild_captures_hold_what_their_manifest_says(path: Path) -> None:
    table = opened(path).table
    expected = COUNTS[path.relative_to(CAPTURES / "wild").as_posix()]
    assert sum(is_tcp(table, row) for row in range(len(table))) == int(expected["tcp_packets"])
    if expected["file"] not in CUSTOM_BLOCKS:
        assert len(table) == int(expected["packets"])


@pytest.mark.parametrize("path", capture_files(), ids=name_of)
def test_a_row_is_tcp_or_says_what_it_is(path: Path) -> None:
    table = opened(path).table
    for row in range(len(table)):
        assert bool(table.present[row] & TCP) or table.protocol[row] != 0 or table.error[row] != 0


def test_what_the_file_says_of_a_frame() -> None:
    first = {"time_ns": 5, "packet_id": 0, "direction": 2, "original": 100}
    frames = [(ethernet(ip4(tcp())), first), (ethernet(ip4(tcp())), {"time_ns": -1})]
    table = decode_capture(Frames(frames), "two").table
    assert table.present[0] & (TIME | PACKET_ID) == TIME | PACKET_ID
    assert table.present[1] & (TIME | PACKET_ID) == 0
    assert (table.time_ns[0], table.packet_id[0], table.direction[0]) == (5, 0, 2)
    assert (table.captured[0], table.original[0], table.file_at[1]) == (54, 100, 54)


def test_blocks_follow_one_another() -> None:
    frames = [(ethernet(ip4(tcp(seq=number))), {"time_ns": number}) for number in range(7)]
    table = decode_capture(Frames(frames, blocks_of=3), "seven").table
    assert list(table.seq) == list(table.time_ns) == list(range(7))
    assert list(table.file_at) == [54 * number for number in range(7)]


def test_each_interface_has_its_link_type() -> None:
    source = Frames([(ethernet(ip4(tcp())), {}), (ip4(tcp()), {"interface": 1})])
    source.interfaces.append(Interface(101))
    table = decode_capture(source, "two").table
    assert [table.network_at[row] for row in range(2)] == [14, 0]
    assert [interface.link_type for interface in table.interfaces] == [1, 101]


def test_an_unknown_link_type_is_named() -> None:
    assert what(decoded(b"\0" * 60, 147)) == ("link type 147", "")


def test_problems_of_the_file_are_handed_on() -> None:
    capture = decode_capture(Frames([], problems=[Problem("cut")]), "none")
    assert (capture.problems, len(capture.table), capture.name, capture.view) == (("cut",), 0, "none", "file")
