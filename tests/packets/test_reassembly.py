"""Fragments: put together whatever their order, refused where they can't be one datagram, bounded always."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packets.frames import Frames, ethernet, ip4, tcp
from whywire.packets.decode import decode_capture
from whywire.packets.reassembly import PATIENCE_NS, WAITING
from whywire.packets.table import TCP, Capture

PAYLOAD = bytes(range(256)) * 5
WHOLE = tcp(payload=PAYLOAD)


def pieces(whole: bytes, size: int) -> list[bytes]:
    """Return the frames of one datagram cut into fragments of ``size`` bytes."""
    cuts = range(0, len(whole), size)
    return [ethernet(ip4(whole[at:at + size], fragment=at // 8 | (0x2000 if at + size < len(whole) else 0)))
            for at in cuts]


def read(frames: list[bytes], step_ns: int = 1_000) -> Capture:
    """Decode frames that follow each other."""
    return decode_capture(Frames([(frame, {"time_ns": i * step_ns}) for i, frame in enumerate(frames)]), "fragments")


def tcp_rows(capture: Capture) -> list[int]:
    return [row for row in range(len(capture.table)) if capture.table.present[row] & TCP]


@settings(derandomize=True, max_examples=50)
@given(st.integers(1, 40).map(lambda units: units * 8), st.randoms(use_true_random=False))
def test_any_order_gives_the_datagram_at_its_last_piece(size: int, shuffle: object) -> None:
    frames = pieces(WHOLE, size)
    shuffle.shuffle(frames)  # type: ignore[attr-defined]
    capture = read(frames)
    assert tcp_rows(capture) == [len(frames) - 1]
    assert capture.payload(len(frames) - 1) == PAYLOAD


def test_a_copy_of_a_fragment_changes_nothing() -> None:
    first, *rest = pieces(WHOLE, 400)
    capture = read([first, first, *rest])
    assert capture.payload(tcp_rows(capture)[0]) == PAYLOAD


def test_overlapping_fragments_are_refused() -> None:
    first, *rest = pieces(WHOLE, 400)
    liar = ethernet(ip4(b"x" * 400, fragment=0x2000 | 8))
    assert tcp_rows(read([first, liar, *rest])) == []


def test_a_fragment_behind_the_end_is_refused() -> None:
    frames = pieces(WHOLE, 400)
    beyond = ethernet(ip4(b"x" * 8, fragment=0x2000 | 4000))
    assert tcp_rows(read([beyond, frames[-1], *frames[:-1]])) == []


def test_the_rest_comes_too_late() -> None:
    frames = pieces(WHOLE, 800)
    assert len(frames) == 2
    assert tcp_rows(read(frames, step_ns=PATIENCE_NS + 1)) == []


def test_a_flood_of_first_fragments_drops_the_oldest() -> None:
    first, last = pieces(WHOLE, 800)
    others = [ethernet(ip4(WHOLE[:800], fragment=0x2000, source=bytes([10, 1, i >> 8, i & 255])))
              for i in range(WAITING)]
    assert tcp_rows(read([first, *others[:-1], last])) == [len(others)]
    assert tcp_rows(read([first, *others, last])) == []


def names(frames: list[bytes]) -> set[str]:
    table = read(frames).table
    return {table.protocols[table.protocol[row]] for row in range(len(table))}


@pytest.mark.parametrize("size", [8, 400])
def test_fragments_are_named_by_what_became_of_them(size: int) -> None:
    assert names(pieces(WHOLE, size)[:-1]) == {"ip fragment"}
    assert names(pieces(WHOLE, size)) == {"ip fragment of a later packet", "tcp"}
