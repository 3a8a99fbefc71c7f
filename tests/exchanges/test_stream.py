"""Bytes in order: copies, holes, pieces out of order, a FIN that comes again."""

from __future__ import annotations

import random
from contextlib import closing

from tests.exchanges.talk import HEADERS, Talk
from whywire.capture import open_bytes
from whywire.capture.compile import Compiled
from whywire.connections import account
from whywire.connections.model import Side
from whywire.exchanges.stream import Piece, Stream
from whywire.ladder import parse
from whywire.ladder.filler import filler
from whywire.packets import decode_capture

OPEN = """
+0 a>b S 0:0(0)
+0.001 b>a SA 0:0(0) ack 1
+0.001 a>b A 1:1(0) ack 1
"""


def stream(lines: str, side: Side = Side.CLIENT, opening: str = OPEN) -> tuple[Stream, dict[int, bytes]]:
    """Return the stream of a ladder, and the payloads of its packets."""
    with closing(open_bytes(Compiled(parse(opening + lines)).capture())) as source:
        capture = decode_capture(source, "ladder")
        (connection,) = account(capture).connections
        return Stream(connection, side), {n: capture.payload(n - 1) for n in range(1, connection.packets + 1)}


def text(found: Stream, payloads: dict[int, bytes]) -> list[bytes | int]:
    return list(found.bytes(found.origin, found.end, payloads.__getitem__))


def test_pieces_in_order() -> None:
    found, payloads = stream("+0.001 a>b PA 1:4(3) ack 1\n+0.001 a>b PA 4:6(2) ack 1\n+0.001 a>b FA 6:6(0) ack 1")
    assert [(p.start, p.end, p.packet, p.skip) for p in found.pieces] == [(1, 4, 4, 0), (4, 6, 5, 0)]
    assert (found.origin, found.end, found.fin, found.fin_packet) == (1, 6, 6, 6)
    assert b"".join(x for x in text(found, payloads) if isinstance(x, bytes)) == b"abcde"


def test_copies_are_taken_once_and_late_pieces_fill_their_place() -> None:
    found, payloads = stream("""
        +0.001 a>b A 1:4(3) ack 1
        +0.001 a>b A 7:10(3) ack 1
        +0.300 a>b A 2:9(7) ack 1
        +0.300 a>b A 1:10(9) ack 1
    """)
    assert [(p.start, p.end, p.packet, p.skip) for p in found.pieces] == [(1, 4, 4, 0), (4, 7, 6, 2), (7, 10, 5, 0)]
    assert text(found, payloads) == [b"abc", b"def", b"ghi"]


def test_what_is_missing_is_a_hole_of_known_size() -> None:
    found, payloads = stream("+0.001 a>b A 3:5(2) ack 1\n+0.001 a>b A 9:11(2) ack 1\n+0.001 a>b FA 15:15(0) ack 1")
    assert text(found, payloads) == [2, b"cd", 4, b"ij", 4]
    assert [(p.start, p.end, p.packet) for p in found.runs()] == [
        (1, 3, 0), (3, 5, 4), (5, 9, 0), (9, 11, 5), (11, 15, 0)]
    assert found.at(4) == found.pieces[0]
    assert found.at(5) is None


def test_what_the_capture_cut_is_a_hole_too() -> None:
    found, payloads = stream(f"+0.001 a>b PA 1:11(10) ack 1 captured {HEADERS + 4}\n+0.001 a>b PA 11:13(2) ack 1")
    assert text(found, payloads) == [b"abcd", 6, b"kl"]
    assert list(found.bytes(3, 12, payloads.__getitem__)) == [b"cd", 6, b"k"]
    assert list(found.bytes(7, 9, payloads.__getitem__)) == [2]


def test_a_start_that_was_not_seen() -> None:
    found, _ = stream("+0 a>b PA 501:504(3) ack 1\n+0.001 b>a PA 1:3(2) ack 504", opening="")
    assert not found.whole_start
    assert found.pieces[0].start == found.origin


def test_probes_and_resets_carry_nothing_unless_nothing_else_does() -> None:
    found, payloads = stream("""
        +0.001 a>b PA 1:4(3) ack 1
        +0.001 b>a A 1:1(0) ack 4
        +60.00 a>b A 3:4(1) ack 1
        +0.001 b>a A 1:1(0) ack 4
        +0.001 a>b RA 4:8(4) ack 1
    """)
    assert text(found, payloads) == [b"abc"]
    assert found.acked == 4


def test_the_fin_that_arrived_counts() -> None:
    found, _ = stream("""
        +0.001 a>b FA 1:1(0) ack 1 lost frame 4
        +0.200 a>b FA 1:1(0) ack 1 frame 5
    """)
    assert (found.fin, found.fin_packet) == (1, 4)  # one view of a file does not know what arrived: the first


def test_reading_a_piece() -> None:
    found, payloads = stream("+0.001 a>b PA 1:4(3) ack 1")
    assert found.read(Piece(2, 4, 4, 1, 0, True), payloads.__getitem__) == b"bc"


def test_an_empty_direction() -> None:
    talk = Talk()
    talk.open("c1")
    talk.close("c1")
    account_, _ = talk.account()
    nothing = Stream(account_.connections[0], Side.CLIENT)
    assert (list(nothing.runs()), nothing.origin, nothing.end) == ([], 1, 1)


def test_any_order_of_copies_gives_each_byte_to_the_first_that_has_it() -> None:
    seed = random.Random(793)
    for _ in range(40):
        spans = [(start, start + seed.randint(1, 9)) for start in (seed.randint(1, 30) for _ in range(12))]
        lines = "\n".join(f"+0.001 a>b A {start}:{end}({end - start}) ack 1" for start, end in spans)
        found, payloads = stream(f"+0.001 a>b A 1:2(1) ack 1\n{lines}")
        owner: dict[int, int] = {1: 4}
        for packet, (start, end) in enumerate(spans, 5):
            for position in range(start, end):
                owner.setdefault(position, packet)
        pieces = [(position, piece.packet) for piece in found.pieces for position in range(piece.start, piece.end)]
        shown = dict(pieces)
        assert len(pieces) == len(shown)
        assert set(shown) == set(owner)
        assert b"".join(part for part in text(found, payloads) if isinstance(part, bytes)) == b"".join(
            filler(position, 1) for position in sorted(owner))
