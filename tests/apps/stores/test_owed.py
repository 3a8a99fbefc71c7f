"""Removals that are owed: in order, once each, at most so many, and after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from whywire.apps.stores.owed import REMEMBERED, Owed


def test_each_is_owed_once_until_it_is_done() -> None:
    owed = Owed()
    assert not owed
    owed.add("a", None)
    owed.add("a", "v")
    owed.add("a", None)
    assert owed
    assert owed.first() == ("a", None)
    owed.done(("a", None))
    assert owed.first() == ("a", "v")
    owed.done(("a", "v"))
    assert not owed
    assert owed.first() is None


def test_too_many_are_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "owed"
    owed = Owed(path)
    for number in range(REMEMBERED + 1):
        owed.add(str(number), None)
    assert owed.everything
    assert Owed(path).everything
    owed.all_done()
    assert not path.exists()
    assert not Owed(path)


def test_the_file_is_read_again_and_goes_with_the_last(tmp_path: Path) -> None:
    path = tmp_path / "owed"
    Owed(path).add("http://a/\n\u2028", 'x="\u00e4"')
    Owed(path).add("b", None)
    again = Owed(path)
    assert again.first() == ("http://a/\n\u2028", 'x="\u00e4"')
    again.done(("http://a/\n\u2028", 'x="\u00e4"'))
    assert path.exists()
    again.done(("b", None))
    assert not path.exists()


@pytest.mark.parametrize("content", [b'["a", nu', b"\xff", b"[1]", b"7", b'["a", null]\n["b"', b"all\n"])
def test_a_file_that_can_not_be_read_owes_everything(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "owed"
    path.write_bytes(content)
    assert Owed(path).everything


def test_a_place_that_can_not_be_written_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    owed = Owed(tmp_path / "file" / "owed")
    owed.add("a", None)
    assert owed.first() == ("a", None)
