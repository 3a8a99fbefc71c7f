"""What Redis keeps of an entry beside its body, as bytes: number, length, sums, meta."""

from __future__ import annotations

import struct
from typing import NamedTuple

HEAD = struct.Struct(">4sQQI")
MAGIC = b"wwr1"


class Record(NamedTuple):
    """An entry's record."""

    number: int
    """Names the body."""
    length: int
    sums: bytes
    meta: bytes


def packed(record: Record) -> bytes:
    """Return ``record`` as bytes."""
    return HEAD.pack(MAGIC, record.number, record.length, len(record.sums)) + record.sums + record.meta


def unpacked(data: bytes) -> Record | None:
    """Return what `packed` made into bytes; None for anything else, as another version's."""
    if len(data) < HEAD.size:
        return None
    magic, number, length, sums = HEAD.unpack_from(data)
    if magic != MAGIC or HEAD.size + sums > len(data):
        return None
    return Record(number, length, data[HEAD.size:HEAD.size + sums], data[HEAD.size + sums:])
