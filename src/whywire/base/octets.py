"""Numbers in bytes."""

from __future__ import annotations


def read32(data: bytes, at: int, little: bool) -> int:
    """Return the four bytes at ``data[at]`` as a number. They must be there."""
    if little:
        return data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
    return data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]
