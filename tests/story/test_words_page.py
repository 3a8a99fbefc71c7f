from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from whywire.story.words.language import speak
from whywire.story.words.page import PAGE, Several, spoken


def texts() -> list[str]:
    """Return every text of the catalogue."""
    found: list[str] = []
    for entry in PAGE.values():
        found += [entry] if isinstance(entry, str) else entry.values() if isinstance(entry, dict) else entry
    return found


@pytest.fixture
def shouting() -> Iterator[None]:
    """Speak a language of capitals, whose forms for two differ by a mark."""
    class Shouting:
        def gettext(self, message: str) -> str:
            return message.upper()

        def ngettext(self, singular: str, many: str, count: int) -> str:
            return singular.upper() if count == 1 else f"{many.upper()} ({count})"

    speak(Shouting())
    yield
    speak(None)


def test_in_english_they_are_what_the_catalogue_says() -> None:
    said = spoken()
    assert said.keys() == PAGE.keys()
    assert said["search"] == PAGE["search"]
    assert said["rows"] == ("{n} connection", "{n} connections")


@pytest.mark.usefixtures("shouting")
def test_another_language_is_spoken_in_all_of_them() -> None:
    said = spoken()
    assert said["findings"] == "FINDINGS"
    assert said["rows"] == ("{N} CONNECTION", "{N} CONNECTIONS (2)")
    assert said["levels"] == {name: name.upper() for name in ("error", "warning", "note", "info")}
    assert said["book_head"] == ("SIDE", "SENT", "ACKNOWLEDGED", "UNDER WAY")


def test_values_have_plain_names_and_braces_pair() -> None:
    for text in texts():
        assert not set("{}") & set(re.sub(r"\{[a-z]+\}", "", text)), text


def test_what_counts_names_its_number_and_the_rest_does_not() -> None:
    for name, entry in PAGE.items():
        if isinstance(entry, Several):
            assert "{n}" in entry.more, name


def test_sentences_are_calm_and_plain() -> None:
    for text in texts():
        assert not set("!\u2013\u2014\n<>&") & set(text), text
        assert text == text.strip()
