from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.site.fakes import descriptors
from whywire.apps.site.beneath import Folder

CANARY = b"outside"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Return a folder with a canary beside it, and every way out that a file system offers."""
    (tmp_path / "canary").write_bytes(CANARY)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_bytes(CANARY)
    root = tmp_path / "root"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "file").write_bytes(b"inside")
    (root / "sub" / "file").write_bytes(b"below")
    (root / ".hidden").write_bytes(b"hidden")
    for name, goal in {"out": "../canary", "abs": str(tmp_path / "canary"), "dir-out": "../elsewhere",
                       "in": "sub/file", "dir-in": "sub", "abs-in": str(root / "sub" / "file"), "chain": "dir-in/file",
                       "loop": "loop", "dangling": "nowhere", "to-hidden": ".hidden",
                       "proc": "/proc/self/root/etc/hostname",
                       "fd": "/proc/self/fd/0", "there-and-back": "../root/file"}.items():
        (root / name).symlink_to(goal)
    (root / "twice-out").symlink_to("dir-out/file")
    return root


@pytest.fixture(params=["openat2", "walk"])
def folder(request: pytest.FixtureRequest, top: Path) -> Iterator[Folder]:
    """Return the folder, opened in both ways."""
    made = Folder(str(top), walk=request.param == "walk")
    assert made.walks or request.param == "openat2"
    yield made
    made.close()


def content(folder: Folder, *names: str) -> bytes:
    """Return what a path gives."""
    opened = folder.open(tuple(name.encode() for name in names))
    try:
        return os.read(opened.fd, 100)
    finally:
        os.close(opened.fd)


@pytest.mark.parametrize(("path", "found"), [
    ("file", b"inside"), ("sub/file", b"below"), ("in", b"below"), ("dir-in/file", b"below"), ("abs-in", b"below"),
    ("chain", b"below"), ("there-and-back", b"inside")])
def test_what_lies_below_is_opened(folder: Folder, path: str, found: bytes) -> None:
    assert content(folder, *path.split("/")) == found


@pytest.mark.parametrize("path", [
    "out", "abs", "dir-out/file", "dir-out", "twice-out", "loop", "dangling", "to-hidden", "proc", "fd", "missing",
    "file/below", "..", "../canary", "sub/../../canary", "a" * 300])
def test_what_does_not_is_refused(folder: Folder, path: str) -> None:
    with pytest.raises(OSError) as problem:
        content(folder, *path.split("/"))
    assert problem.value.errno in (errno.EXDEV, errno.ELOOP, errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


def test_folders_are_opened_the_top_too(folder: Folder) -> None:
    for names in ((), (b"sub",), (b"dir-in",)):
        opened = folder.open(names)
        inside = os.listdir(opened.fd)  # noqa: PTH208 (a descriptor)
        assert "file" in inside
        os.close(opened.fd)


def test_pipes_sockets_and_devices_are_refused_without_waiting(folder: Folder, top: Path) -> None:
    os.mkfifo(top / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.relpath(top / "socket"))
    listening.close()
    if os.geteuid() == 0:
        os.mknod(top / "null", 0o600 | 0o020000, os.makedev(1, 3))
    for name in ("pipe", "socket", *(["null"] if os.geteuid() == 0 else [])):
        with pytest.raises(OSError) as problem:
            content(folder, name)
        assert problem.value.errno in (errno.ENODEV, errno.ENXIO)


def test_no_descriptor_is_left_open(folder: Folder) -> None:
    before = descriptors()
    for path in ("file", "out", "sub/missing", "dir-out/file", "sub/deep/x/y", "file/below", "chain"):
        try:
            content(folder, *path.split("/"))
        except OSError:
            continue
    assert descriptors() == before


def test_a_link_that_is_swapped_while_we_look_never_leads_out(folder: Folder, top: Path) -> None:
    """The race that open-after-check loses: a folder becomes a link to outside, and back, again and again."""
    done = threading.Event()
    (top / "swap").mkdir()
    (top / "swap" / "file").write_bytes(b"ours")

    def swap() -> None:
        while not done.is_set():
            (top / "swap").rename(top / "kept")
            (top / "swap").symlink_to("../elsewhere")
            (top / "swap").unlink()
            (top / "kept").rename(top / "swap")

    swapping = threading.Thread(target=swap)
    swapping.start()
    seen = []
    try:
        for _ in range(3000):
            try:
                seen.append(content(folder, "swap", "file"))
            except OSError:
                continue
    finally:
        done.set()
        swapping.join()
    assert CANARY not in seen
    assert content(folder, "swap", "file") == b"ours"


def test_a_folder_that_was_replaced_is_found_again(folder: Folder, top: Path) -> None:
    assert not folder.refresh()
    top.rename(top.with_name("old"))
    assert not folder.refresh()
    assert content(folder, "file") == b"inside"
    top.mkdir()
    (top / "file").write_bytes(b"new")
    assert folder.refresh()
    assert content(folder, "file") == b"new"


def test_what_is_no_folder_is_an_error(top: Path) -> None:
    for name in ("file", "missing", "loop"):
        with pytest.raises(OSError):
            Folder(str(top / name))
