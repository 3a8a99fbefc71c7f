"""Which file a target leads to, and that none outside the folder does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from whywire.apps.classic.files import names, open_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "site"
    (inside / "a" / "b").mkdir(parents=True)
    (inside / "index.html").write_bytes(b"index")
    (inside / "a" / "b" / "1 2.jpg").write_bytes(b"picture")
    (inside / ".hidden").write_bytes(b"hidden")
    (tmp_path / "outside").write_bytes(b"outside")
    (inside / "link").symlink_to("../outside")
    (inside / "up").symlink_to("..")
    os.mkfifo(inside / "pipe")
    return inside


def read(folder: Path, target: str) -> bytes | None:
    opened = open_file(folder, target)
    if opened is None:
        return None
    with os.fdopen(opened[0], "rb") as file:
        data = file.read()
    assert len(data) == opened[1]
    return data


@pytest.mark.parametrize(("target", "content"), [
    ("/", b"index"), ("/index.html", b"index"), ("/?a=1", b"index"), ("/a/b/1%202.jpg", b"picture"),
    ("http://host:80/a/b/1%202.jpg", b"picture"), ("http://host", b"index"),
])
def test_files_that_are_there(folder: Path, target: str, content: bytes) -> None:
    assert read(folder, target) == content


@pytest.mark.parametrize("target", [
    "/none", "/a", "/a/", "/a/b", "//", "/../outside", "/%2e%2e/outside", "/a/../../outside", "/..%2foutside",
    "/link", "/up/outside", "/.hidden", "/%2ehidden", "/pipe", "/index.html%00", "/%00", "index.html", "*",
    "/index.html/", "/\xff", "/a/./b/1%202.jpg",
])
def test_what_is_not_served(folder: Path, target: str) -> None:
    assert read(folder, target) is None


def test_names_are_unquoted_once() -> None:
    assert names("/%2561/b%20c?d#e") == [b"%61", b"b c"]
