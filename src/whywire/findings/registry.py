"""Finds the rules by walking the folders of this room: adding one edits no list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from whywire.base.errors import WhywireError
from whywire.findings.rule import Hit, Rule

FOLDERS = ("tcp", "call", "http", "cap")


class Entry(NamedTuple):
    """A rule and its function."""

    rule: Rule
    check: Callable[[Any], Iterator[Hit]]
    module: str


@cache
def folder(name: str) -> tuple[Entry, ...]:
    """Return the rules of one folder, by code. Where nothing can fire, its files need not be imported."""
    package = import_module(f"whywire.findings.{name}")
    found = []
    for module in iter_modules(package.__path__):
        loaded = import_module(f"whywire.findings.{name}.{module.name}")
        found.append(Entry(loaded.RULE, loaded.check, loaded.__name__))
    return tuple(sorted(found, key=lambda entry: entry.rule.code))


def entries(folders: Iterable[str] = FOLDERS) -> tuple[Entry, ...]:
    """Return the rules of these folders, by code."""
    return tuple(sorted((entry for name in folders for entry in folder(name)), key=lambda entry: entry.rule.code))


def rules() -> tuple[Rule, ...]:
    """Return the declarations of all rules, by code."""
    return tuple(entry.rule for entry in entries())


def selected(
    select: Iterable[str] = (), ignore: Iterable[str] = (), folders: Iterable[str] = FOLDERS
) -> tuple[Entry, ...]:
    """Return the rules of ``folders`` that ``select`` names (none: all) less those that ``ignore`` names.

    A name is a code (``TCP104``), the beginning of one (``TCP1``, ``CALL``) or a rule's name (``zero-window``).
    Raises WhywireError for one that names nothing.
    """
    chosen, left_out = list(select), list(ignore)
    for word in [*chosen, *left_out]:
        if not any(_names(word, entry.rule) for entry in entries()):
            raise WhywireError(f"no rule is named by {word!r}",
                               "a code (TCP104), the beginning of one (TCP1) or a name; `whywire rules` lists them")
    return tuple(entry for entry in entries(folders)
                 if (not chosen or any(_names(word, entry.rule) for word in chosen))
                 and not any(_names(word, entry.rule) for word in left_out))


def _names(word: str, rule: Rule) -> bool:
    return bool(word) and (rule.code.startswith(word.upper()) or rule.name == word.lower())
