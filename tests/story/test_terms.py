from __future__ import annotations

import pytest

from whywire.story.capture import terms_in
from whywire.story.document import Facts, Item, Node, Paragraph
from whywire.story.words.terms import TERMS


def nodes(text: str) -> list[Node]:
    """Return a story that says ``text``."""
    return [Paragraph("nothing here"), Facts((Item("label", text),))]


@pytest.mark.parametrize("term", TERMS)
def test_a_term_takes_half_a_line(term: str) -> None:
    assert 20 < len(TERMS[term]) <= 100
    assert not TERMS[term].endswith(".")


def test_only_the_terms_that_are_used_are_listed() -> None:
    assert terms_in(nodes("It keeps TIME-WAIT, and the MSS is 1,460.")) == ["MSS", "TIME-WAIT"]


def test_a_term_inside_a_word_is_not_used() -> None:
    assert terms_in(nodes("FINs, RST-like, windows, sequel")) == []
