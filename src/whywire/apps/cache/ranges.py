"""Partial content: what a Range asks for, what a Content-Range holds, and how pieces join (RFC 9110 14, 15.3.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whywire.apps.cache.model import Part, Piece, Span, Stored

_SPEC = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_CONTENT = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/(?:([0-9]{1,18})|\*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """The range begins behind the end: 416."""


def asked(field: str | None, total: int | None) -> Span | Unsatisfiable | None:
    """Return the one range a request asks for, cut to ``total`` bytes; None: answer with everything.

    Several ranges, other units and broken ones are ignored, as a server may (RFC 9110 section 14.2). With an unknown
    ``total`` only a range that names both ends can be told.
    """
    found = None if field is None else _SPEC.fullmatch(field)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if total is None:
            return None
        return Unsatisfiable() if length == 0 or total == 0 else (max(0, total - length), total)
    first = int(found[1])
    if found[2] and int(found[2]) < first:
        return None
    if total is None:
        return (first, int(found[2]) + 1) if found[2] else None
    if first >= total:
        return Unsatisfiable()
    return first, min(int(found[2]) + 1, total) if found[2] else total


def held(content_range: str | None) -> Part | None:
    """Return the part that a single Content-Range describes; None when it is absent, broken or contradicts itself."""
    found = None if content_range is None else _CONTENT.fullmatch(content_range.strip(" \t"))
    if found is None:
        return None
    first, stop = int(found[1]), int(found[2]) + 1
    total = None if found[3] is None else int(found[3])
    if stop <= first or (total is not None and stop > total):
        return None
    return Part(first, stop, total)


def content_range(span: Span, total: int | None) -> str:
    """Return the value of Content-Range for bytes ``span`` of the representation (RFC 9110 section 14.4)."""
    return f"bytes {span[0]}-{span[1] - 1}/{'*' if total is None else total}"


def within(part: Part, span: Span) -> bool:
    """Tell whether a stored part holds all of a range."""
    return part.first <= span[0] and span[1] <= part.stop


def joined_parts(old: Stored, new: Part) -> tuple[Part, tuple[Piece, ...]] | None:
    """Return the part that an incomplete stored body and an arriving one make together; None when a hole stays.

    The caller has made sure that both share one strong validator (RFC 9110 section 15.3.7.3). Where they overlap, the
    arriving bytes count.
    """
    part = old.part
    if part is None or part.stop < 0 or new.first > part.stop or part.first > new.stop:
        return None
    if part.total is not None and new.total is not None and part.total != new.total:
        return None
    pieces = [Piece(True, (0, new.first - part.first))] if new.first > part.first else []
    pieces.append(Piece(False, (0, new.stop - new.first)))
    if part.stop > new.stop:
        pieces.append(Piece(True, (new.stop - part.first, part.stop - part.first)))
    total = part.total if new.total is None else new.total
    return Part(min(part.first, new.first), max(part.stop, new.stop), total), tuple(pieces)
