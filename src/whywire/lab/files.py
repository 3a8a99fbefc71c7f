"""Files that a host's program finds in its folder: copied, written as text, or pictures of a given size."""

from __future__ import annotations

import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_WIDTH, _HEIGHT = 96, 64
_COLOURS = ((0x3B, 0x6E, 0xA5), (0x8A, 0x9B, 0x3C), (0xB5, 0x65, 0x3A), (0x6A, 0x4C, 0x8C), (0x2F, 0x8C, 0x7C))


@dataclass(frozen=True, slots=True)
class File:
    """A file: of ``source``, ``text`` and ``picture`` the one that is given says what is in it."""

    name: str
    """Relative to the host's folder, with ``/``."""
    source: str = ""
    """The path of a file to copy."""
    text: str = ""
    picture: int = 0
    """Bytes of a generated picture."""


def lay_out(folder: Path, files: tuple[File, ...]) -> None:
    """Write the files into ``folder``, which is made."""
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.source:
            shutil.copyfile(file.source, path)
        elif file.picture:
            path.write_bytes(picture(file.picture, _COLOURS[sum(file.name.encode()) % len(_COLOURS)]))
        else:
            path.write_bytes(file.text.encode())


def picture(size: int, colour: tuple[int, int, int]) -> bytes:
    """Return a PNG image of exactly ``size`` bytes: one colour, the rest in a chunk that every viewer skips.

    Raises ValueError for a size that is too small. (PNG specification, 5.3: ancillary and private chunks.)
    """
    header = _WIDTH.to_bytes(4, "big") + _HEIGHT.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    row = b"\0" + bytes(colour) * _WIDTH
    parts = [_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(row * _HEIGHT, 9))]
    end = _chunk(b"IEND", b"")
    left = size - sum(map(len, parts)) - len(end) - 12
    if left < 0:
        raise ValueError(f"a picture has at least {size - left} bytes, not {size}")
    filler = bytes(1 + at % 251 for at in range(251)) * (left // 251 + 1)
    return b"".join([*parts, _chunk(b"fiLr", filler[:left]), end])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
