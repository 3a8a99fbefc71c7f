"""The record of a message."""

from __future__ import annotations

from whywire.protocols.calc import Message


def test_text_shows_whatever_is_there() -> None:
    assert Message(True, 0, b"1+1").text == "1+1"
    assert Message(True, 0, b"\xff1").text == "�1"
    assert Message(True, 0, None).text is None
