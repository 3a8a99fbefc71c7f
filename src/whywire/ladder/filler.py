"""The payload of a segment that quotes none: a function of its place in the stream, so a copy carries the same."""

from __future__ import annotations

_PERIOD = b"abcdefghijklmnopqrstuvwxyz"


def filler(seq: int, length: int) -> bytes:
    """Return the bytes from relative position ``seq`` on: the alphabet, ``a`` at position 1."""
    start = (seq - 1) % len(_PERIOD)
    return (_PERIOD * ((start + length) // len(_PERIOD) + 1))[start:start + length]
