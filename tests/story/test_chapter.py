from __future__ import annotations

import re
from pathlib import Path

import pytest

from whywire.connections.model import Certainty
from whywire.story.words import chapter
from whywire.story.words.language import names


def messages() -> list[tuple[str, str]]:
    """Return name and text of every message of the catalogue."""
    found = []
    for name, value in vars(chapter).items():
        if name.isupper():
            texts = [value] if isinstance(value, str) else value.values() if isinstance(value, dict) else value
            found += [(name, text) for text in texts]
    return found


@pytest.mark.parametrize(("name", "text"), messages())
def test_a_message_can_be_read(name: str, text: str) -> None:
    assert text
    assert "!" not in text
    assert all(re.fullmatch(r"[a-z_]+", asked) for asked in names(text)), name


def test_every_message_is_used() -> None:
    package = Path(chapter.__file__).parents[2]
    code = "".join(path.read_text() for room in ("story", "report") for path in (package / room).rglob("*.py"))
    assert [name for name, _ in messages() if f"chapter.{name}" not in code] == []


def test_only_options_that_exist_are_named() -> None:
    named = {option for _, text in messages() for option in re.findall(r"--[a-z]+", text)}
    assert named <= {"--connection", "--all", "--packet", "--at", "--format"}


def test_every_certainty_is_explained() -> None:
    assert {certainty.value for certainty in Certainty} < set(chapter.CERTAINTIES)
