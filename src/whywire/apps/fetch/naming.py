"""From a target to a name to save under: one that can't leave its folder, hide, or shout at a terminal."""

from __future__ import annotations

from urllib.parse import unquote

INDEX = "index.html"
LONGEST = 200
"""Bytes; file systems take 255, and numbers and ``.part`` are added."""


def name(target: str) -> str:
    """Return the last part of a target's path as a file's name, with its query behind it."""
    path, _, query = target.partition("?")
    last = path.rpartition("/")[2]
    return safe(last or INDEX, query)


def names(target: str) -> tuple[str, ...]:
    """Return the folders and the file's name of a target, each safe, ``/`` as ``index.html``."""
    path = target.partition("?")[0]
    folders = [safe(part) for part in path.split("/")[:-1] if unquote(part).strip(".")]
    return (*folders, name(target))


def safe(part: str, query: str = "") -> str:
    """Return one name: no separators, no control characters, no leading dot, not empty, not too long."""
    text = unquote(part) + (f"_{unquote(query)}" if query else "")
    text = "".join(char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in text)
    text = text.strip(" ")
    if text.startswith("."):
        text = "_" + text[1:]
    stem, dot, ending = text.rpartition(".")
    if dot and len(ending.encode()) <= 16:
        return _cut(stem, LONGEST) + dot + ending
    return _cut(text, LONGEST) or "_"


def numbered(text: str, number: int) -> str:
    """Return the name for the ``number``-th file that would like to be called ``text``: ``a.jpg``, ``a-2.jpg``."""
    if number == 1:
        return text
    stem, dot, ending = text.rpartition(".")
    return f"{stem}-{number}.{ending}" if dot and stem else f"{text}-{number}"


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode("utf-8", "ignore")
