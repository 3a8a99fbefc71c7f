"""Which fields are passed, kept, merged."""

from __future__ import annotations

from whywire.apps.cache import dates, directives
from whywire.apps.cache.hygiene import kept, merged, passed

DATE = ("date", dates.write(1_800_000_000))


def test_passed() -> None:
    came = (("connection", "close, X-Hop, vary"), ("x-hop", "1"), ("vary", "a"), ("transfer-encoding", "chunked"), ("content-length", "5"), ("x", "1"), ("x", "2"))
    assert passed(came, 1_800_000_000.9) == (DATE, ("vary", "a"), ("x", "1"), ("x", "2"))
    assert passed((DATE,), 5) == (DATE,)


def test_kept() -> None:
    said = directives.read(['private="X-A", no-cache="x-b"'])
    assert kept((("x-a", "1"), ("x-b", "2"), ("x-c", "3"), ("age", "4"), ("proxy-authenticate", "5")), said) == (("x-c", "3"),)


def test_merged() -> None:
    stored = (("a", "1"), ("a", "2"), ("b", "3"), ("content-encoding", "gzip"))
    new = (("a", "9"), ("c", "4"), ("content-encoding", "br"), ("d", "5"))
    assert merged(stored, new, frozenset({"d"})) == (("b", "3"), ("content-encoding", "gzip"), ("a", "9"), ("c", "4"))
