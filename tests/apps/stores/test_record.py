"""Records of Redis come back, and nothing else is taken for one."""

from __future__ import annotations

from whywire.apps.stores.record import Record, packed, unpacked


def test_round_trip() -> None:
    record = Record(7, 1 << 40, b"sums", b"meta\0")
    assert unpacked(packed(record)) == record


def test_other_bytes_are_no_record() -> None:
    good = packed(Record(7, 5, b"sums", b""))
    for bad in (b"", b"x" * 100, good[:10], good[:-1], b"wwr2" + good[4:]):
        assert unpacked(bad) is None
