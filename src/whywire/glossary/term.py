"""What an entry of the glossary is."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """A term of the field: half a line for who needs a reminder, a paragraph for who does not know it."""

    name: str
    half: str
    """Half a line: what it is. No full stop at the end."""
    text: str
    """A paragraph: how it works, and where it is met."""
    spec: str
    """Where it is written down."""
    see: tuple[str, ...] = ()
    """Other terms, by name."""
    also: tuple[str, ...] = ()
    """Other words for it."""
