"""The folder that is saved to: tricks with paths and links come to nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.apps.fetch.scripted import tree
from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.folder import Folder
from whywire.base.errors import WhywireError


def save(folder: Path, names: tuple[str, ...], data: bytes, *, overwrite: bool = False) -> str:
    with Folder(folder) as opened:
        part = opened.place(names, overwrite=overwrite, tag="t")
        part.write(data)
        return part.finish()


def test_files_get_numbers_and_are_never_overwritten(tmp_path: Path) -> None:
    assert [save(tmp_path, ("a.txt",), data) for data in (b"1", b"2", b"3")] == ["a.txt", "a-2.txt", "a-3.txt"]
    assert tree(tmp_path) == {"a.txt": b"1", "a-2.txt": b"2", "a-3.txt": b"3"}


def test_overwriting_when_asked_replaces_a_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "a").symlink_to("../precious")
    assert save(tmp_path / "to", ("a",), b"new", overwrite=True) == "a"
    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert (tmp_path / "to" / "a").read_bytes() == b"new"


@pytest.mark.parametrize("link", ["a", "a.part", "a.part.info"])
def test_links_are_not_followed(link: str, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / link).symlink_to("../precious")
    name = save(tmp_path / "to", ("a",), b"new")
    assert not (tmp_path / "precious").exists()
    assert (tmp_path / "to" / name).read_bytes() == b"new"


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "sub").symlink_to("../outside")
    with pytest.raises(FetchError, match="can't save sub/a"):
        save(tmp_path / "to", ("sub", "a"), b"new")
    assert tree(tmp_path / "outside") == {}


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "sub").write_bytes(b"file")
    with pytest.raises(FetchError, match="can't save sub/a: Not a directory"):
        save(tmp_path, ("sub", "a"), b"new")


@pytest.mark.parametrize("kind", ["pipe", "hard link"])
def test_a_part_that_is_not_ours_is_left_alone(kind: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "a.part.info").write_text('t\n"v"\n')
    if kind == "pipe":
        os.mkfifo(tmp_path / "a.part")
    else:
        os.link(tmp_path / "precious", tmp_path / "a.part")
    assert save(tmp_path, ("a",), b"new") == "a-2"
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_two_at_the_same_time_do_not_share_a_part(tmp_path: Path) -> None:
    with Folder(tmp_path) as opened:
        one = opened.place(("a",), overwrite=False, tag="t")
        two = opened.place(("a",), overwrite=False, tag="t")
        one.write(b"one")
        two.write(b"two")
        assert {one.finish(), two.finish()} == {"a", "a-2"}
    assert tree(tmp_path) == {"a": b"one", "a-2": b"two"}


def test_a_part_is_kept_with_a_validator_and_gone_on_with(tmp_path: Path) -> None:
    with Folder(tmp_path) as opened:
        part = opened.place(("a",), overwrite=False, tag="t")
        part.restart('"v"')
        part.write(b"half")
        assert part.abandon() == "a.part"
        part = opened.place(("a",), overwrite=False, tag="t")
        assert (part.size, part.validator) == (4, '"v"')
        part.write(b" and half")
        part.finish()
        part = opened.place(("b",), overwrite=False, tag="t")
        part.write(b"x")
        assert part.abandon() == ""
    assert tree(tmp_path) == {"a": b"half and half"}


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WhywireError, match="can't save to"):
        Folder(tmp_path / "file" / "sub")


@pytest.mark.parametrize("below", ["", "x/y"])
def test_a_file_is_no_folder(below: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"precious")
    with pytest.raises(WhywireError, match=r"a\.txt is a file, not a folder\n"):
        Folder(tmp_path / "a.txt" / below)
    assert tree(tmp_path) == {"a.txt": b"precious"}
