"""Structured fields (RFC 9651), the subset a cache reads: dictionaries, with every type of item inside them.

Strict, as section 4.2 demands: an error anywhere makes the whole field unusable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?")
_STRING = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_BYTES = re.compile(r":[A-Za-z0-9+/=]*:")
_DISPLAY = re.compile(r'%"(?:[\x20-\x21\x23-\x24\x26-\x7e]|%[0-9a-f]{2})*"')
_SPACES = re.compile(r" *")
_OWS = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Token:
    """A token (section 3.3.4), to tell it from a string."""

    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """A value of a type that no cache directive has: decimal, byte sequence, date, display string, inner list."""

    text: str


Value = bool | int | str | Token | Other


class StructuredError(ValueError):
    """The field is not what RFC 9651 allows; its text says where."""


def dictionary(text: str) -> dict[str, Value]:
    """Return the members of a dictionary (section 4.2.2), parameters left out. Raises StructuredError."""
    members: dict[str, Value] = {}
    text = text.strip(" ")
    at = 0
    while at < len(text):
        key, at = _take(_KEY, text, at, "key")
        value: Value = True
        if text[at:at + 1] == "=":
            value, at = _member(text, at + 1)
        at = _parameters(text, at)
        members.pop(key, None)
        members[key] = value
        at = _skip(_OWS, text, at)
        if at == len(text):
            break
        if text[at] != ",":
            raise StructuredError(f"no comma at {at}")
        at = _skip(_OWS, text, at + 1)
        if at == len(text):
            raise StructuredError("ends with a comma")
    return members


def _take(form: re.Pattern[str], text: str, at: int, what: str) -> tuple[str, int]:
    found = form.match(text, at)
    if found is None:
        raise StructuredError(f"no {what} at {at}")
    return found[0], found.end()


def _skip(form: re.Pattern[str], text: str, at: int) -> int:
    found = form.match(text, at)
    return found.end() if found else at


def _member(text: str, at: int) -> tuple[Value, int]:
    if text[at:at + 1] != "(":
        return _bare(text, at)
    start, at = at, at + 1
    while True:
        at = _skip(_SPACES, text, at)
        if text[at:at + 1] == ")":
            return Other(text[start:at + 1]), at + 1
        _, at = _bare(text, at)
        at = _parameters(text, at)
        if text[at:at + 1] not in (" ", ")"):
            raise StructuredError(f"inner list broken at {at}")


def _parameters(text: str, at: int) -> int:
    while text[at:at + 1] == ";":
        _, at = _take(_KEY, text, _skip(_SPACES, text, at + 1), "parameter")
        if text[at:at + 1] == "=":
            _, at = _bare(text, at + 1)
    return at


def _bare(text: str, at: int) -> tuple[Value, int]:
    """Return the bare item at ``at`` (section 4.2.3.1) and where it ends."""
    first = text[at:at + 1]
    if first == "?":
        word, at = _take(re.compile(r"\?[01]"), text, at, "boolean")
        return word == "?1", at
    if first == '"':
        word, at = _take(_STRING, text, at, "string")
        return re.sub(r"\\(.)", r"\1", word[1:-1]), at
    if first == "-" or first.isdecimal():
        return _number(text, at)
    if first == ":":
        word, at = _take(_BYTES, text, at, "byte sequence")
        return Other(word), at
    if first == "%":
        word, at = _take(_DISPLAY, text, at, "display string")
        return Other(word), at
    if first == "@":
        number, at = _number(text, at + 1)
        if not isinstance(number, int):
            raise StructuredError("a date is an integer")
        return Other(f"@{number}"), at
    word, at = _take(_TOKEN, text, at, "item")
    return Token(word), at


def _number(text: str, at: int) -> tuple[Value, int]:
    word, at = _take(_NUMBER, text, at, "number")
    whole, dot, fraction = word.lstrip("-").partition(".")
    if dot and (len(whole) > 12 or not 1 <= len(fraction) <= 3):
        raise StructuredError(f"decimal out of range before {at}")
    if not dot and len(whole) > 15:
        raise StructuredError(f"integer out of range before {at}")
    return Other(word) if dot else int(word), at
