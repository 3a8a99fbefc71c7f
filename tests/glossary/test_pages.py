"""The page of a term, the list, the reference."""

from __future__ import annotations

import pytest

from whywire.glossary import every
from whywire.glossary.pages import listing, page, reference


@pytest.mark.parametrize("width", [40, 80])
def test_a_page_keeps_its_width_and_says_all(width: int) -> None:
    for term in every().values():
        text = page(term.name, width)
        assert max(map(len, text.splitlines())) <= width
        flat = " ".join(text.split())
        missing = [part for part in (f"{term.name}: {term.half}", term.text, *term.see, *term.also) if part not in flat]
        assert missing == []


def test_a_page_by_another_name() -> None:
    assert page("TIME_WAIT") == page("TIME-WAIT")


def test_the_list_names_every_term() -> None:
    lines = listing(300).splitlines()
    assert [line.strip() for line in lines if line.startswith("  ")] == [
        line.strip() for line in lines if any(line.startswith(f"  {name} ") for name in every())]
    assert sum(line.startswith("  ") for line in lines) == len(every())


def test_links_of_the_reference_lead_somewhere() -> None:
    import re

    text = reference()
    targets = set(re.findall(r"\]\(#([\w-]+)\)", text))
    assert targets
    assert targets <= set(re.findall(r'<a id="([\w-]+)">', text))
