"""The index keeps its sums right and survives being closed and broken."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from whywire.apps.stores.index import Index, Row


def row(index: Index, key: str, length: int = 100, variant: str = "") -> Row:
    return Row(index.next_number(), key, variant, b"meta", length, b"")


def test_sums_are_carried_along_and_counted_anew(tmp_path: Path) -> None:
    index = Index(tmp_path / "i")
    rows = [row(index, f"k{number}") for number in range(5)]
    assert [index.add(one) for one in rows] == [[]] * 5
    replaced = row(index, "k0", 300)
    assert index.add(replaced) == [rows[0].number]
    index.remove([rows[1].number, 999])
    expected = (4, replaced.size + 3 * rows[2].size)
    assert (index.count, index.size) == expected
    index.close()
    again = Index(tmp_path / "i")
    assert (again.count, again.size) == expected
    assert again.next_number() > replaced.number
    again.close()


def test_room_is_made_by_last_use(tmp_path: Path) -> None:
    index = Index(tmp_path / "i")
    rows = [row(index, f"k{number}") for number in range(200)]
    for one in rows:
        index.add(one)
    index.find("k0")
    gone = index.make_room(index.size - 100 * rows[0].size + 50)
    assert set(gone) <= {one.number for one in rows[1:]}
    assert 99 <= len(gone) <= 101
    assert index.evicted == len(gone)
    index.close()


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "i").write_bytes(b"no database at all, but long enough to be read as one" * 20)
    with pytest.raises(sqlite3.DatabaseError):
        Index(tmp_path / "i")
