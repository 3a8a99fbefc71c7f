"""Cache-Control, read so that every doubt makes a response less reusable (RFC 9111 sections 4.2.1 and 5.2).

    a directive twice, with different seconds       the smallest counts
    seconds that are no digits, or none at all      0 (stale), where a longer life would follow from them
    more than 2^31 seconds                          2^31 (section 1.2.2)
    a quotation mark that nothing closes            read with and without it: what restricts counts in both
    no-cache="..." with something else than names   as no-cache without names
    an argument where none is defined               counts for what restricts, not for what permits
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from whywire.apps.cache.aging import GREATEST
from whywire.apps.cache.structured import Value

_OF_THE_CACHE = frozenset({"cache-control", "cdn-cache-control", "date", "expires", "vary", "age"})
"""Fields that a cache can't leave out without losing its rules: named in no-cache= or private=, all is meant."""
RESTRICTIVE = frozenset({"no-store", "no-cache", "private", "must-revalidate", "proxy-revalidate"})
_NO_STALE = frozenset(("must-revalidate", "proxy-revalidate", "s-maxage"))
BROKEN = "\0"
"""An argument that can't be read; no field value holds this byte."""

_TCHAR = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_NAME = re.compile(_TCHAR + "+")
_DIRECTIVE = re.compile(rf'({_TCHAR}+)(?:=(?:"((?:[^"\\]|\\.)*)"|({_TCHAR}+)))?[ \t]*(?:,|$)')
_BLANK = re.compile(r"[ \t,]+")
_ESCAPED = re.compile(r"\\(.)")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Reuse:
    """What the directives of a response say about its reuse, whatever its other fields say."""

    lifetime: int | None
    """Seconds of s-maxage, else of max-age."""
    public: bool
    no_cache: bool
    """Each use has to be validated."""
    no_stale: bool
    while_revalidate: int
    if_error: int | None
    hidden: frozenset[str]
    """Fields that private= and no-cache= name."""


class Directives:
    """The directives of one message."""

    __slots__ = ("_found", "_reuse")

    def __init__(self, found: dict[str, list[str | None]]) -> None:
        self._found = found
        self._reuse: Reuse | None = None

    def __bool__(self) -> bool:
        return bool(self._found)

    def restricts(self, name: str) -> bool:
        """Tell whether a directive that restricts is there, with whatever argument."""
        return name in self._found

    def permits(self, name: str) -> bool:
        """Tell whether a directive that permits is there, written as it must be: without an argument."""
        return name in self._found and all(value is None for value in self._found[name])

    def seconds(self, name: str, otherwise: int = 0) -> int | None:
        """Return the seconds of a directive, the smallest of several; ``otherwise`` where broken; None: not there."""
        values = self._found.get(name)
        return None if values is None else min(_seconds(value, otherwise) for value in values)

    def most(self, name: str, otherwise: int) -> int | None:
        """Return the greatest value of a directive (for those where more is stricter), as `seconds` does."""
        values = self._found.get(name)
        return None if values is None else max(_seconds(value, otherwise) for value in values)

    def whole(self, name: str) -> bool:
        """Tell whether ``no-cache`` or ``private`` is there for the whole response, not for named fields only."""
        return any(_names(value) is None for value in self._found.get(name, ()))

    @property
    def reuse(self) -> Reuse:
        """What they say about reuse; computed once, because the same object serves all messages that say the same."""
        if self._reuse is None:
            lifetime = self.seconds("s-maxage")
            no_cache = self.whole("no-cache")
            self._reuse = Reuse(
                lifetime=self.seconds("max-age") if lifetime is None else lifetime,
                public=self.permits("public"),
                no_cache=no_cache,
                no_stale=no_cache or not _NO_STALE.isdisjoint(self._found),
                while_revalidate=self.seconds("stale-while-revalidate") or 0,
                if_error=self.seconds("stale-if-error"),
                hidden=self.names("private") | self.names("no-cache"),
            )
        return self._reuse

    def names(self, name: str) -> frozenset[str]:
        """Return the field names that ``no-cache="..."`` or ``private="..."`` gives, in lower case."""
        return frozenset().union(*(_names(value) or () for value in self._found.get(name, ())))


def _seconds(value: str | None, otherwise: int) -> int:
    if value is None or not _DIGITS.fullmatch(value):
        return otherwise
    digits = value.lstrip("0")
    return min(int(digits or "0"), GREATEST) if len(digits) <= 10 else GREATEST


def _names(value: str | None) -> frozenset[str] | None:
    """Return the names in an argument; None where there is none that could be read."""
    if value is None:
        return None
    names = [part.strip(" \t").lower() for part in value.split(",") if part.strip(" \t")]
    good = bool(names) and all(_NAME.fullmatch(name) for name in names) and _OF_THE_CACHE.isdisjoint(names)
    return frozenset(names) if good else None


def read(lines: Iterable[str]) -> Directives:
    """Return the directives of all Cache-Control lines of a message."""
    lines = tuple(lines)
    return _known(lines) if sum(map(len, lines)) <= SHORT else _read(lines)


def _read(lines: tuple[str, ...]) -> Directives:
    found: dict[str, list[str | None]] = {}
    for line in lines:
        at = 0
        while at < len(line):
            blank = _BLANK.match(line, at)
            if blank is not None:
                at = blank.end()
                continue
            good = _DIRECTIVE.match(line, at)
            if good is not None:
                quoted = good[2]
                value = good[3] if quoted is None else _ESCAPED.sub(r"\1", quoted)
                found.setdefault(good[1].lower(), []).append(value)
                at = good.end()
            else:
                stop = line.find(",", at)
                stop = len(line) if stop < 0 else stop
                _read_broken(line[at:stop], found)
                at = stop + 1
    return Directives(found)


SHORT = 256
"""Characters up to which what was read is remembered: the same few lines come with most messages."""
_known = lru_cache(maxsize=1024)(_read)


def _read_broken(text: str, found: dict[str, list[str | None]]) -> None:
    """Note what a piece that breaks the grammar could have meant: its first name, and every restriction in it."""
    words = [word.lower() for word in _NAME.findall(text)]
    first = _NAME.match(text)
    if first is not None:
        found.setdefault(first[0].lower(), []).append(BROKEN)
    for word in words:
        if word in RESTRICTIVE:
            found.setdefault(word, []).append(BROKEN)


def from_structured(members: Mapping[str, Value]) -> Directives:
    """Return the directives of a targeted field (RFC 9213 section 2.1): integers, booleans and strings only."""
    found: dict[str, list[str | None]] = {}
    for name, value in members.items():
        if value is False:
            continue
        if value is True:
            argument = None
        elif isinstance(value, int):
            argument = str(value)
        else:
            listed = isinstance(value, str) and name in ("no-cache", "private")
            argument = str(value) if listed else BROKEN
        found[name] = [argument]
    return Directives(found)
