"""What a server says must not speak to the terminal."""

from __future__ import annotations

from whywire.apps.fetch.errors import printable


def test_control_characters_are_shown_and_length_is_bounded() -> None:
    assert printable("a\x1b[2J\r\n\x9b") == "a\\x1b[2J\\x0d\\x0a\\x9b"
    assert printable("x" * 300, 5) == "xxxxx..."
