from __future__ import annotations

from tests.packets.frames import IP, decoded, ethernet, ip4, tcp, what
from whywire.packets.dissect import dissect
from whywire.packets.layers import MOST_LAYERS, Cursor, broken, named, too_short
from whywire.packets.table import TCP, PacketTable


def one_row() -> PacketTable:
    table = PacketTable()
    table.grow(1)
    return table


def test_the_first_error_stays() -> None:
    table = one_row()
    broken(table, 0, "first")
    broken(table, 0, "second")
    assert table.errors[table.error[0]] == "first"


def test_the_last_name_stays() -> None:
    table = one_row()
    named(table, 0, "ipv4")
    named(table, 0, "icmp")
    assert table.protocols[table.protocol[0]] == "icmp"


def test_short_tells_the_capture_from_the_sender() -> None:
    for original, text in ((40, "x: header cut by the snap length"), (7, "x: 7 bytes, the header has 8")):
        table, cursor = one_row(), Cursor()
        cursor.place(b"\0" * 7, 0, 7, original)
        too_short(table, 0, cursor, "x", 8)
        assert (table.errors[table.error[0]], table.protocols[table.protocol[0]]) == (text, "x")


def test_an_original_length_below_the_captured_one_is_not_believed() -> None:
    cursor = Cursor()
    cursor.place(b"\0" * 70, 10, 60, 20)
    assert (cursor.at, cursor.end, cursor.wire_end) == (10, 70, 70)


def test_a_frame_of_headers_only_ends() -> None:
    tag = b"\0\1\x81\0"
    frame = ethernet(tag * 16000, 0x8100)
    assert what(decoded(frame)) == ("too many layers", f"more than {MOST_LAYERS} headers in one frame")
    assert len(dissect(frame, 1)) <= MOST_LAYERS + 1
    some = ethernet(tag * 20 + b"\0\1" + IP.to_bytes(2, "big") + ip4(tcp()), 0x8100)
    assert decoded(some).table.present[0] & TCP
