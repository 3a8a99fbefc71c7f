from __future__ import annotations

import pytest

from tests.packets.frames import Frames, ethernet, ip4, tcp
from whywire.packets.decode import decode_capture
from whywire.packets.table import COLUMNS, MOST_ERRORS, MOST_PROTOCOLS, OTHER_ERROR, OTHER_PROTOCOL, PacketTable


def test_grow_adds_rows_of_zeros() -> None:
    table = PacketTable()
    assert (table.grow(2), table.grow(3), len(table)) == (0, 2, 5)
    assert all(list(getattr(table, name)) == [0] * 5 for name, _, _ in COLUMNS)


def test_interning_gives_the_same_index_again() -> None:
    table = PacketTable()
    assert [table.intern_address(raw) for raw in (b"aaaa", b"bbbb", b"aaaa")] == [0, 1, 0]
    assert [table.intern_protocol(name) for name in ("arp", "tcp", "arp")] == [1, 0, 1]
    assert [table.intern_error(text) for text in ("one", "", "one")] == [1, 0, 1]


@pytest.mark.parametrize(("intern", "names", "most", "other"), [
    ("intern_error", "errors", MOST_ERRORS, OTHER_ERROR),
    ("intern_protocol", "protocols", MOST_PROTOCOLS, OTHER_PROTOCOL),
])
def test_made_up_names_do_not_grow_without_end(intern: str, names: str, most: int, other: str) -> None:
    table = PacketTable()
    indices = [getattr(table, intern)(f"text {number}") for number in range(most * 2)]
    kept = getattr(table, names)
    assert len(kept) <= most + 1
    assert kept[indices[0]] == "text 0"
    assert kept[indices[-1]] == other


def test_take_orders_rows_and_keeps_their_values() -> None:
    frames = [(ethernet(ip4(tcp(seq=number))), {"time_ns": number}) for number in range(4)]
    table = decode_capture(Frames(frames), "four").table
    taken = table.take([3, 1])
    assert (list(taken.seq), list(taken.time_ns), len(taken)) == ([3, 1], [3, 1], 2)
    assert taken.source_endpoint(0) == "10.0.0.1:40000"
    assert taken.destination_endpoint(1) == "10.0.0.2:80"
    assert list(table.seq) == [0, 1, 2, 3]


def test_a_capture_reads_its_frames_again() -> None:
    frames = [(ethernet(ip4(tcp(seq=number, payload=b"x" * number))), {}) for number in range(5)]
    source = Frames(frames, blocks_of=2)
    capture = decode_capture(source, "five")
    assert [capture.frame(row) for row in range(5)] == [frame for frame, _ in frames]
    capture.close()
    assert source.closed
