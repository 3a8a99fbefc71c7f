from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.report.layout import Pen, cells, marked, pad, tinted, wrap


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("ｆ", 2), ("", 0)])
def test_width_is_counted_in_columns(text: str, width: int) -> None:
    assert cells(text) == width


@pytest.mark.parametrize(("text", "width", "lines"), [
    ("one two three", 7, ["one two", "three"]),
    ("one two three", 80, ["one two three"]),
    ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ("a abcdefghij", 4, ["a", "abcd", "efgh", "ij"]),
    ("日本語", 4, ["日本", "語"]),
    ("a  b", 10, ["a  b"]),
    ("", 10, [""]),
])
def test_text_wraps_at_spaces(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(st.text(st.characters(exclude_categories=()), max_size=80), st.integers(2, 40))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text: str, width: int) -> None:
    from whywire.report.escape import visible

    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == visible(text).replace(" ", "")


def test_padding_counts_columns() -> None:
    assert (pad("日", 4), pad("7", 3, "r"), pad("long", 2)) == ("日  ", "  7", "long")


@pytest.mark.parametrize(("certainty", "unmarked", "rest", "text"), [
    ("likely", "known", "", "It was so. [likely]"),
    ("known", "known", "", "It was so."),
    (None, "known", "", "It was so."),
    ("likely", None, "Or: not.", "It was so. [likely] Or: not."),
])
def test_a_certainty_stands_behind_its_statement(certainty: str, unmarked: str, rest: str, text: str) -> None:
    assert marked("It was so.", certainty, unmarked, rest) == text


def test_without_colour_nothing_is_added() -> None:
    plain, colour = Pen(False), Pen(True)
    assert plain("text", "reset") == "text"
    assert colour("text", "reset") == "\x1b[31mtext\x1b[0m"
    assert colour("  ", "reset") == "  "
    assert colour("text", "no such meaning") == "text"
    assert tinted("so. [likely]", colour) == "so. \x1b[33m[likely]\x1b[0m"
