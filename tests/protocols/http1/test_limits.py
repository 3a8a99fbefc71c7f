"""The two sets of limits."""

from __future__ import annotations

from whywire.protocols.http1.limits import STRICT, Limits


def test_strict_is_narrower_and_still_what_the_rfc_asks_for() -> None:
    wide = Limits()
    assert STRICT.line >= 8000  # RFC 9112 section 3
    assert (STRICT.line, STRICT.head, STRICT.fields) < (wide.line, wide.head, wide.fields)
