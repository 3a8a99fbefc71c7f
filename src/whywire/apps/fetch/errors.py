"""What can go wrong with one answer. The next link is asked for all the same."""

from __future__ import annotations


class FetchError(Exception):
    """A sentence: why a link was not fetched."""


class NotAnsweredError(FetchError):
    """The connection ended before the first byte of an answer; on a used connection it is asked again."""


def printable(text: str, most: int = 200) -> str:
    """Return text of a server so that a terminal only shows it: no control characters, not longer than ``most``."""
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[:most])
    return shown + ("..." if len(text) > most else "")
