"""How much of a message is kept at most, so that a peer (or a hostile capture) can't make the reader grow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, and a count of fields. The defaults are for captures: wide, because nothing is decided by them."""

    line: int = 1 << 16
    """The first line; RFC 9112 section 3 asks a server for 8,000 at least."""
    head: int = 1 << 18
    """A head; also the trailers."""
    fields: int = 2000
    chunk_line: int = 1 << 12
    empty_lines: int = 16
    """Before the first line of a message."""


STRICT = Limits(line=8192, head=1 << 16, fields=100)
"""For servers and clients."""
