from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.report.escape import visible, visible_lines

HOSTILE = [
    ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
    ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
    ("\x9b2J", "\\x9b2J"),
    ("back\x08\x7f", "back\\x08\\x7f"),
    ("a\nb\rc\td", "a\\nb\\rc\\td"),
    ("\u202egnp.exe", "\\u202egnp.exe"),
    ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
    ("\ud800", "\\ud800"),
    ("\U000e0041", "\\U000e0041"),
    ("\x00", "\\x00"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["", "plain", "naïve café", "日本語", "a\u0301"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_dangerous_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert not any(unicodedata.bidirectional(letter) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
                   for letter in shown)
    shown.encode("utf-8")


def test_line_breaks_stay_where_lines_are_wanted() -> None:
    assert visible_lines("a\x1b\nb") == "a\\x1b\nb"
