"""Ranges of bytes: what a Range field asks for, and the parts of a multipart answer (RFC 9110 14 and 15.3.7)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

# RFC 9110 14.1.1  ranges-specifier = range-unit "=" range-set;  range-set = 1#range-spec
#          14.1.2  int-range = first-pos "-" [ last-pos ];  suffix-range = "-" suffix-length
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_UNIT = "bytes="

MOST = 32
"""Ranges in one request. Whoever asks for more gets the whole file (14.2 lets a server ignore them; CVE-2025-62727)."""
_LONGEST_NUMBER = 19
"""Digits of a position; a longer number lies behind the end of every file, and int() of it would cost time."""


class Span(NamedTuple):
    """Bytes ``start`` to ``stop``, ``stop`` not included."""

    start: int
    stop: int


def asked(field: str | None, size: int) -> list[Span] | None:
    """Return the ranges to send of ``size`` bytes: None, send everything; empty, none of them is there (416).

    Overlapping and touching ranges become one, in ascending order; others keep the order they were asked in. So the
    parts together are never longer than the file.
    """
    if field is None or field[:len(_UNIT)].lower() != _UNIT or field.count(",") >= MOST or size == 0:
        return None
    spans: list[Span] = []
    seen = False
    for text in field[len(_UNIT):].split(","):
        spec = text.strip(" \t")
        if not spec:
            continue
        found = _SPEC.fullmatch(spec)
        if found is None or spec == "-":
            return None
        span = _span(found[1], found[2], size)
        if span is None:
            return None
        seen = True
        if span.start < span.stop:
            spans.append(span)
    return _merged(spans) if seen else None


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= _LONGEST_NUMBER else 10 ** _LONGEST_NUMBER


def _span(first: str, last: str, size: int) -> Span | None:
    """Return one range cut to the file (empty: not satisfiable), None when it is invalid: it ends before it begins."""
    if not first:
        return Span(max(size - _number(last), 0), size)
    start = _number(first)
    if last and _number(last) < start:
        return None
    return Span(start, min(_number(last) + 1, size) if last else max(size, start))


def _merged(spans: list[Span]) -> list[Span]:
    ordered = sorted(spans)
    if all(one.stop < other.start for one, other in pairwise(ordered)):
        return spans
    merged = ordered[:1]
    for span in ordered[1:]:
        if span.start <= merged[-1].stop:
            merged[-1] = Span(merged[-1].start, max(merged[-1].stop, span.stop))
        else:
            merged.append(span)
    return merged


def content_range(span: Span, size: int) -> str:
    """Return the value of Content-Range for a part (RFC 9110 14.4)."""
    return f"bytes {span.start}-{span.stop - 1}/{size}"


def unsatisfied(size: int) -> str:
    """Return the value of Content-Range for a 416."""
    return f"bytes */{size}"


def part_head(boundary: str, media: str, span: Span, size: int, *, first: bool) -> bytes:
    """Return what stands before a part's bytes (RFC 9110 14.6, RFC 2046 5.1.1)."""
    lead = "" if first else "\r\n"
    return (f"{lead}--{boundary}\r\nContent-Type: {media}\r\n"
            f"Content-Range: {content_range(span, size)}\r\n\r\n").encode("latin-1")


def parts_end(boundary: str) -> bytes:
    """Return what stands behind the last part."""
    return f"\r\n--{boundary}--\r\n".encode("latin-1")
