"""How a sentence is filled. The catalogues hold templates; nothing else in story holds a sentence.

A template is text with ``{name}`` for a value and ``[...]`` for a part that is left out when one of its values is
not known; ``[this|that]`` says *that* instead. Brackets nest. A value that is not known can therefore never be printed,
and a template whose bare ``{name}`` is not known raises `UnfilledError`; a test fills every entry with nothing known.

`_` marks a template for translation (xgettext finds it) and `plural` a pair of them. English is built in; another
language is any object with ``gettext`` and ``ngettext``, as `gettext.GNUTranslations` is, handed to `speak`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple, Protocol, TypeAlias


class Translations(Protocol):
    """The part of gettext's translations that is used."""

    def gettext(self, message: str) -> str:
        """Return the message in the language."""
        ...

    def ngettext(self, singular: str, many: str, count: int) -> str:
        """Return the form of the message that goes with a count."""
        ...


class Words(NamedTuple):
    """The sentences of one statement."""

    short: str
    """For a row of the time line."""
    long: str
    """For the packet's own page."""
    once: str = ""
    """Said after ``short`` where a story uses this statement for the first time."""


class UnfilledError(LookupError):
    """A template asks for a value that is not known, outside of brackets."""


_Part: TypeAlias = "str | _Value | _Choice"


class _Value(NamedTuple):
    name: str


class _Choice(NamedTuple):
    branches: tuple[tuple[_Part, ...], ...]


_translations: list[Translations | None] = [None]


def _(message: str) -> str:
    """Mark a message for translation; it is translated when it is used."""
    return message


def speak(translations: Translations | None) -> None:
    """Use another language from now on; None is English."""
    _translations[0] = translations


def plural(singular: str, many: str, count: int) -> str:
    """Return the form that goes with ``count``, with the number, grouped, in its ``{n}``."""
    chosen = _translations[0]
    form = chosen.ngettext(singular, many, count) if chosen else singular if count == 1 else many
    return form.replace("{n}", f"{count:,}")


def template(message: str) -> str:
    """Return the message in the chosen language, its values not yet in place."""
    chosen = _translations[0]
    return chosen.gettext(message) if chosen else message


def forms(singular: str, many: str) -> tuple[str, str]:
    """Return the forms for one and for more, the number not yet in place: for who can't ask again for each count."""
    chosen = _translations[0]
    return (chosen.ngettext(singular, many, 1), chosen.ngettext(singular, many, 2)) if chosen else (singular, many)


def fill(message: str, values: Mapping[str, str | None]) -> str:
    """Return the message in the chosen language with its values in place. Raises `UnfilledError`."""
    return "".join(_fill(parse(template(message)), values.get))


def names(message: str) -> set[str]:
    """Return the names of all values that a template asks for."""
    return _names(parse(message))


def _names(parts: tuple[_Part, ...]) -> set[str]:
    found: set[str] = set()
    for part in parts:
        if isinstance(part, _Value):
            found.add(part.name)
        elif isinstance(part, _Choice):
            for branch in part.branches:
                found |= _names(branch)
    return found


def _fill(parts: tuple[_Part, ...], get: Callable[[str], str | None]) -> list[str]:
    out: list[str] = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, _Value):
            value = get(part.name)
            if value is None:
                raise UnfilledError(part.name)
            out.append(value)
        else:
            for branch in part.branches:
                try:
                    out.extend(_fill(branch, get))
                except UnfilledError:
                    continue
                break
    return out


@cache
def parse(message: str) -> tuple[_Part, ...]:
    """Return a template's parts. Raises ValueError when its brackets or braces don't pair."""
    branches, end = _branches(message, 0)
    if end != len(message) or len(branches) != 1:
        raise ValueError(f"unpaired bracket or stray bar in {message!r}")
    return branches[0]


def _branches(text: str, at: int) -> tuple[tuple[tuple[_Part, ...], ...], int]:
    done: list[tuple[_Part, ...]] = []
    parts: list[_Part] = []
    literal = at
    while at < len(text) and text[at] != "]":
        mark = text[at]
        if mark not in "[{|":
            at += 1
            continue
        if at > literal:
            parts.append(text[literal:at])
        if mark == "|":
            done.append(tuple(parts))
            parts = []
            at += 1
        elif mark == "{":
            end = text.index("}", at)
            parts.append(_Value(text[at + 1:end]))
            at = end + 1
        else:
            inner, end = _branches(text, at + 1)
            if end >= len(text):
                raise ValueError(f"unpaired bracket in {text!r}")
            parts.append(_Choice(inner))
            at = end + 1
        literal = at
    if at > literal:
        parts.append(text[literal:at])
    done.append(tuple(parts))
    return tuple(done), at
