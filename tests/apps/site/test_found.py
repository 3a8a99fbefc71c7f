from __future__ import annotations

import os
from pathlib import Path

import pytest

from whywire.apps.site import found as found_module
from whywire.apps.site.found import Found, read_whole, tag_of_content, tag_of_file
from whywire.apps.site.ranges import Span
from whywire.apps.site.refused import Refused


def opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY)


def test_a_tag_of_content_is_strong_and_says_what_the_content_is() -> None:
    tag = tag_of_content(b"x", "")
    assert tag == tag_of_content(b"x", "") and tag[0] == tag[-1] == '"' and len(tag) == 18
    assert len({tag, tag_of_content(b"y", ""), tag_of_content(b"x", "gzip")}) == 3


def test_a_tag_of_a_file_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    os.utime(path, ns=(1, 1))
    first = tag_of_file(path.stat(), "")
    os.utime(path, ns=(1, 2))
    second = tag_of_file(path.stat(), "")
    (tmp_path / "b").write_bytes(b"two")
    os.utime(tmp_path / "b", ns=(1, 2))
    (tmp_path / "b").rename(path)
    third = tag_of_file(path.stat(), "")
    assert len({first, second, third, tag_of_file(path.stat(), "gzip")}) == 4
    assert str(path.stat().st_ino) not in third


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    fd = opened(tmp_path / "a")
    try:
        assert read_whole(fd)[0] == b"abc"
    finally:
        os.close(fd)


def test_a_file_that_never_holds_still_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    real = os.pread

    def reading(fd: int, count: int, offset: int) -> bytes:
        with (tmp_path / "a").open("ab") as more:
            more.write(b"+")
        return real(fd, count, offset)

    monkeypatch.setattr(found_module.os, "pread", reading)
    fd = opened(tmp_path / "a")
    try:
        with pytest.raises(Refused) as refused:
            read_whole(fd)
    finally:
        os.close(fd)
    assert refused.value.status == 503


def test_a_representation_of_an_open_file_notices_changes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    made = Found(media="a/b", etag='"x"', size=3)
    made.fd = opened(path)
    made.stamp = (3, path.stat().st_mtime_ns)
    assert not made.changed() and made.part(Span(0, 3)) == b""
    path.chmod(0o600)
    assert not made.changed()
    path.write_bytes(b"abcd")
    assert made.changed()
    made.close()
    made.close()
    assert made.fd == -1
