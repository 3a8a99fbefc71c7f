"""The files that a host's program finds in its folder."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from whywire.lab.files import File, lay_out, picture


@pytest.mark.parametrize("size", [200, 3126, 220750, 531923])
def test_a_picture_has_its_size_and_every_chunk_its_checksum(size: int) -> None:
    data = picture(size, (1, 2, 3))
    assert len(data) == size
    at, kinds = 8, []
    while at < size:
        length, = struct.unpack_from(">I", data, at)
        body = data[at + 4:at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(body)
        kinds.append(body[:4])
        at += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"fiLr", b"IEND"]


def test_a_picture_that_is_too_small() -> None:
    with pytest.raises(ValueError, match="has at least 1"):
        picture(100, (1, 2, 3))


def test_text_copies_and_pictures_are_laid_out(tmp_path: Path) -> None:
    (tmp_path / "from.py").write_text("print(1)\n")
    lay_out(tmp_path / "host", (File("a.py", source=str(tmp_path / "from.py")), File("site/a/b.txt", text="täxt"),
                                File("site/1.jpg", picture=500)))
    assert (tmp_path / "host" / "a.py").read_text() == "print(1)\n"
    assert (tmp_path / "host" / "site" / "a" / "b.txt").read_text("utf-8") == "täxt"
    assert (tmp_path / "host" / "site" / "1.jpg").stat().st_size == 500
