from __future__ import annotations

from collections.abc import Iterator

import pytest

from whywire.story.words import language
from whywire.story.words.language import UnfilledError, fill, forms, names, parse, plural, speak, template


@pytest.fixture
def german() -> Iterator[None]:
    """Speak German for the length of a test."""
    class German:
        def gettext(self, message: str) -> str:
            return {"{n} of {m}": "{m}, davon {n}"}.get(message, message)

        def ngettext(self, singular: str, many: str, count: int) -> str:
            return "{n} Byte" if (singular, many) == ("{n} byte", "{n} bytes") else singular if count == 1 else many

    speak(German())
    yield
    speak(None)


@pytest.mark.parametrize(("message", "values", "text"), [
    ("a {b} c", {"b": "x"}, "a x c"),
    ("a[ {b}] c", {"b": "x"}, "a x c"),
    ("a[ {b}] c", {"b": None}, "a c"),
    ("[{b}|none] c", {}, "none c"),
    ("[{a}: {b}|{a}|{b}|neither]", {"b": "x"}, "x"),
    ("[{a}[ and {b}]]!", {"a": "x"}, "x!"),
    ("[{a}[ and {b}]]!", {"b": "x"}, "!"),
    ("[{a}|]", {}, ""),
])
def test_what_is_not_known_is_left_out(message: str, values: dict[str, str | None], text: str) -> None:
    assert fill(message, values) == text


def test_a_bare_value_must_be_known() -> None:
    with pytest.raises(UnfilledError, match="b"):
        fill("a {b}", {"b": None})


@pytest.mark.parametrize("message", ["a[b", "a]b", "a|b", "[a|b]]", "[[a]"])
def test_brackets_must_pair(message: str) -> None:
    with pytest.raises(ValueError, match="bracket"):
        parse(message)


def test_all_names_of_a_template_are_found() -> None:
    assert names("{a}[ {b}[ {c}]|{d}] e") == {"a", "b", "c", "d"}


def test_plural_groups_thousands() -> None:
    assert [plural("{n} byte", "{n} bytes", count) for count in (0, 1, 13_000)] == ["0 bytes", "1 byte", "13,000 bytes"]


@pytest.mark.usefixtures("german")
def test_another_language_may_turn_the_order_round() -> None:
    assert fill("{n} of {m}", {"n": "1", "m": "2"}) == "2, davon 1"
    assert plural("{n} byte", "{n} bytes", 5) == "5 Byte"


def test_marking_a_message_leaves_it_alone() -> None:
    assert language._("text {a}") == "text {a}"


def test_templates_are_handed_over_with_their_values_open() -> None:
    assert template("{n} of {m}") == "{n} of {m}"
    assert forms("{n} byte", "{n} bytes") == ("{n} byte", "{n} bytes")


@pytest.mark.usefixtures("german")
def test_templates_are_handed_over_in_the_language() -> None:
    assert template("{n} of {m}") == "{m}, davon {n}"
    assert forms("{n} byte", "{n} bytes") == ("{n} Byte", "{n} Byte")
