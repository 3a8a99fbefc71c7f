"""An index: the columns of a capture that was read once, in a file that is mapped into memory when it is needed again.

One line of JSON (what it is an index of, what else there is to know, where each column lies), then the columns as they
are in memory, each at a multiple of eight. An index of another file, of the same file as it was before, or from a
whywire with other columns is no index.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import sys
import tempfile
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from whywire import __version__

FORMAT = 2
SUFFIX = ".whywire-index"
MOST_HEAD = 1 << 30
_ALIGN = 8


class Index(NamedTuple):
    """What `read` returns. Columns are views of the mapped file; writing to them changes only this process's copy."""

    extra: dict[str, Any]
    columns: dict[str, memoryview]


def key_of(path: Path) -> dict[str, Any]:
    """Return what tells one state of a capture file from another. Raises OSError."""
    found = path.stat()
    return {"format": FORMAT, "version": __version__, "order": sys.byteorder, "path": str(path.resolve()),
            "size": found.st_size, "modified_ns": found.st_mtime_ns, "inode": found.st_ino}


def place_of(path: Path, beside: bool) -> Path:
    """Return where the index of a capture is kept: beside it, or in the user's cache folder (XDG_CACHE_HOME)."""
    if beside:
        return path.with_name(path.name + SUFFIX)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return Path(base, "whywire", "index", name + SUFFIX)


def write(place: Path, key: dict[str, Any], extra: dict[str, Any], columns: Mapping[str, array[int]]) -> None:
    """Write an index; a reader sees the whole of it or nothing. Raises OSError."""
    at, where = 0, {}
    for name, column in columns.items():
        size = len(column) * column.itemsize
        where[name] = [column.typecode, at, size]
        at += size + -size % _ALIGN
    head = json.dumps({"key": key, "extra": extra, "columns": where}).encode()
    head += b" " * (-(len(head) + 1) % _ALIGN) + b"\n"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, scratch = tempfile.mkstemp(dir=place.parent, prefix=".whywire-")
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 (a descriptor)
            file.write(head)
            for column in columns.values():
                file.write(memoryview(column))
                file.write(bytes(-(len(column) * column.itemsize) % _ALIGN))
        Path(scratch).replace(place)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def read(place: Path, key: dict[str, Any]) -> Index | None:
    """Return an index that belongs to ``key``; None where there is none, or it is stale or damaged."""
    try:
        with place.open("rb") as file:
            head = file.readline(MOST_HEAD)
            told = json.loads(head)
            if told["key"] != key:
                return None
            end = max([0, *(at + size for _, at, size in told["columns"].values())])
            if os.fstat(file.fileno()).st_size < len(head) + end:
                return None
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        columns = {name: whole[len(head) + at:len(head) + at + size].cast(code)
                   for name, (code, at, size) in told["columns"].items()}
        return Index(told["extra"], columns)
    except (OSError, ValueError, KeyError, TypeError):
        return None
