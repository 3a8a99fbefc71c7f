"""Sequence numbers (RFC 9293 section 3.4): 32 bits on the wire, 64 bits everywhere else.

A sequence number is unwrapped once, where it enters a connection: `unwrap` turns the 32 bits of the
header into a position that never wraps, the one nearest to a position already known. From there on
two positions are compared as ordinary integers, so the wrap exists in this file and nowhere else.
"""

from __future__ import annotations

MODULUS = 1 << 32
HALF = 1 << 31


def unwrap(raw: int, near: int) -> int:
    """Return the position whose low 32 bits are ``raw`` and that lies nearest to ``near``.

    ``near`` is any earlier position of the same direction; the result may be below it (a
    retransmission) and, for a stream that was entered in the middle, even negative.
    """
    delta = (raw - near) & 0xFFFFFFFF
    if delta >= HALF:
        delta -= MODULUS
    return near + delta
