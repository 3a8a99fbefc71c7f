"""Text, bytes and times, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import TEXT
from whywire.ladder.quoting import nanoseconds, quote, quote_bytes, seconds, unquote, unquote_bytes


@given(TEXT)
def test_text(text: str) -> None:
    written = quote(text)
    assert unquote(written[1:-1]) == text
    assert written.isprintable()


@given(st.binary())
def test_bytes(data: bytes) -> None:
    written = quote_bytes(data)
    assert unquote_bytes(written[1:-1]) == data
    assert written.isascii()
    assert written.isprintable()


@given(st.integers(-10**18, 10**18))
def test_times(ns: int) -> None:
    assert nanoseconds(seconds(ns)) == ns


@pytest.mark.parametrize(("ns", "text"), [
    (0, "0.000"), (10_000_000, "0.010"), (52_000, "0.000052"), (-1, "-0.000000001"), (61_500_000_000, "61.500")])
def test_times_as_they_are_written(ns: int, text: str) -> None:
    assert seconds(ns) == text


def test_letters_in_data_are_utf_8_and_escapes_single_bytes() -> None:
    assert unquote_bytes(r"h\u{e4}\xe4" + "\u00e4") == b"h\xc3\xa4\xe4\xc3\xa4"
    assert unquote(r"h\u{e4}\xe4") == "h\u00e4\u00e4"


@pytest.mark.parametrize("body", [r"\q", "\\", r"\x0", r"\u{}", r"\u{110000}", r"\u00e4"])
def test_what_is_no_escape(body: str) -> None:
    with pytest.raises(ValueError, match="is no escape; there are"):
        unquote(body)
