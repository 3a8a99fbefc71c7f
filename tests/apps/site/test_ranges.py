from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.site.ranges import MOST, Span, asked, content_range, part_head, parts_end, unsatisfied


@pytest.mark.parametrize(("field", "spans"), [
    ("bytes=0-0", [(0, 1)]),
    ("bytes=0-499", [(0, 500)]),
    ("bytes=500-", [(500, 1000)]),
    ("bytes=999-999", [(999, 1000)]),
    ("bytes=0-5000", [(0, 1000)]),
    ("bytes=-1", [(999, 1000)]),
    ("bytes=-1000", [(0, 1000)]),
    ("bytes=-5000", [(0, 1000)]),
    ("BYTES=0-1", [(0, 2)]),
    ("bytes=0-1,4-5", [(0, 2), (4, 6)]),
    ("bytes=4-5 ,\t0-1", [(4, 6), (0, 2)]),
    ("bytes=,0-1,,", [(0, 2)]),
    ("bytes=0-1,2000-", [(0, 2)]),
    ("bytes=0-9,5-14", [(0, 15)]),
    ("bytes=5-14,0-9,20-29", [(0, 15), (20, 30)]),
    ("bytes=0-1,2-3", [(0, 4)]),
    ("bytes=0-,0-,0-,0-", [(0, 1000)]),
    ("bytes=00000000000000000000000000001-2", [(1, 3)]),
])
def test_what_is_sent_of_1000_bytes(field: str, spans: list[tuple[int, int]]) -> None:
    assert asked(field, 1000) == [Span(*span) for span in spans]


@pytest.mark.parametrize("field", [
    "bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=2000-,-0", "bytes=" + "9" * 5000 + "-"])
def test_ranges_that_are_not_there(field: str) -> None:
    assert asked(field, 1000) == []


@pytest.mark.parametrize("field", [
    None, "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=5-4", "bytes=0-1,5-4", "bytes=a-b", "bytes=1",
    "bytes=0--1",
    "bytes = 0-1", "bytes =0-1", "bytes=0 - 1", "lines=0-1", "bytes=٠-1", "bytes=0x0-1", "bytes=+0-1",
    "bytes=0-1;2-3", "bytes=" + "0-0," * MOST])
def test_ranges_that_are_ignored(field: str | None) -> None:
    assert asked(field, 1000) is None


def test_a_range_of_nothing_is_ignored() -> None:
    assert asked("bytes=0-", 0) is None
    assert asked("bytes=-1", 0) is None


SPEC = st.one_of(st.tuples(st.integers(0, 120), st.integers(0, 120)).map(lambda pair: f"{min(pair)}-{max(pair)}"),
                 st.integers(0, 120).map(lambda first: f"{first}-"), st.integers(0, 120).map(lambda last: f"-{last}"))


@given(st.lists(SPEC, min_size=1, max_size=MOST), st.integers(1, 110))
def test_every_byte_that_is_asked_for_is_sent_once(specs: list[str], size: int) -> None:
    wanted: set[int] = set()
    for spec in specs:
        first, _, last = spec.partition("-")
        if first:
            wanted |= set(range(int(first), min(int(last or size) + 1, size)))
        else:
            wanted |= set(range(max(size - int(last), 0), size))
    spans = asked("bytes=" + ",".join(specs), size)
    assert spans is not None
    sent = [at for span in spans for at in range(*span)]
    assert len(sent) == len(set(sent)) and set(sent) == wanted


def test_parts_as_rfc_9110_shows_them() -> None:
    span = Span(500, 1000)
    assert content_range(span, 8000) == "bytes 500-999/8000"
    assert unsatisfied(8000) == "bytes */8000"
    assert part_head("B", "application/pdf", span, 8000, first=True) == (
        b"--B\r\nContent-Type: application/pdf\r\nContent-Range: bytes 500-999/8000\r\n\r\n")
    assert part_head("B", "a/b", span, 8000, first=False).startswith(b"\r\n--B\r\n")
    assert parts_end("B") == b"\r\n--B--\r\n"
