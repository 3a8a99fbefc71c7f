"""All entries, and how one is found by what somebody types."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from whywire.base.errors import WhywireError
from whywire.glossary.term import Term

TOPICS = {
    "opening": "Opening", "data": "Sending and acknowledging", "windows": "Windows, loss and congestion",
    "closing": "Closing", "capture": "Captures and where they are taken",
}
"""File of this room -> its heading, in reading order."""


def topic(name: str) -> tuple[Term, ...]:
    """Return the entries of a topic, in reading order."""
    terms: tuple[Term, ...] = import_module(f"whywire.glossary.{name}").TERMS
    return terms


@cache
def every() -> dict[str, Term]:
    """Return all entries by name, in reading order."""
    return {term.name: term for name in TOPICS for term in topic(name)}


def key(word: str) -> str:
    """Return a word as it is compared: without regard to case, spaces, hyphens and underscores."""
    return "".join(letter for letter in word.lower() if letter.isalnum())


@cache
def _keys() -> dict[str, Term]:
    found: dict[str, Term] = {}
    for term in every().values():
        for word in term.also:
            found.setdefault(key(word), term)
    return found | {key(term.name): term for term in every().values()}


def term_of(word: str) -> Term:
    """Return the entry for a word, other names included. Raises WhywireError, with near names, where there is none."""
    known = _keys()
    found = known.get(key(word))
    if found is not None:
        return found
    from difflib import get_close_matches

    asked = key(word)
    within = [name for name in known if len(asked) > 2 and asked in name]
    near = dict.fromkeys(known[name].name for name in [*get_close_matches(asked, known, 4, 0.6), *within])
    hint = f"near it: {', '.join(list(near)[:5])}" if near else "`whywire term` without a name lists all terms"
    raise WhywireError(f"the glossary has no entry for {word!r}", hint)
